import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import {
  type ChildSpec,
  createNode,
  cron,
  every,
  type JobRun,
  jobSkip,
  jobStop,
  type Node,
  nextRuns,
  type Process,
  scheduler,
} from "../../src/process/index.ts";
import { crashes, ended, quiet } from "./support.ts";

const day = 86_400_000;

/** Fake time, which begins at noon of the first of January 2027 in UTC. */
function fakeTime(t: TestContext, now = "2027-01-01T12:00:00Z"): void {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: new Date(now) });
}

/** Lets time pass, and what is due then happen. */
async function pass(t: TestContext, milliseconds: number): Promise<void> {
  t.mock.timers.tick(milliseconds);
  await quiet();
}

async function start(spec: ChildSpec, node = createNode()): Promise<{ node: Node; process: Process }> {
  const process = await spec.start(node);
  await process.started();
  return { node, process };
}

function times(node: Node): string[] {
  return nextRuns(node).map(({ job, at }) => `${job} ${at.toISOString()}`);
}

suite("every", () => {
  test("runs after each interval, in a process of its own", async (t) => {
    fakeTime(t);
    const runs: JobRun[] = [];
    const { node, process } = await start(scheduler({ jobs: [every(5_000, (run) => void runs.push(run))] }));
    await pass(t, 4_999);
    assert.equal(runs.length, 0);
    await pass(t, 1);
    await pass(t, 5_000);
    assert.deepEqual(
      runs.map(({ at }) => at.toISOString()),
      ["2027-01-01T12:00:05.000Z", "2027-01-01T12:00:10.000Z"],
    );
    assert.equal(runs[0]?.node, node);
    assert.equal(node.processCount, 1);
    process.exit("shutdown");
  });

  test("does not make up for what was missed, and keeps the beat", async (t) => {
    fakeTime(t);
    let runs = 0;
    const { node, process } = await start(
      scheduler({
        jobs: [
          every(10_000, function sweep() {
            runs++;
          }),
        ],
      }),
    );
    await pass(t, 47_000);
    assert.equal(runs, 1);
    assert.deepEqual(times(node), ["sweep 2027-01-01T12:00:50.000Z"]);
    process.exit("shutdown");
  });

  test("waits longer than a timer can", async (t) => {
    fakeTime(t);
    let runs = 0;
    const { process } = await start(scheduler({ jobs: [every(60 * day, () => void runs++)] }));
    for (let days = 0; days < 59; days++) await pass(t, day);
    assert.equal(runs, 0);
    await pass(t, day);
    assert.equal(runs, 1);
    process.exit("shutdown");
  });

  test("goes on soon after the clock was set back", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] }); // timers do not mind what the clock shows
    let clock = Date.parse("2027-01-01T12:00:00Z");
    t.mock.method(Date, "now", () => clock);
    let runs = 0;
    const { process } = await start(scheduler({ jobs: [every(10_000, () => void runs++)] }));
    clock -= day - 10_000;
    await pass(t, 10_000);
    assert.equal(runs, 0);
    clock += 10_000;
    await pass(t, 10_000);
    assert.equal(runs, 1);
    process.exit("shutdown");
  });

  test("takes no interval that is none", () => {
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => every(wrong, () => {}), /the interval is a number of milliseconds, more than none/);
    }
  });
});

suite("cron", () => {
  test("runs at the times of its line", async (t) => {
    fakeTime(t);
    const runs: string[] = [];
    const jobs = [cron("*/5 * * * *", ({ at }) => void runs.push(at.toISOString()), { timeZone: "UTC" })];
    const { process } = await start(scheduler({ jobs }));
    for (let minute = 0; minute < 11; minute++) await pass(t, 60_000);
    assert.deepEqual(runs, ["2027-01-01T12:05:00.000Z", "2027-01-01T12:10:00.000Z"]);
    process.exit("shutdown");
  });

  test("has a time zone, with its daylight saving", async (t) => {
    fakeTime(t, "2027-03-27T12:00:00Z");
    const jobs = [cron("30 1 * * *", function reports() {}, { timeZone: "Europe/Berlin" })];
    const { node, process } = await start(scheduler({ jobs }));
    assert.deepEqual(times(node), ["reports 2027-03-28T00:30:00.000Z"]);
    await pass(t, 12.5 * 3_600_000);
    assert.deepEqual(times(node), ["reports 2027-03-28T23:30:00.000Z"]);
    process.exit("shutdown");
  });

  test("takes seconds as a sixth field, before the others", async (t) => {
    fakeTime(t);
    let runs = 0;
    const { process } = await start(scheduler({ jobs: [cron("*/10 * * * * *", () => void runs++)] }));
    for (let seconds = 0; seconds < 60; seconds += 10) await pass(t, 10_000);
    assert.equal(runs, 6);
    process.exit("shutdown");
  });

  test("notices within a minute that the clock was set forward", async (t) => {
    fakeTime(t);
    let runs = 0;
    const { process } = await start(scheduler({ jobs: [cron("0 20 * * *", () => void runs++, { timeZone: "UTC" })] }));
    t.mock.timers.setTime(Date.parse("2027-01-01T19:59:30Z"));
    await pass(t, 60_000);
    assert.equal(runs, 1);
    process.exit("shutdown");
  });

  test("refuses a line, a time zone and a moment that do not exist", () => {
    assert.throws(
      () => cron("61 * * * *", () => {}),
      /the cron line "61 \* \* \* \*" cannot be understood\. It has five/,
    );
    assert.throws(() => cron("* * *", () => {}), /cannot be understood/);
    assert.throws(() => cron("* * * * *", () => {}, { timeZone: "Mars/Base" }), /in the time zone "Mars\/Base" cannot/);
    assert.throws(() => cron("0 0 30 2 *", () => {}), /the cron line "0 0 30 2 \*" names no moment that ever comes/);
  });
});

