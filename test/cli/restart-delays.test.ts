import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RestartDelays } from "../../src/cli/server/restart-delays.ts";

const limits = { firstDelay: 100, longestDelay: 1_000, steadyAfter: 30_000, quickEnds: 7 };

suite("delays before a restart", () => {
  test("double up to a bound, and end with the last attempt", () => {
    const delays = new RestartDelays(limits);
    const waited = Array.from({ length: 7 }, () => delays.afterEnd(10));
    assert.deepEqual(waited, [100, 200, 400, 800, 1_000, 1_000, undefined]);
  });

  test("begin anew after a program has run for a while", () => {
    const delays = new RestartDelays(limits);
    for (const ran of [10, 10, 10]) delays.afterEnd(ran);
    assert.equal(delays.afterEnd(30_000), 100);
    assert.equal(delays.afterEnd(29_999), 200);
  });

  test("are never over for a program that ends after having run for a while", () => {
    const delays = new RestartDelays(limits);
    for (let end = 0; end < 100; end++) assert.equal(delays.afterEnd(31_000), 100);
  });
});
