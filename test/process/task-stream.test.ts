import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";
import { TaskTimeout } from "../../src/process/task/errors.ts";
import { Task } from "../../src/process/task.ts";
import { ended, quiet } from "./support.ts";

const forever = () => new Promise<never>(() => {});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

suite("a stream of tasks", () => {
  test("makes outcomes of values and crashes", async () => {
    const failure = new Error("odd");
    const outcomes = await all(
      Task.asyncStream(createNode(), [1, 2, 3], async (item) => {
        if (item === 2) throw failure;
        return item * 10;
      }),
    );
    assert.deepEqual(outcomes, [
      { ok: true, value: 10 },
      { ok: false, reason: failure },
      { ok: true, value: 30 },
    ]);
  });

  test("of nothing is over", async () => {
    assert.deepEqual(await all(Task.asyncStream(createNode(), [], () => 1)), []);
  });

  test("gives outcomes as tasks end, if order does not matter", async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const stream = Task.asyncStream(
      createNode(),
      [0, 1, 2],
      async (item) => {
        await gates[item]?.promise;
        return item;
      },
      { ordered: false },
    );
    const values: unknown[] = [];
    for (const item of [2, 0, 1]) {
      const next = stream.next();
      gates[item]?.resolve();
      const outcome = (await next).value;
      values.push(outcome?.ok === true && outcome.value);
    }
    assert.deepEqual(values, [2, 0, 1]);
  });

  test("takes no item before it is asked, and none without room", async () => {
    const node = createNode();
    const taken: number[] = [];
    function* items() {
      for (let item = 0; item < 10; item++) {
        taken.push(item);
        yield item;
      }
    }
    const stream = Task.asyncStream(node, items(), (item) => item, { maxConcurrency: 3 });
    await quiet();
    assert.deepEqual(taken, []);
    await stream.next();
    await quiet();
    assert.deepEqual(taken, [0, 1, 2, 3]);
    await stream.next();
    await quiet();
    assert.deepEqual(taken, [0, 1, 2, 3, 4]);
    await stream.return();
    assert.equal(node.processCount, 0);
  });

  test("takes items that come with time, and gives what is ready meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    async function* items() {
      yield 1;
      await gate.promise;
      yield 2;
    }
    const stream = Task.asyncStream(createNode(), items(), (item) => item);
    assert.deepEqual((await stream.next()).value, { ok: true, value: 1 });
    const second = stream.next();
    gate.resolve();
    assert.deepEqual((await second).value, { ok: true, value: 2 });
    assert.equal((await stream.next()).done, true);
  });

  test("throws what its source throws, after the outcomes before", async () => {
    for (const late of [false, true]) {
      const failure = new Error("source broke");
      async function* coming() {
        yield 1;
        throw failure;
      }
      function* there() {
        yield 1;
        throw failure;
      }
      const stream = Task.asyncStream(createNode(), late ? coming() : there(), (item) => item);
      assert.deepEqual((await stream.next()).value, { ok: true, value: 1 });
      await assert.rejects(stream.next(), failure);
    }
  });

  test("kills a task that takes too long", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const stream = Task.asyncStream(node, [1, 2], (item) => (item === 1 ? forever() : item), { timeout: 100 });
    const first = stream.next();
    await quiet();
    t.mock.timers.tick(100);
    const outcome = (await first).value;
    assert.ok(outcome?.ok === false && outcome.reason instanceof TaskTimeout);
    assert.deepEqual((await stream.next()).value, { ok: true, value: 2 });
    assert.equal(node.processCount, 0);
  });

  test("stops its tasks and closes its source when the consumer leaves", async () => {
    const node = createNode();
    let closed = false;
    const signals: AbortSignal[] = [];
    function* items() {
      try {
        for (let item = 0; ; item++) yield item;
      } finally {
        closed = true;
      }
    }
    const work = (item: number, { signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal);
      return item === 0 ? item : forever();
    };
    for await (const outcome of Task.asyncStream(node, items(), work, { maxConcurrency: 4 })) {
      assert.deepEqual(outcome, { ok: true, value: 0 });
      break;
    }
    assert.equal(closed, true);
    assert.equal(node.processCount, 0);
    assert.ok(signals.every((signal) => signal.aborted));
  });

  test("stops its tasks when the process that iterates ends", async () => {
    const node = createNode();
    const owner = node.spawn(
      "owner",
      routine(async () => {
        for await (const _ of Task.asyncStream(node, [1, 2, 3], forever)) assert.fail();
      }),
    );
    await quiet();
    assert.equal(node.processCount, 4);
    const end = ended(owner);
    owner.exit("killed");
    await end;
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("refuses to run with no concurrency", async () => {
    await assert.rejects(all(Task.asyncStream(createNode(), [1], () => 1, { maxConcurrency: 0 })), RangeError);
  });
});