suite("a run", () => {
  test("that is still going on has the next one left out, which is counted and told", async (t) => {
    fakeTime(t);
    const skips: number[] = [];
    t.after(jobSkip.attach(({ skipped }) => void skips.push(skipped)));
    let finish: () => void = () => {};
    let runs = 0;
    const slow = () => {
      runs++;
      return new Promise<void>((resolve) => (finish = resolve));
    };
    const { node, process } = await start(scheduler({ jobs: [every(1_000, slow)] }));
    for (let second = 0; second < 3; second++) await pass(t, 1_000);
    assert.equal(runs, 1);
    assert.deepEqual(skips, [1, 2]);
    const [waiting] = nextRuns(node);
    assert.deepEqual([waiting?.running, waiting?.runs, waiting?.skipped], [true, 1, 2]);
    finish();
    await quiet();
    assert.equal(nextRuns(node)[0]?.running, false);
    await pass(t, 1_000);
    assert.equal(runs, 2);
    finish();
    await quiet();
    process.exit("shutdown");
  });

  for (const kind of ["throws", "rejects"] as const) {
    test(`that ${kind} is reported, and its job goes on, and so do the others`, async (t) => {
      fakeTime(t);
      const stops: string[] = [];
      t.after(jobStop.attach(({ job, error }) => void stops.push(`${job}: ${error?.message ?? "well"}`)));
      const failing = () => {
        if (kind === "throws") throw new Error("no disk");
        return Promise.reject(new Error("no disk"));
      };
      const { node, process } = await start(
        scheduler({ jobs: [every(1_000, failing, { name: "backup" }), every(1_000, () => {}, { name: "sweep" })] }),
      );
      const errors = crashes(t, node);
      await pass(t, 1_000);
      await pass(t, 1_000);
      assert.deepEqual(stops.sort(), ["backup: no disk", "backup: no disk", "sweep: well", "sweep: well"]);
      assert.deepEqual(
        errors.map(({ message }) => message),
        ["no disk", "no disk"],
      );
      assert.equal(process.ended, false);
      process.exit("shutdown");
    });
  }

  test("may finish when the scheduler stops", async (t) => {
    fakeTime(t);
    let finish: () => void = () => {};
    let finished = false;
    const slow = async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      finished = true;
    };
    const { node, process } = await start(scheduler({ jobs: [every(1_000, slow)] }));
    await pass(t, 1_000);
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    assert.equal(node.processCount, 1);
    finish();
    assert.equal(await end, "shutdown");
    assert.equal(finished, true);
    assert.equal(node.processCount, 0);
  });

  test("is killed when the scheduler stops and it takes too long", async (t) => {
    fakeTime(t);
    const { node, process } = await start(
      scheduler({ jobs: [every(1_000, () => new Promise(() => {}))], shutdown: 2_000 }),
    );
    await pass(t, 1_000);
    const end = ended(process);
    process.exit("shutdown");
    await pass(t, 2_000);
    assert.equal(await end, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("ends with a scheduler that is killed", async (t) => {
    fakeTime(t);
    const { node, process } = await start(scheduler({ jobs: [every(1_000, () => new Promise(() => {}))] }));
    await pass(t, 1_000);
    assert.equal(node.processCount, 2);
    process.exit("killed");
    await quiet();
    assert.equal(node.processCount, 0);
  });
});

suite("nextRuns", () => {
  test("lists the jobs of all schedulers of a node, soonest first", async (t) => {
    fakeTime(t);
    const node = createNode();
    const first = await start(
      scheduler({
        jobs: [
          every(90_000, function sweep() {}),
          cron("1 12 * * *", () => {}, { timeZone: "UTC" }),
          every(3_000, () => {}),
          every(3_000, () => {}),
        ],
      }),
      node,
    );
    const second = await start(scheduler({ name: "night", jobs: [every(1_000, () => {}, { name: "tick" })] }), node);
    assert.deepEqual(
      nextRuns(node).map(({ scheduler, job, at }) => [scheduler, job, at.toISOString().slice(11, 19)]),
      [
        ["night", "tick", "12:00:01"],
        ["scheduler", "every 3000 ms", "12:00:03"],
        ["scheduler", "every 3000 ms (2)", "12:00:03"],
        ["scheduler", "1 12 * * *", "12:01:00"],
        ["scheduler", "sweep", "12:01:30"],
      ],
    );
    second.process.exit("shutdown");
    await quiet();
    assert.deepEqual(new Set(nextRuns(node).map(({ scheduler }) => scheduler)), new Set(["scheduler"]));
    first.process.exit("shutdown");
    await quiet();
    assert.deepEqual(nextRuns(node), []);
    assert.deepEqual(nextRuns(createNode()), []);
  });

  test("a scheduler without jobs holds no timer", async (t) => {
    fakeTime(t);
    const { node, process } = await start(scheduler({ jobs: [] }));
    assert.deepEqual(nextRuns(node), []);
    process.exit("shutdown");
    await quiet();
    assert.equal(node.processCount, 0);
  });
});
