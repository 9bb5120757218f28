import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode, type Down } from "../../src/process/index.ts";
import { ended, message, quiet, recorder, running } from "./support.ts";

suite("a link", () => {
  for (const first of ["left", "right"] as const) {
    test(`ends both when the ${first} one crashes`, async () => {
      const node = createNode();
      const left = await running(node, {});
      const right = await running(node, {});
      left.link(right);
      const [crashing, other] = first === "left" ? [left, right] : [right, left];
      const error = new Error("boom");
      const end = ended(other);
      crashing.exit(error);
      assert.equal(await end, error);
    });
  }

  test("passes a shutdown on, but not a normal end", async () => {
    const node = createNode();
    const normal = await running(node, {});
    const shut = await running(node, {});
    const other = await running(node, {});
    other.link(normal);
    other.link(shut);
    normal.exit("normal");
    await quiet();
    assert.equal(other.ended, false);
    const end = ended(other);
    shut.exit("shutdown");
    assert.equal(await end, "shutdown");
  });

  test("runs along a chain, and around a circle", async () => {
    const node = createNode();
    const chain = await Promise.all(Array.from({ length: 5 }, () => running(node, {})));
    for (const [index, process] of chain.entries()) process.link(chain[(index + 1) % chain.length] ?? process);
    chain[2]?.exit(new Error("boom"));
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("ends the other after terminate is done", async () => {
    const gate = Promise.withResolvers<void>();
    const node = createNode();
    const first = await running(node, { terminate: () => gate.promise });
    const second = await running(node, {});
    first.link(second);
    first.exit("shutdown");
    await quiet();
    assert.equal(second.ended, false);
    gate.resolve();
    assert.equal(await ended(second), "shutdown");
  });

  test("can be undone from either side", async () => {
    const node = createNode();
    const left = await running(node, {});
    const right = await running(node, {});
    left.link(right);
    right.unlink(left);
    left.exit(new Error("boom"));
    await quiet();
    assert.equal(right.ended, false);
  });

  test("becomes a message for one that traps exits", async () => {
    const node = createNode();
    const { process: trapping, received } = await recorder(node);
    trapping.trapExit = true;
    const error = new Error("boom");
    for (const reason of [error, "normal", "killed"] as const) {
      const linked = await running(node, {}, { link: trapping });
      linked.exit(reason);
      await quiet();
      assert.deepEqual(received.pop(), { event: "EXIT", payload: { pid: linked.pid, reason }, from: linked.pid });
    }
    assert.equal(trapping.ended, false);
  });

  test("with a process that is no more ends this one as well", async () => {
    const node = createNode();
    const gone = await running(node, {});
    gone.exit("normal");
    const process = await running(node, {});
    process.link(gone);
    assert.equal(process.ended, true);
  });

  test("made by spawn holds while the new process starts", async () => {
    const node = createNode();
    const parent = await running(node, {});
    const end = ended(parent);
    node.spawn(
      "child",
      () => {
        throw new Error("no start");
      },
      { link: parent },
    );
    assert.match(String(await end), /no start/);
  });

  test("does not disturb one that is already ending", async () => {
    const gate = Promise.withResolvers<void>();
    const node = createNode();
    const ending = await running(node, { terminate: () => gate.promise });
    const other = await running(node, {});
    ending.link(other);
    const end = ended(ending);
    ending.exit("shutdown");
    other.exit("killed");
    gate.resolve();
    assert.equal(await end, "shutdown");
  });
});

suite("a monitor", () => {
  test("tells the end of its target, once, with the reason", async () => {
    const node = createNode();
    const { process: watcher, received } = await recorder(node);
    const target = await running(node, {});
    const reference = node.monitor(watcher, target.pid);
    const error = new Error("boom");
    target.exit(error);
    await quiet();
    const payload: Down = { reference, pid: target.pid, reason: error };
    assert.deepEqual(received, [{ event: "DOWN", payload, from: target.pid }]);
  });

  test("tells at once that there is no such process", async () => {
    const node = createNode();
    const { process: watcher, received } = await recorder(node);
    const gone = await running(node, {});
    gone.exit("normal");
    node.monitor(watcher, gone.pid);
    node.monitor(watcher, { ...watcher.pid, node: "elsewhere" });
    node.monitor(watcher, { ...watcher.pid, incarnation: 1 });
    await quiet();
    assert.deepEqual(
      received.map(({ payload }) => (payload as Down).reason),
      ["noproc", "noproc", "noproc"],
    );
  });

  test("is of its own: the watcher lives on, and each one tells", async () => {
    const node = createNode();
    const { process: watcher, received } = await recorder(node);
    const target = await running(node, {});
    const references = [node.monitor(watcher, target.pid), node.monitor(watcher, target.pid)];
    target.exit("normal");
    await quiet();
    assert.deepEqual(
      received.map(({ payload }) => (payload as Down).reference),
      references,
    );
    watcher.deliver(message("alive"));
    await quiet();
    assert.equal(received.length, 3);
  });

  test("can be ended, and the others stay", async () => {
    const node = createNode();
    const { process: watcher, received } = await recorder(node);
    const target = await running(node, {});
    const first = node.monitor(watcher, target.pid);
    const second = node.monitor(watcher, target.pid);
    node.demonitor(first);
    node.demonitor(first);
    target.exit("normal");
    await quiet();
    assert.deepEqual(
      received.map(({ payload }) => (payload as Down).reference),
      [second],
    );
  });

  test("ends with its watcher", async (t) => {
    const node = createNode();
    const target = await running(node, {});
    const taken = t.mock.method(target, "offExit");
    for (let count = 0; count < 3; count++) {
      const { process: watcher } = await recorder(node);
      node.monitor(watcher, target.pid);
      watcher.exit("normal");
    }
    assert.equal(taken.mock.callCount(), 3);
  });

  test("of a watcher that has ended is none", async (t) => {
    const node = createNode();
    const target = await running(node, {});
    const { process: watcher } = await recorder(node);
    watcher.exit("normal");
    const given = t.mock.method(target, "onExit");
    node.monitor(watcher, target.pid);
    assert.equal(given.mock.callCount(), 0);
  });
});
