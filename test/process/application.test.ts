import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { application, type ChildSpec } from "../../src/process/index.ts";
import { message, quiet } from "./support.ts";

function child(id: string, log: string[] = []): ChildSpec {
  return {
    id,
    start: (node) =>
      node.spawn(
        id,
        () => {
          log.push(`start ${id}`);
          return {
            receive() {
              throw new Error(`${id} crashed`);
            },
            terminate: (reason) => void log.push(`${id} ended: ${String(reason)}`),
          };
        },
        { name: id },
      ),
  };
}

suite("an application", () => {
  test("has started when all children have, and stopped when all have ended", async () => {
    const log: string[] = [];
    const running = await application({ children: [child("a", log), child("b", log)] }).start();
    assert.deepEqual(log.splice(0), ["start a", "start b"]);
    await running.stop();
    assert.deepEqual(log, ["b ended: shutdown", "a ended: shutdown"]);
    assert.equal(await running.ended, undefined);
    assert.equal(running.node.processCount, 0);
  });

  test("can be stopped again, and at the same time", async () => {
    const running = await application({ children: [child("a")] }).start();
    await Promise.all([running.stop(), running.stop()]);
    await running.stop();
  });

  test("can be started more than once, on nodes that do not meet", async () => {
    const definition = application({ children: [child("a")] });
    const one = await definition.start({ nodeName: "one" });
    const two = await definition.start({ nodeName: "two" });
    assert.deepEqual([one.node.name, two.node.name], ["one", "two"]);
    await one.stop();
    assert.ok(two.node.whereis("a"));
    await two.stop();
  });

  test("that cannot start says why", async () => {
    const broken: ChildSpec = { id: "broken", start: () => Promise.reject(new Error("port 4000 is taken")) };
    await assert.rejects(application({ children: [child("a"), broken] }).start(), /port 4000 is taken/);
  });

  test("that gives up ends with the error", async () => {
    const running = await application({ maxRestarts: 0, children: [child("a")] }).start();
    running.node.whereis("a")?.deliver(message("crash"));
    assert.match(String(await running.ended), /application gives up: its child "a"/);
    await quiet();
    assert.equal(running.node.processCount, 0);
  });
});

suite("run", () => {
  const index = JSON.stringify(new URL("../../src/process/index.ts", import.meta.url).href);
  /** Runs an application of one child in an operating-system process of its own. */
  function launch(receive: string) {
    const source = `
      import { application, run } from ${index};
      const child = {
        id: "child",
        start: (node) => node.spawn("child", (process) => {
          process.sendAfter({ event: "late" }, 2 ** 30);
          return { receive() { ${receive} }, terminate() { console.log("stopped in order"); } };
        }, { name: "child" }),
      };
      const { node } = await run(application({ children: [child], maxRestarts: 0 }));
      console.log("running");
      process.stdin.once("data", () => node.whereis("child").deliver({ event: "now" }));`;
    return spawn(process.execPath, ["--input-type=module", "--eval", source]);
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`stops in order on ${signal} and ends with code 0`, async () => {
      const launched = launch("");
      await once(launched.stdout, "data");
      let output = "";
      launched.stdout.on("data", (data) => {
        output += data;
      });
      launched.kill(signal);
      assert.deepEqual(await once(launched, "close"), [0, null]);
      assert.equal(output, "stopped in order\n");
    });
  }

  test("takes a signal that comes twice at the same moment for one", async () => {
    const launched = launch("");
    await once(launched.stdout, "data");
    launched.kill("SIGINT");
    launched.kill("SIGINT");
    launched.kill("SIGTERM");
    assert.deepEqual(await once(launched, "close"), [0, null]);
  });

  test("ends with code 1 and the error when the tree gives up", async () => {
    const launched = launch('throw new Error("struck")');
    await once(launched.stdout, "data");
    let output = "";
    launched.stderr.on("data", (data) => {
      output += data;
    });
    launched.stdin.write("now\n");
    assert.deepEqual(await once(launched, "close"), [1, null]);
    assert.match(output, /application gives up: its child "child" ended more than 0 times/);
  });
});

test("an application that cannot start says why in one sentence, or shows where a mistake is", async () => {
  const program = fileURLToPath(new URL("./failing-program.ts", import.meta.url));
  const failed = async (how: string) => {
    const end = await promisify(execFile)(process.execPath, [program, how]).catch((error) => error);
    return { code: end.code, stderr: end.stderr };
  };
  assert.deepEqual(await failed("refusal"), {
    code: 1,
    stderr: "The application could not start: port 80 is taken; choose another\n",
  });
  const mistake = await failed("mistake");
  assert.equal(mistake.code, 1);
  assert.match(mistake.stderr, /^The application could not start: TypeError: made by mistake\n +at .*failing-program/);
});
