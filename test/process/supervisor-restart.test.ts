import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { type ChildSpec, createNode, supervisor } from "../../src/process/index.ts";
import { child, supervise, tell } from "./children.ts";
import { ended, quiet } from "./support.ts";

suite("restart", () => {
  const cases = [
    ["permanent", new Error("crash"), true],
    ["permanent", "killed", true],
    ["permanent", "noproc", true],
    ["permanent", "normal", true],
    ["permanent", "shutdown", true],
    ["transient", new Error("crash"), true],
    ["transient", "killed", true],
    ["transient", "noproc", true],
    ["transient", "normal", false],
    ["transient", "shutdown", false],
    ["temporary", new Error("crash"), false],
    ["temporary", "killed", false],
    ["temporary", "noproc", false],
    ["temporary", "normal", false],
    ["temporary", "shutdown", false],
  ] as const;
  for (const [restart, reason, again] of cases) {
    test(`${restart}: ${again ? "started again" : "left alone"} after ${reason}`, async () => {
      const log: string[] = [];
      const node = createNode();
      await supervise(node, { children: [child(log, "a", { restart })] });
      node.whereis("a")?.exit(reason);
      await quiet();
      assert.equal(log.filter((line) => line === "start a").length, again ? 2 : 1);
      assert.equal(node.whereis("a") !== undefined, again);
    });
  }

  test("temporary: not started again for a sibling's sake either", async () => {
    const log: string[] = [];
    const node = createNode();
    const children = [child(log, "a"), child(log, "b", { restart: "temporary" })];
    await supervise(node, { strategy: "one_for_all", children });
    await tell(node, "a", "crash");
    assert.deepEqual(log, ["start a", "start b", "stop b", "start a"]);
  });
});

suite("strategy", () => {
  const cases = [
    ["one_for_one", ["start b"]],
    ["one_for_all", ["stop c", "stop a", "start a", "start b", "start c"]],
    ["rest_for_one", ["stop c", "start b", "start c"]],
  ] as const;
  for (const [strategy, expected] of cases) {
    test(`${strategy}: ${expected.join(", ")} when b of a, b, c crashes`, async () => {
      const log: string[] = [];
      const node = createNode();
      await supervise(node, { strategy, children: ["a", "b", "c"].map((id) => child(log, id)) });
      log.length = 0;
      await tell(node, "b", "crash");
      assert.deepEqual(log, expected);
    });
  }

  test("one_for_all waits for a sibling that is already ending before it starts that one again", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const node = createNode();
    const children = [child(log, "a"), child(log, "b", { terminate: () => gate.promise })];
    await supervise(node, { strategy: "one_for_all", children });
    await tell(node, "b", "normal");
    await tell(node, "a", "crash");
    assert.deepEqual(log.splice(0), ["start a", "start b"]);
    gate.resolve();
    await quiet();
    assert.deepEqual(log, ["start a", "start b"]);
  });
});

suite("giving up", () => {
  function mockTime(t: TestContext): void {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  }

  test("after more restarts than allowed, with the child's reason, and its children stopped", async (t) => {
    mockTime(t);
    const log: string[] = [];
    const node = createNode();
    const process = await supervise(node, { maxRestarts: 2, children: [child(log, "a"), child(log, "b")] });
    const end = ended(process);
    for (let crash = 0; crash < 3; crash++) await tell(node, "b", "crash");
    const error = await end;
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'supervisor gives up: its child "b" ended more than 2 times in 5 s');
    assert.match(String(error.cause), /b crashed/);
    assert.deepEqual(log, ["start a", "start b", "start b", "start b", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("not if they are spread over time", async (t) => {
    mockTime(t);
    const node = createNode();
    const process = await supervise(node, { maxRestarts: 1, maxSeconds: 5, children: [child([], "a")] });
    for (let crash = 0; crash < 5; crash++) {
      await tell(node, "a", "crash");
      t.mock.timers.tick(5_000);
    }
    assert.equal(process.ended, false);
  });

  test("also when the child cannot be started again", async (t) => {
    mockTime(t);
    const node = createNode();
    let starts = 0;
    const once: ChildSpec = {
      id: "once",
      start: (on) =>
        on.spawn(
          "once",
          () => {
            if (++starts > 1) throw new Error("only once");
            return {
              receive() {
                throw new Error("crash");
              },
            };
          },
          { name: "once" },
        ),
    };
    const process = await supervise(node, { children: [once] });
    const end = ended(process);
    await tell(node, "once", "crash");
    assert.match(String(((await end) as Error).cause), /only once/);
    assert.equal(starts, 4);
  });

  test("reaches the supervisor above, which starts the one below anew", async (t) => {
    mockTime(t);
    const log: string[] = [];
    const node = createNode();
    const below: ChildSpec = {
      id: "below",
      start: (on) => on.spawn("below", supervisor({ maxRestarts: 1, children: [child(log, "a")] })),
    };
    const top = await supervise(node, { maxRestarts: 1, children: [below] });
    await tell(node, "a", "crash");
    await tell(node, "a", "crash");
    assert.deepEqual(log, ["start a", "start a", "start a"]);
    assert.equal(top.ended, false);
    const end = ended(top);
    await tell(node, "a", "crash");
    await tell(node, "a", "crash");
    assert.match(String(await end), /its child "below" ended more than 1 times/);
    assert.equal(node.processCount, 0);
  });
});
