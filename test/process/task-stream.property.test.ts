import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { createNode } from "../../src/process/index.ts";
import { Task } from "../../src/process/task.ts";
import { quiet } from "./support.ts";

/** How an item fares: after how many turns of the event loop, and whether it crashes then. */
const fate = fc.record({ turns: fc.integer({ min: 0, max: 6 }), crashes: fc.boolean() });

const options = fc.record({
  maxConcurrency: fc.integer({ min: 1, max: 6 }),
  ordered: fc.boolean(),
  coming: fc.boolean(),
  consumerTurns: fc.integer({ min: 0, max: 4 }),
  leavesAfter: fc.option(fc.nat({ max: 20 }), { nil: Number.POSITIVE_INFINITY }),
});

suite("a stream of tasks, whatever they do", () => {
  test("keeps order and bound, loses nothing, and leaves nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 20 }), options, async (fates, option) => {
        const { maxConcurrency, ordered, coming, consumerTurns, leavesAfter } = option;
        const node = createNode();
        let running = 0;
        let taken = 0;
        const got: number[] = [];
        function* there() {
          for (const [index] of fates.entries()) {
            taken++;
            // The outcome that is being handed over is not in `got` yet.
            assert.ok(taken - got.length <= maxConcurrency + 1, "an item was taken without room for it");
            yield index;
          }
        }
        async function* late() {
          for (const index of there()) {
            await quiet(1);
            yield index;
          }
        }
        const stream = Task.asyncStream(
          node,
          coming ? late() : there(),
          async (index) => {
            assert.ok(++running <= maxConcurrency, "too many at once");
            await quiet(fates[index]?.turns);
            running--;
            if (fates[index]?.crashes) throw new Error(String(index));
            return index;
          },
          { maxConcurrency, ordered },
        );
        if (leavesAfter > 0) {
          for await (const outcome of stream) {
            const index = outcome.ok ? outcome.value : Number((outcome.reason as Error).message);
            assert.equal(outcome.ok, !fates[index]?.crashes);
            got.push(index);
            if (got.length >= leavesAfter) break;
            await quiet(consumerTurns);
          }
        }
        const expected = Math.min(fates.length, leavesAfter);
        assert.equal(got.length, expected);
        if (ordered) assert.deepEqual(got, [...fates.keys()].slice(0, expected));
        else assert.equal(new Set(got).size, expected);
        assert.equal(node.processCount, 0);
      }),
      { numRuns: 80 },
    );
  });
});
