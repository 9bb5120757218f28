import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { collectGarbage, message, quiet, recorder, running } from "./support.ts";

suite("a mailbox", () => {
  test("is handled in the order of arrival", async () => {
    const node = createNode();
    const { process, received } = await recorder(node);
    for (const event of ["a", "b", "c"]) node.send(process.pid, message(event));
    await quiet();
    assert.deepEqual(
      received.map(({ event }) => event),
      ["a", "b", "c"],
    );
  });

  test("hands over the very object that was sent", async () => {
    const node = createNode();
    const { process, received } = await recorder(node);
    const sent = message("a", { deep: true });
    process.deliver(sent);
    await quiet();
    assert.equal(received[0], sent);
  });

  test("keeps what arrives before the start function is done", async () => {
    const node = createNode();
    const received: string[] = [];
    const gate = Promise.withResolvers<void>();
    const process = node.spawn("slow starter", async () => {
      await gate.promise;
      return { receive: ({ event }) => void received.push(event) };
    });
    process.deliver(message("early"));
    await quiet();
    assert.deepEqual(received, []);
    assert.equal(process.mailboxLength, 1);
    gate.resolve();
    await quiet();
    assert.deepEqual(received, ["early"]);
    assert.equal(process.mailboxLength, 0);
  });

  test("is never handled by two handlers at once, awaits included", async () => {
    const node = createNode();
    const log: string[] = [];
    const process = await running(node, {
      async receive({ event }) {
        log.push(`${event} begins`);
        await new Promise(setImmediate);
        log.push(`${event} ends`);
      },
    });
    process.deliver(message("a"));
    process.deliver(message("b"));
    await quiet();
    assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends"]);
  });

  test("is not handled on the sender's stack", async () => {
    const node = createNode();
    const { process, received } = await recorder(node);
    process.deliver(message("a"));
    assert.deepEqual(received, []);
    await quiet();
    assert.equal(received.length, 1);
  });

  test("lets go of handled messages even if it is never empty", async () => {
    const node = createNode();
    const rounds = 200_000;
    let handled = 0;
    const process = await running(node, {
      receive({ payload }) {
        if (++handled < rounds)
          process.deliver(message("again", { before: (payload as { round: number }).round, round: handled }));
      },
    });
    const first = new WeakRef(message("first", { round: 0 }));
    process.deliver(first.deref() ?? message("gone"));
    process.deliver(message("second", { round: 0 }));
    process.deliver(message("third", { round: 0 }));
    while (handled < 40_000) await new Promise(setImmediate);
    assert.ok(process.mailboxLength > 0, "it is still at work");
    collectGarbage();
    assert.equal(first.deref(), undefined);
    process.exit("killed");
  });
});

suite("a turn", () => {
  test("ends after so many messages that others get theirs", async () => {
    const node = createNode();
    let handled = 0;
    let handledBefore = -1;
    const busy = await running(node, { receive: () => void handled++ });
    const other = await running(node, {
      receive() {
        handledBefore = handled;
      },
    });
    for (let sent = 0; sent < 1_000; sent++) busy.deliver(message("m"));
    other.deliver(message("m"));
    await quiet();
    assert.equal(handledBefore, 64);
    assert.equal(handled, 1_000);
  });
});
