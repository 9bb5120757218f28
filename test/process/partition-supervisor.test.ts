import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { application, type ChildSpec, createNode, type RunningApplication } from "../../src/process/index.ts";
import { partitionOf } from "../../src/process/partition-supervisor/partition-of.ts";
import { type PartitionSupervisorOptions, partitionSupervisor } from "../../src/process/partition-supervisor.ts";
import { child, tell } from "./children.ts";

function parts(log: string[], more: Partial<PartitionSupervisorOptions> = {}) {
  return partitionSupervisor({ name: "parts", partitions: 3, child: (part) => child(log, `part ${part}`), ...more });
}

function start(spec: ChildSpec): Promise<RunningApplication> {
  return application({ children: [spec] }).start();
}

suite("a partition supervisor", () => {
  test("starts its children in order, and stops them in reverse", async () => {
    const log: string[] = [];
    const handle = parts(log);
    const app = await start(handle);
    assert.equal(handle.on(app.node).count, 3);
    assert.deepEqual(
      handle
        .on(app.node)
        .partitions()
        .map(({ label }) => label),
      ["part 0", "part 1", "part 2"],
    );
    await app.stop();
    assert.deepEqual(log, [
      "start part 0",
      "start part 1",
      "start part 2",
      "stop part 2",
      "stop part 1",
      "stop part 0",
    ]);
    assert.equal(app.node.processCount, 0);
  });

  test("has eight if nothing is said", async () => {
    const handle = partitionSupervisor({ name: "parts", child: (part) => child([], `part ${part}`) });
    const { node, stop } = await start(handle);
    assert.equal(handle.on(node).count, 8);
    await stop();
  });

  test("sends a key to the same child every time, also after it was started again", async () => {
    const log: string[] = [];
    const handle = parts(log);
    const { node, stop } = await start(handle);
    const before = handle.on(node).partition("ada");
    assert.equal(handle.on(node).partition("ada"), before);
    const others = handle
      .on(node)
      .partitions()
      .filter((process) => process !== before);
    log.length = 0;
    await tell(node, before.label, "crash");
    const after = handle.on(node).partition("ada");
    assert.notEqual(after, before);
    assert.equal(after, node.whereis(before.label));
    assert.deepEqual(log, [`start ${before.label}`]);
    assert.deepEqual(
      others.filter(({ ended }) => ended),
      [],
    );
    await stop();
  });

  test("takes specs whose members are getters and whose process comes later", async () => {
    class Late implements ChildSpec {
      get id() {
        return "late";
      }
      get restart() {
        return "temporary" as const;
      }
      start: ChildSpec["start"] = async (node) => node.spawn("late", () => ({ receive() {} }), { name: "late" });
    }
    const handle = parts([], { partitions: 1, child: () => new Late() });
    const { node, stop } = await start(handle);
    assert.equal(handle.on(node).partition(1), node.whereis("late"));
    node.whereis("late")?.exit("normal");
    await tell(node, "late", "normal");
    assert.equal(node.whereis("late"), undefined);
    await stop();
  });

  test("gives up upwards, and is found anew", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const handle = parts([], { maxRestarts: 0 });
    const { node, stop } = await start(handle);
    const before = handle.on(node);
    await tell(node, "part 1", "crash");
    assert.notEqual(handle.on(node), before);
    assert.equal(handle.on(node).partition(1), node.whereis("part 1"));
    await stop();
  });

  test("is not found where it does not run", () => {
    assert.throws(() => parts([]).on(createNode("bare")), /node bare has no partition supervisor "parts" running/);
  });

  for (const partitions of [0, -1, 1.5, Number.NaN]) {
    test(`refuses to have ${partitions} partitions`, () => {
      assert.throws(() => parts([], { partitions }), /partitionSupervisor "parts": partitions is/);
    });
  }
});

suite("the partition of a key", () => {
  test("is the remainder of a whole number", () => {
    assert.deepEqual(
      [0, 1, 2, 3, 7, -1, -4].map((key) => partitionOf(key, 3)),
      [0, 1, 2, 0, 1, 1, 1],
    );
  });

  test("of a string is the same on every machine", () => {
    // 0xe40c292c is what the draft gives for "a"; its second byte is 0.
    assert.equal(partitionOf("", 1_000), 0x811c9dc5 % 1_000);
    const a = Math.imul(0xe40c292c, 0x01000193) >>> 0;
    assert.equal(partitionOf("a", 1_000), a % 1_000);
    assert.equal(partitionOf(0.5, 1_000), partitionOf("0.5", 1_000));
  });

  test("spreads keys that look alike evenly", () => {
    const keys = Array.from({ length: 4_000 }, (_, key) => `user:${key}`);
    const sizes = [...Map.groupBy(keys, (key) => partitionOf(key, 4)).values()].map(({ length }) => length);
    assert.equal(sizes.length, 4);
    for (const size of sizes) assert.ok(size > 900 && size < 1_100, String(sizes));
  });
});
