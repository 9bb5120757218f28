import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { createNode } from "../../src/process/index.ts";
import { message, quiet } from "./support.ts";

/** How the handler of a message goes about it, and whether the event loop turns before the next one is sent. */
const sending = fc.record({
  handler: fc.constantFrom("returns", "awaits a microtask", "awaits a turn"),
  pause: fc.boolean(),
  repeat: fc.integer({ min: 1, max: 100 }),
});

suite("a mailbox, whatever is sent", () => {
  test("is handled completely, in order, one at a time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sending, { maxLength: 8 }), async (sendings) => {
        const handled: number[] = [];
        let inside = 0;
        const process = createNode().spawn("tested", () => ({
          receive({ event, payload }) {
            assert.equal(++inside, 1);
            const done = () => {
              handled.push(payload as number);
              inside--;
            };
            if (event === "awaits a microtask") return Promise.resolve().then(done);
            if (event === "awaits a turn") return new Promise<void>((resolve) => setImmediate(resolve)).then(done);
            return done();
          },
        }));
        let sent = 0;
        for (const { handler, pause, repeat } of sendings) {
          for (let count = 0; count < repeat; count++) process.deliver(message(handler, sent++));
          if (pause) await quiet(2);
        }
        while (process.mailboxLength > 0 || inside > 0) await quiet(1);
        assert.deepEqual(
          handled,
          Array.from({ length: sent }, (_, index) => index),
        );
        assert.equal(process.ended, false);
      }),
      { numRuns: 40 },
    );
  });
});
