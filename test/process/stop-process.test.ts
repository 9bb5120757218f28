import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode } from "../../src/process/index.ts";
import { stopProcess, stopProcesses, supervisorPatience } from "../../src/process/stop-process.ts";
import { ended, quiet, running } from "./support.ts";

const stuck = { terminate: () => new Promise<void>(() => {}) };

suite("stopping processes", () => {
  test("ends them in peace", async () => {
    const process = await running(createNode(), {});
    const end = ended(process);
    await stopProcess(process, 1_000);
    assert.equal(await end, "shutdown");
  });

  test("kills those that do not end in their time, and waits for all", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const [short, long] = [await running(node, stuck), await running(node, stuck)];
    const ends: unknown[] = [];
    short.onExit((reason) => ends.push(["short", reason]));
    long.onExit((reason) => ends.push(["long", reason]));
    let over = false;
    const stopped = stopProcesses([short, long], (one) => (one === short ? 100 : 200)).then(() => {
      over = true;
    });
    t.mock.timers.tick(100);
    await quiet();
    assert.deepEqual([ends, over], [[["short", "killed"]], false]);
    t.mock.timers.tick(100);
    await stopped;
    assert.deepEqual(ends[1], ["long", "killed"]);
  });

  test("kills at once what is to be killed brutally", async () => {
    const process = await running(createNode(), stuck);
    const end = ended(process);
    await stopProcess(process, "brutal_kill");
    assert.equal(await end, "killed");
  });

  test("waits for one that is ending already, and not for one that has ended", async () => {
    const gate = Promise.withResolvers<void>();
    const process = await running(createNode(), { terminate: () => gate.promise });
    process.exit("shutdown");
    const stopped = stopProcess(process, 60_000);
    gate.resolve();
    await stopped;
    await stopProcess(process, 60_000);
    await stopProcesses([], () => 60_000);
  });

  test("gives them as long as a timer can count if they have for ever", async (t) => {
    const set = t.mock.method(globalThis, "setTimeout");
    await stopProcess(await running(createNode(), {}), Number.POSITIVE_INFINITY);
    assert.equal(set.mock.calls[0]?.arguments[1], supervisorPatience);
  });
});
