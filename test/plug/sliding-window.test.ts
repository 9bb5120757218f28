import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SlidingWindow, windowLifetime } from "../../src/plug/rate-limit/sliding-window.ts";

const second = 1000;

test("as many as the limit pass, and one more when the first is forgotten", () => {
  const window = new SlidingWindow();
  assert.deepEqual(window.take(0, 2, second), { allowed: true, remaining: 1, resetMilliseconds: 1100 });
  assert.deepEqual(window.take(550, 2, second), { allowed: true, remaining: 0, resetMilliseconds: 550 });
  assert.deepEqual(window.take(1099, 2, second), { allowed: false, remaining: 0, resetMilliseconds: 1 });
  assert.deepEqual(window.take(1100, 2, second), { allowed: true, remaining: 0, resetMilliseconds: 500 });
});

test("what is refused does not count", () => {
  const window = new SlidingWindow();
  window.take(0, 1, second);
  for (let now = 10; now < 1100; now += 10) assert.equal(window.take(now, 1, second).allowed, false);
  assert.equal(window.take(1100, 1, second).allowed, true);
});

const gaps = fc.array(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1500 })), { maxLength: 300 });

test("property: in no window ever more than the limit, and what is refused had a full one in it", () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), fc.nat(1e6), (between, limit, start) => {
      const window = new SlidingWindow();
      const allowed: number[] = [];
      let now = start;
      for (const gap of between) {
        now += gap;
        const lately = allowed.filter((moment) => moment >= now - second).length;
        const counted = allowed.filter((moment) => moment > now - windowLifetime(second)).length;
        const taken = window.take(now, limit, second);
        if (taken.allowed) {
          assert.ok(lately < limit, `${lately + 1} within a second`);
          allowed.push(now);
        } else {
          assert.ok(counted >= limit, `refused after ${counted} of ${limit}`);
        }
        assert.ok(taken.remaining >= 0 && taken.remaining <= limit - 1);
        assert.ok(taken.resetMilliseconds > 0 && taken.resetMilliseconds <= windowLifetime(second));
      }
    }),
  );
});

test("property: after a refusal, the next is allowed when it says and not before", () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (between, limit) => {
      const window = new SlidingWindow();
      let now = 0;
      for (const gap of between) {
        now += gap;
        const { allowed, resetMilliseconds } = window.take(now, limit, second);
        if (allowed) continue;
        assert.equal(window.take(now + resetMilliseconds - 1, limit, second).allowed, false);
        now += resetMilliseconds;
        assert.equal(window.take(now, limit, second).allowed, true);
      }
    }),
  );
});
