import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { type ChildSpec, createNode, type Process, supervisor } from "../../src/process/index.ts";
import { child, supervise, tell } from "./children.ts";
import { ended, message, quiet } from "./support.ts";

suite("stopping", () => {
  test("kills a child that does not finish its message in time", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const busy = child([], "busy", { shutdown: 1_000, receive: () => new Promise(() => {}) });
    const process = await supervise(node, { children: [busy] });
    const inner = node.whereis("busy");
    assert.ok(inner);
    inner.deliver(message("work"));
    await quiet();
    const reason = ended(inner);
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    t.mock.timers.tick(999);
    await quiet();
    assert.equal(process.ended && node.processCount === 0, false);
    assert.equal(inner.ended, false);
    t.mock.timers.tick(1);
    assert.equal(await reason, "killed");
    assert.equal(await end, "shutdown");
  });

  test("kills a child whose terminate does not finish, after 5 s if nothing is said", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const process = await supervise(node, {
      children: [child([], "stuck", { terminate: () => new Promise(() => {}) })],
    });
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    t.mock.timers.tick(4_999);
    await quiet();
    let over = false;
    end.then(() => {
      over = true;
    });
    await quiet();
    assert.equal(over, false);
    t.mock.timers.tick(1);
    assert.equal(await end, "shutdown");
  });

  test("kills at once what is to be killed brutally", async () => {
    const log: string[] = [];
    const node = createNode();
    const process = await supervise(node, { children: [child(log, "a", { shutdown: "brutal_kill" })] });
    const end = ended(process);
    process.exit("shutdown");
    await end;
    assert.deepEqual(log, ["start a"]);
  });

  test("leaves no timer behind", async (t) => {
    const set = t.mock.method(globalThis, "setTimeout");
    const clear = t.mock.method(globalThis, "clearTimeout");
    const process = await supervise(createNode(), { children: [child([], "a"), child([], "b")] });
    const end = ended(process);
    process.exit("shutdown");
    await end;
    assert.equal(set.mock.callCount(), 2);
    const cleared = clear.mock.calls.map((call) => call.arguments[0]);
    for (const call of set.mock.calls) assert.ok(cleared.includes(call.result));
  });
});

suite("stopping while a child is starting", () => {
  /** Restarts a child that does not come up again, and asks the supervisor to end meanwhile. */
  async function stopMeanwhile(t: TestContext, again: ChildSpec["start"]) {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const log: string[] = [];
    const node = createNode();
    const first = child(log, "b", { shutdown: 1_000 });
    let starts = 0;
    const process = await supervise(node, {
      children: [child(log, "a"), { ...first, start: (on) => (++starts === 1 ? first.start(on) : again(on)) }],
    });
    await tell(node, "b", "crash");
    assert.equal(starts, 2);
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    return { log, node, end };
  }

  test("kills one whose start function does not finish in time", async (t) => {
    const { log, node, end } = await stopMeanwhile(t, (on) => on.spawn("b", () => new Promise(() => {})));
    t.mock.timers.tick(999);
    await quiet();
    assert.deepEqual(log, ["start a", "start b"]);
    assert.equal(node.processCount, 2, "a and b");
    t.mock.timers.tick(1);
    assert.equal(await end, "shutdown");
    assert.deepEqual(log, ["start a", "start b", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("lets one finish that starts in time", async (t) => {
    const gate = Promise.withResolvers<void>();
    const finished: string[] = [];
    const { node, end } = await stopMeanwhile(t, (on) =>
      on.spawn("b", async () => {
        await gate.promise;
        return { receive() {}, terminate: (reason) => void finished.push(String(reason)) };
      }),
    );
    gate.resolve();
    assert.equal(await end, "shutdown");
    assert.deepEqual(finished, ["shutdown"]);
    assert.equal(node.processCount, 0);
  });

  test("waits no longer than that for a process that its spec promised", async (t) => {
    const promised = Promise.withResolvers<Process>();
    const { node, end } = await stopMeanwhile(t, () => promised.promise);
    t.mock.timers.tick(1_000);
    assert.equal(await end, "shutdown");
    promised.resolve(node.spawn("late", () => ({ receive() {} })));
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("stops one whose spec keeps its promise in time", async (t) => {
    const promised = Promise.withResolvers<Process>();
    const { node, end } = await stopMeanwhile(t, () => promised.promise);
    promised.resolve(node.spawn("in time", () => ({ receive() {} })));
    assert.equal(await end, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("is not held up by a spec that breaks its promise", async (t) => {
    const promised = Promise.withResolvers<Process>();
    const { node, end } = await stopMeanwhile(t, () => promised.promise);
    promised.reject(new Error("no such port"));
    assert.equal(await end, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("does not start the children after it, the first time either", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const slow: ChildSpec = {
      id: "slow",
      start: (on) => on.spawn("slow", () => gate.promise.then(() => ({ receive() {} }))),
    };
    const node = createNode();
    const process = node.spawn("supervisor", supervisor({ children: [child(log, "a"), slow, child(log, "never")] }));
    await quiet();
    const end = ended(process);
    process.exit("shutdown");
    gate.resolve();
    assert.equal(await end, "shutdown");
    assert.deepEqual(log, ["start a", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("also when a child's spec asks for it while it starts the child", async () => {
    const node = createNode();
    const process = node.spawn(
      "supervisor",
      supervisor({
        children: [
          {
            id: "last",
            start(on) {
              process.exit("shutdown");
              return on.spawn("last", () => new Promise(() => {}));
            },
            shutdown: "brutal_kill",
          },
        ],
      }),
    );
    assert.equal(await ended(process), "shutdown");
    assert.equal(node.processCount, 0);
  });
});

suite("a supervisor that is killed", () => {
  test("takes its children with it", async () => {
    const node = createNode();
    const process = await supervise(node, { children: [child([], "a"), child([], "b")] });
    process.exit("killed");
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("takes the supervisors below with it, and they stop their children in order", async () => {
    const log: string[] = [];
    const node = createNode();
    const children = [child(log, "a"), child(log, "b")];
    const below: ChildSpec = { id: "below", start: (on) => on.spawn("below", supervisor({ children })) };
    const process = await supervise(node, { children: [below] });
    process.exit("killed");
    await quiet();
    assert.deepEqual(log, ["start a", "start b", "stop b", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("while a child is starting leaves none behind", async () => {
    const node = createNode();
    const gate = Promise.withResolvers<Process>();
    const process = node.spawn(
      "supervisor",
      supervisor({ children: [child([], "a"), { id: "b", start: () => gate.promise }] }),
    );
    const refused = assert.rejects(process.started());
    await quiet();
    process.exit("killed");
    gate.resolve(node.spawn("b", () => ({ receive() {} })));
    await refused;
    await quiet();
    assert.equal(node.processCount, 0);
  });
});
