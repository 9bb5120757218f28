import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { collectGarbage, crashes, ended, message, quiet, recorder, running } from "./support.ts";

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

suite("a crash", () => {
  test("of a handler ends its process with the error, and no other", async (t) => {
    const node = createNode("throwing");
    const errors = crashes(t, node);
    const { process: bystander, received } = await recorder(node);
    const process = await running(node, {
      receive() {
        throw new Error("boom");
      },
    });
    process.deliver(message("a"));
    process.deliver(message("b"));
    assert.match(String(await ended(process)), /boom/);
    assert.equal(node.find(process.pid), undefined);
    bystander.deliver(message("still here"));
    await quiet();
    assert.equal(received.length, 1);
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["boom"],
    );
  });

  test("of an awaiting handler is its rejection", async () => {
    const process = await running(createNode(), {
      async receive() {
        await new Promise(setImmediate);
        throw new Error("later");
      },
    });
    process.deliver(message("a"));
    assert.match(String(await ended(process)), /later/);
  });

  test("in the start function reaches who waits for the start", async () => {
    const node = createNode();
    const atOnce = node.spawn("throws", () => {
      throw new Error("no start");
    });
    await assert.rejects(atOnce.started(), /no start/);
    const later = node.spawn("rejects", async () => {
      await new Promise(setImmediate);
      throw new Error("no start either");
    });
    await assert.rejects(later.started(), /no start either/);
    assert.equal(node.processCount, 0);
  });

  test("in settle ends the process", async () => {
    const node = createNode();
    const atOnce = node.spawn("throws", () => ({
      receive() {},
      settle() {
        throw new Error("unsettled");
      },
    }));
    assert.match(String(await ended(atOnce)), /unsettled/);
    const later = node.spawn("rejects", () => ({
      receive() {},
      settle: () => Promise.reject(new Error("unsettled later")),
    }));
    assert.match(String(await ended(later)), /unsettled later/);
  });

  test("in terminate is reported and keeps the reason of the end", async (t) => {
    const node = createNode("terminating");
    const errors = crashes(t, node);
    const atOnce = await running(node, {
      terminate() {
        throw new Error("at the end");
      },
    });
    atOnce.exit("shutdown");
    assert.equal(await ended(atOnce), "noproc");
    const later = await running(node, { terminate: () => Promise.reject(new Error("at the very end")) });
    const reason = ended(later);
    later.exit("normal");
    assert.equal(await reason, "normal");
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["at the end", "at the very end"],
    );
  });

  test("by throwing something that is no error becomes one", async () => {
    const node = createNode();
    for (const thrown of ["text", undefined, Object.create(null) as unknown]) {
      const process = await running(node, {
        receive() {
          throw thrown;
        },
      });
      const reason = ended(process);
      process.deliver(message("a"));
      const error = await reason;
      assert.ok(error instanceof Error);
      assert.match(error.message, /a value that is no Error was thrown/);
      assert.equal(error.cause, thrown);
    }
  });
});

suite("started", () => {
  test("resolves for all who wait, also afterwards", async () => {
    const process = createNode().spawn("started", () => ({ receive() {} }));
    await Promise.all([process.started(), process.started()]);
    await process.started();
  });

  test("rejects if the process is ended while it starts, or has been", async () => {
    const process = createNode().spawn("never", () => new Promise(() => {}));
    const waiting = assert.rejects(process.started(), /never has ended: killed/);
    await quiet();
    process.exit("killed");
    await waiting;
    await assert.rejects(process.started(), /never has ended: killed/);
  });
});

suite("sendAfter", () => {
  test("delivers when the time has come", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { process, received } = await recorder(createNode());
    process.sendAfter(message("tick"), 1_000);
    t.mock.timers.tick(999);
    await quiet();
    assert.equal(received.length, 0);
    t.mock.timers.tick(1);
    await quiet();
    assert.deepEqual(
      received.map(({ event }) => event),
      ["tick"],
    );
  });

  test("can be cancelled, once or more", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { process, received } = await recorder(createNode());
    const cancel = process.sendAfter(message("tick"), 10);
    cancel();
    cancel();
    t.mock.timers.tick(10);
    await quiet();
    assert.equal(received.length, 0);
  });

  test("ends with the process", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const clear = t.mock.method(globalThis, "clearTimeout");
    const { process } = await recorder(createNode());
    process.sendAfter(message("tick"), 10);
    process.exit("normal");
    assert.equal(clear.mock.callCount(), 1);
  });

  test("sets no timer for a process that has ended", async (t) => {
    const { process } = await recorder(createNode());
    process.exit("normal");
    const set = t.mock.method(globalThis, "setTimeout");
    process.sendAfter(message("tick"), 10)();
    assert.equal(set.mock.callCount(), 0);
  });
});
