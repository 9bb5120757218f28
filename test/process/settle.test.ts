import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { message, quiet, running } from "./support.ts";

suite("settle", () => {
  test("is called once for all messages that waited", async () => {
    const node = createNode();
    const log: string[] = [];
    const process = await running(node, {
      receive: ({ event }) => void log.push(event),
      settle: () => void log.push("settle"),
    });
    await quiet();
    log.length = 0;
    for (const event of ["a", "b", "c"]) process.deliver(message(event));
    await quiet();
    assert.deepEqual(log, ["a", "b", "c", "settle"]);
  });

  test("is called after the start, without any message", async () => {
    let settled = 0;
    await running(createNode(), { settle: () => void settled++ });
    await quiet();
    assert.equal(settled, 1);
  });

  test("is called after a handler that awaits", async () => {
    const log: string[] = [];
    const process = await running(createNode(), {
      async receive({ event }) {
        await new Promise(setImmediate);
        log.push(event);
      },
      settle: () => void log.push("settle"),
    });
    await quiet();
    log.length = 0;
    process.deliver(message("a"));
    process.deliver(message("b"));
    await quiet();
    assert.deepEqual(log, ["a", "b", "settle"]);
  });

  test("is called when a process is woken, once for any number of times", async () => {
    let settled = 0;
    const process = await running(createNode(), { settle: () => void settled++ });
    await quiet();
    process.wake();
    process.wake();
    await quiet();
    assert.equal(settled, 2);
  });

  test("is called again for a wake from within", async () => {
    let settled = 0;
    createNode().spawn("waking", (process) => ({
      receive() {},
      settle() {
        if (++settled < 3) process.wake();
      },
    }));
    await quiet();
    assert.equal(settled, 3);
  });

  test("that awaits holds the next message back", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const process = await running(createNode(), {
      receive: ({ event }) => void log.push(event),
      settle: () => gate.promise,
    });
    await quiet();
    process.deliver(message("a"));
    await quiet();
    assert.deepEqual(log, []);
    gate.resolve();
    await quiet();
    assert.deepEqual(log, ["a"]);
  });

  test("is called between the turns of a long mailbox", async () => {
    const log: number[] = [];
    let handled = 0;
    const process = await running(createNode(), {
      receive: () => void handled++,
      settle: () => void log.push(handled),
    });
    await quiet();
    log.length = 0;
    for (let sent = 0; sent < 150; sent++) process.deliver(message("m"));
    await quiet();
    assert.deepEqual(log, [64, 128, 150]);
  });
});
