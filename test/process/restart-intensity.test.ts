import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { createNode } from "../../src/process/index.ts";
import { RestartIntensity, type RestartLimit, wantsRestart } from "../../src/process/restart-intensity.ts";
import { running } from "./support.ts";

/** Counts one restart; false if it was one too many. */
async function counter(limit: RestartLimit): Promise<() => boolean> {
  const supervisor = await running(createNode(), {});
  const intensity = new RestartIntensity(limit);
  return () => {
    try {
      intensity.count(supervisor, "child", "killed");
      return true;
    } catch {
      return false;
    }
  };
}

suite("the restarts of a supervisor", () => {
  test("are three in five seconds if nothing is said", async (t) => {
    t.mock.timers.enable({ apis: ["Date"] });
    const count = await counter({});
    assert.deepEqual([count(), count(), count()], [true, true, true]);
    t.mock.timers.tick(4_999);
    assert.equal(count(), false);
    t.mock.timers.tick(1);
    assert.deepEqual([count(), count(), count()], [true, true, false]);
  });

  test("may be none at all, or without end", async () => {
    const none = await counter({ maxRestarts: 0 });
    assert.equal(none(), false);
    const endless = await counter({ maxRestarts: Number.POSITIVE_INFINITY });
    for (let restart = 0; restart < 5_000; restart++) assert.ok(endless());
  });

  test("are too many exactly when the last `maxSeconds` had more than `maxRestarts`", async (t) => {
    t.mock.timers.enable({ apis: ["Date"] });
    const steps = fc.array(fc.constantFrom(0, 0, 1, 400, 1_000, 3_000), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.nat(6), fc.integer({ min: 1, max: 4 }), steps, async (maxRestarts, maxSeconds, pauses) => {
        const count = await counter({ maxRestarts, maxSeconds });
        const times: number[] = [];
        for (const pause of pauses) {
          t.mock.timers.tick(pause);
          times.push(Date.now());
          const recent = times.filter((time) => Date.now() - time < maxSeconds * 1_000);
          assert.equal(count(), recent.length <= maxRestarts);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("are counted right after thousands of them", async (t) => {
    t.mock.timers.enable({ apis: ["Date"] });
    const count = await counter({ maxRestarts: 10, maxSeconds: 1 });
    for (let restart = 0; restart < 4_000; restart++) {
      t.mock.timers.tick(100);
      assert.ok(count());
    }
    assert.equal(count(), false);
  });
});

test("who is started again after which end", () => {
  const reasons = ["normal", "shutdown", "killed", "noproc", "overloaded", new Error("crash")] as const;
  const again = (restart: "permanent" | "transient" | "temporary" | undefined) =>
    reasons.filter((reason) => wantsRestart(restart, reason));
  assert.deepEqual(again(undefined), reasons);
  assert.deepEqual(again("permanent"), reasons);
  assert.deepEqual(again("transient"), reasons.slice(2));
  assert.deepEqual(again("temporary"), []);
});
