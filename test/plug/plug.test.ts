import assert from "node:assert/strict";
import { test } from "node:test";
import { type Conn, compilePipeline, type Plug } from "../../src/plug/index.ts";

/** As much of a conn as a pipeline looks at. */
function fakeConn(): { conn: Conn; log: string[] } {
  const fake = {
    halted: false,
    halt() {
      this.halted = true;
    },
  };
  return { conn: fake as unknown as Conn, log: [] };
}

function steps(log: string[]) {
  return {
    sync:
      (name: string): Plug =>
      () =>
        void log.push(name),
    later:
      (name: string): Plug =>
      async () => {
        await Promise.resolve();
        log.push(name);
      },
    halting:
      (name: string): Plug =>
      (conn) => {
        log.push(name);
        conn.halt();
      },
  };
}

test("an empty pipeline does nothing", () => {
  assert.equal(compilePipeline([])(fakeConn().conn), undefined);
});

test("synchronous plugs run in order, without a promise", () => {
  const { conn, log } = fakeConn();
  const { sync } = steps(log);
  assert.equal(compilePipeline([sync("a"), sync("b"), sync("c")])(conn), undefined);
  assert.deepEqual(log, ["a", "b", "c"]);
});

test("a plug that halts is the last one, synchronously", () => {
  const { conn, log } = fakeConn();
  const { sync, halting } = steps(log);
  assert.equal(compilePipeline([sync("a"), halting("b"), sync("c")])(conn), undefined);
  assert.deepEqual(log, ["a", "b"]);
});

test("plugs before the first promise run at once, those after it when it resolves", async () => {
  const { conn, log } = fakeConn();
  const { sync, later } = steps(log);
  const pending = compilePipeline([sync("a"), later("b"), sync("c"), later("d")])(conn);
  assert.deepEqual(log, ["a"]);
  await pending;
  assert.deepEqual(log, ["a", "b", "c", "d"]);
});

test("a plug that halts after waiting is the last one", async () => {
  const { conn, log } = fakeConn();
  const { sync } = steps(log);
  const haltLater: Plug = async (given) => {
    await Promise.resolve();
    given.halt();
  };
  await compilePipeline([haltLater, sync("never")])(conn);
  assert.deepEqual(log, []);
});

test("a plug that throws ends the pipeline with its error", () => {
  const { conn, log } = fakeConn();
  const { sync } = steps(log);
  const broken: Plug = () => {
    throw new Error("broken");
  };
  assert.throws(() => compilePipeline([broken, sync("never")])(conn), /broken/);
  assert.deepEqual(log, []);
});

test("a plug that rejects ends the pipeline with its error", async () => {
  const { conn, log } = fakeConn();
  const { sync } = steps(log);
  const broken: Plug = async () => {
    throw new Error("broken later");
  };
  await assert.rejects(async () => compilePipeline([sync("a"), broken, sync("never")])(conn), /broken later/);
  assert.deepEqual(log, ["a"]);
});

test("pipelines nest, and a halt in an inner one ends the outer one", () => {
  const { conn, log } = fakeConn();
  const { sync, halting } = steps(log);
  compilePipeline([compilePipeline([sync("a"), halting("b"), sync("c")]), sync("d")])(conn);
  assert.deepEqual(log, ["a", "b"]);
});
