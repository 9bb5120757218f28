import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { application, createNode, type Node } from "../../src/process/index.ts";
import { IsolatedOverload } from "../../src/process/isolated/errors.ts";
import { isolatedPool } from "../../src/process/isolated/pool-process.ts";
import { Gate, nodeWithPool, run } from "./isolated-support.ts";
import { ended } from "./support.ts";

suite("the pool of isolated functions", () => {
  test("does 50 things at two places", async (t) => {
    const node = await nodeWithPool(t, { size: 2 });
    const gate = await Gate.make(t);
    const calls = Array.from({ length: 50 }, () => run<string>(node, "gate", gate.port));
    await gate.holds(2);
    gate.open();
    assert.equal(new Set(await Promise.all(calls)).size, 2);
  });

  test("begins in the order of the calls", async (t) => {
    const node = await nodeWithPool(t);
    const done: number[] = [];
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    await Promise.all(numbers.map((number) => run(node, "echo", number).then(() => done.push(number))));
    assert.deepEqual(done, numbers);
  });

  test("refuses calls beyond its queue", async (t) => {
    const node = await nodeWithPool(t, { queueLimit: 2 });
    const gate = await Gate.make(t);
    const calls = Array.from({ length: 3 }, () => run(node, "gate", gate.port));
    await assert.rejects(run(node, "default", 1), IsolatedOverload);
    gate.open();
    await Promise.all(calls);
    assert.equal(await run(node, "default", 1), 2);
  });

  test("exchanges what is free for another kind, or another limit of memory", async (t) => {
    const node = await nodeWithPool(t);
    const places: string[] = [];
    const small = { maxOldSpaceMegabytes: 32 };
    for (const options of [{}, small, small, { isolation: "thread" }, { isolation: "thread" }, {}] as const) {
      places.push(await run<string>(node, "place", undefined, options));
    }
    assert.equal(places[1], places[2]);
    assert.equal(places[3], places[4]);
    assert.equal(new Set(places).size, 4);
    const own = places.filter((place) => place.startsWith(`${process.pid}/`));
    assert.deepEqual(own, [places[3], places[4]]);
  });

  for (const isolation of ["process", "thread"] as const) {
    test(`ends with its application, and each ${isolation} with it; what is running then fails`, async (t) => {
      const running = await application({ children: [isolatedPool({ size: 1 })] }).start();
      const gate = await Gate.make(t);
      const calls = [1, 2].map(() => run(running.node, "knockAndLoop", gate.port, { isolation }));
      const outcomes = Promise.allSettled(calls);
      await gate.holds(1);
      await running.stop();
      assert.deepEqual(
        (await outcomes).map(({ status }) => status),
        ["rejected", "rejected"],
      );
      await gate.holds(0);
    });
  }

  test("is replaced when its process was killed", async (t) => {
    const node = await nodeWithPool(t);
    const gate = await Gate.make(t);
    const call = assert.rejects(run(node, "gate", gate.port), /the pool has ended/);
    await gate.holds(1);
    const [pool] = [...node.processes()].filter(({ label }) => label === "isolated pool");
    pool?.exit("killed");
    await call;
    assert.equal(await run(node, "default", 1), 2);
  });
});

suite("a node without a pool of its own", () => {
  const pools = (node: Node) => [...node.processes()].filter(({ label }) => label === "isolated pool");

  for (const isolation of ["process", "thread"] as const) {
    test(`gets one when it needs it, which ends when its last ${isolation} has been idle for long`, async (t) => {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      const node = createNode();
      for (let round = 0; round < 2; round++) {
        assert.deepEqual(pools(node), []);
        assert.equal(await run(node, "default", 21, { isolation }), 42);
        const [pool] = pools(node);
        assert.ok(pool);
        const end = ended(pool);
        t.mock.timers.tick(30_000);
        assert.equal(await end, "normal");
      }
    });
  }

  test("loses it with its application", async () => {
    const running = await application({ children: [] }).start();
    assert.equal(await run(running.node, "default", 21), 42);
    const [pool] = pools(running.node);
    assert.ok(pool);
    const end = ended(pool);
    await running.stop();
    assert.equal(await end, "shutdown");
    assert.equal(running.node.processCount, 0);
  });
});
