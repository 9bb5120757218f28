import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { message, quiet, recorder } from "./support.ts";

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
