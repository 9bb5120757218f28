import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { memoryRateLimitStore, type RateLimitPolicy, type Taken } from "../../src/plug/index.ts";

const policy: RateLimitPolicy = { name: "test", limit: 3, windowMilliseconds: 1000 };

/** A store with a clock that the test sets. */
function storeAt(maxKeys?: number) {
  const clock = { now: 0 };
  const store = memoryRateLimitStore({ now: () => clock.now, ...(maxKeys === undefined ? {} : { maxKeys }) });
  const allowed = (key: string, by = policy) => (store.take(key, by) as Taken).allowed;
  return { clock, store, allowed };
}

test("each key has a quota of its own", () => {
  const { allowed } = storeAt();
  assert.deepEqual(
    ["a", "a", "b", "a", "a", "b"].map((key) => allowed(key)),
    [true, true, true, true, false, true],
  );
});

test("who was not seen for a window is forgotten, without timers", () => {
  const { clock, store, allowed } = storeAt();
  for (let key = 0; key < 100; key++) allowed(`early ${key}`);
  clock.now = 2_000;
  allowed("later");
  assert.equal(store.size, 101);
  clock.now = 4_000;
  allowed("latest");
  assert.equal(store.size, 2);
});

test("who keeps coming is remembered for as long as it does", () => {
  const { clock, store, allowed } = storeAt();
  for (let moment = 0; moment < 20_000; moment += 50) {
    clock.now = moment;
    allowed("steady");
    if (moment % 1_100 === 0) allowed(`guest ${moment}`);
  }
  assert.ok(store.size < 10);
  assert.equal(
    [1, 2, 3].some(() => !allowed("steady")),
    true,
  );
});

test("property: with any keys at any time, no key ever passes more than its limit in a window", () => {
  const step = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), gap: fc.integer({ min: 0, max: 700 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const { clock, allowed } = storeAt();
      const passed: { key: string; at: number }[] = [];
      for (const { key, gap } of steps) {
        clock.now += gap;
        if (!allowed(key)) continue;
        passed.push({ key, at: clock.now });
        const lately = passed.filter((one) => one.key === key && one.at > clock.now - 1000);
        assert.ok(lately.length <= policy.limit);
      }
    }),
  );
});

test("a million keys stay bounded, and those in use survive them", () => {
  const { store, allowed } = storeAt(10_000);
  let largest = 0;
  const regular: boolean[] = [];
  for (let key = 0; key < 1_000_000; key++) {
    allowed(`key ${key}`);
    if (key % 1_000 === 0) regular.push(allowed("regular"));
    if (store.size > largest) largest = store.size;
  }
  assert.ok(largest <= 10_000, `${largest} keys`);
  assert.equal(regular.filter(Boolean).length, 3);
});

test("a limit on the keys that cannot be kept is refused", () => {
  for (const maxKeys of [0, 1, 2.5, Number.NaN]) {
    assert.throws(() => memoryRateLimitStore({ maxKeys }), /maxKeys is .* whole number of at least 2/);
  }
});
