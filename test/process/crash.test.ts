import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { crashes, ended, message, quiet, recorder, running } from "./support.ts";

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
