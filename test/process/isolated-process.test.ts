/** What only a process of its own can do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { IsolatedCrash, IsolatedOutOfMemory, IsolatedTimeout } from "../../src/process/isolated/errors.ts";
import { isolated } from "../../src/process/isolated.ts";
import { Gate, nodeWithPool, run } from "./isolated-support.ts";
import { Program } from "./program.ts";

const program = fileURLToPath(new URL("./isolated-program.ts", import.meta.url));
const memoryFunctions = new URL("./isolated-memory-functions.ts", import.meta.url);

suite("a function that takes its process with it", () => {
  test("has crashed, whatever it died of", async (t) => {
    const node = await nodeWithPool(t);
    for (const signal of ["SIGSEGV", "SIGABRT", "SIGKILL"]) {
      await assert.rejects(run(node, "die", signal), (error) => {
        return error instanceof IsolatedCrash && error.message.includes(`(${signal})`);
      });
    }
    assert.equal(await run(node, "default", 1), 2);
  });

  test("has crashed also if there was no process to be had", async (t) => {
    const node = await nodeWithPool(t);
    const { execPath } = process;
    t.after(() => {
      process.execPath = execPath;
    });
    process.execPath = "/nowhere/node";
    await assert.rejects(run(node, "default", 1), (error) => {
      return error instanceof IsolatedCrash && /default of .* got no process: .*ENOENT/.test(error.message);
    });
    process.execPath = execPath;
    assert.equal(await run(node, "default", 1), 2);
  });

  test("leaves what it wrote to the standard error, without the report of V8", async (t) => {
    const wolf = new Program(t, [program, "cries"]);
    assert.equal(await wolf.ended, 0);
    assert.match(wolf.output, /^FATAL ERROR: a wolf\nand more$/m);
    assert.match(wolf.output, /^IsolatedOutOfMemory, cause: # Fatal JavaScript invalid size error/m);
    assert.doesNotMatch(wolf.output, /stack trace/);
  });
});

suite("a function in native code", () => {
  test("ends at its time-out", async (t) => {
    const node = await nodeWithPool(t);
    await assert.rejects(
      isolated(memoryFunctions, undefined, { timeout: 20, node, export: "parsedJson", maxOldSpaceMegabytes: 1_000 }),
      IsolatedTimeout,
    );
    assert.equal(await run(node, "default", 1), 2);
  });

  test("ends with the program that it waits for", async (t) => {
    const node = await nodeWithPool(t);
    const gate = await Gate.make(t);
    const abort = new AbortController();
    const call = assert.rejects(run(node, "waitForProgram", gate.port, { signal: abort.signal }), /not wanted/);
    await gate.holds(1);
    abort.abort(new Error("not wanted"));
    await call;
    await gate.holds(0);
  });
});

suite("a process of a pool", () => {
  test("ends with the programs that it has started", async (t) => {
    const node = await nodeWithPool(t);
    const gate = await Gate.make(t);
    await run(node, "leaveProgram", gate.port);
    await gate.holds(1);
    await assert.rejects(run(node, "exit", 1), IsolatedCrash);
    await gate.holds(0);
  });

  test("goes on when the system asks all processes of a service to end", async (t) => {
    const node = await nodeWithPool(t);
    const gate = await Gate.make(t);
    const place = await run<string>(node, "place");
    const call = run(node, "gate", gate.port);
    await gate.holds(1);
    process.kill(Number.parseInt(place, 10), "SIGTERM");
    gate.open();
    assert.equal(await call, place);
  });

  test("looks after its memory itself, also while the program stands still", async (t) => {
    if (process.platform !== "linux") return t.skip("reads /proc");
    const node = await nodeWithPool(t);
    const small = { maxOldSpaceMegabytes: 32 };
    const pid = Number.parseInt(await run<string>(node, "place", undefined, small), 10);
    const call = isolated(memoryFunctions, undefined, { ...small, timeout: 60_000, node, export: "manyBuffers" });
    const end = assert.rejects(call, IsolatedOutOfMemory);
    const state = () => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
    for (const patience = Date.now() + 60_000; state() !== "Z" && Date.now() < patience; );
    assert.equal(state(), "Z");
    await end;
  });
});

suite("the processes of a program", () => {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`end when it is ended by ${signal}`, async (t) => {
      const gate = await Gate.make(t);
      const caller = new Program(t, [program, "waits", String(gate.port)]);
      await gate.holds(1);
      caller.child.kill(signal);
      assert.equal(await caller.ended, signal);
      await gate.holds(0);
    });
  }

  test("end when it exits", async (t) => {
    const gate = await Gate.make(t);
    const caller = new Program(t, [program, "exits", String(gate.port)]);
    await gate.holds(1);
    caller.child.stdin?.end("\n");
    assert.equal(await caller.ended, 7);
    await gate.holds(0);
  });

  test("do not keep it alive when they have nothing to do", async (t) => {
    const gate = await Gate.make(t);
    const caller = new Program(t, [program, "returns", String(gate.port)]);
    await gate.holds(1);
    assert.equal(await caller.ended, 0);
    await gate.holds(0);
  });

  test("do not wait for a debugger when it did", async (t) => {
    const caller = new Program(t, ["--inspect=127.0.0.1:0", program, "cries"]);
    assert.equal(await caller.ended, 0);
    assert.equal(caller.output.match(/Debugger listening/g)?.length, 1);
  });
});
