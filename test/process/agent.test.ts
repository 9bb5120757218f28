import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { agent } from "../../src/process/agent.ts";
import { createNode, supervisor } from "../../src/process/index.ts";
import { crashes, quiet } from "./support.ts";

const Visits = agent("visits", 0);

suite("an agent", () => {
  test("keeps a state that is read and replaced by functions", async () => {
    const visits = await Visits.start(createNode());

    await visits.update((count) => count + 1);

    assert.equal(await visits.get(), 1);
    assert.equal(await visits.get((count) => count * 10), 10);
    assert.equal(await visits.getAndUpdate((count) => [`it was ${count}`, 5]), "it was 1");
    assert.equal(await visits.get(), 5);
  });

  test("starts with another state, under a name, several on a node", async () => {
    const node = createNode();
    await Visits.start(node, 10, { name: "monday" });
    const tuesday = await Visits.start(node, 20);

    assert.equal(await Visits.at(node, "monday").get(), 10);
    assert.ok(tuesday.process);
    assert.equal(await Visits.ref(node, tuesday.process.pid).get(), 20);
  });

  test("keeps undefined and promises' values like any other", async () => {
    const maybe = await agent<string | undefined>("maybe", "something").start(createNode());

    await maybe.update(() => undefined);
    assert.equal(await maybe.get(), undefined);
    await maybe.update(async (state) => {
      await quiet(1);
      return `${state} at last`;
    });
    assert.equal(await maybe.get(async (state) => state?.length), 17);
    assert.equal(await maybe.getAndUpdate(async (state) => [state?.toUpperCase(), "over"]), "UNDEFINED AT LAST");
    assert.equal(await maybe.get(), "over");
  });

  test("handles one function at a time, so that no update is lost", async () => {
    const visits = await Visits.start(createNode());
    const slowly = async (count: number) => {
      await quiet(1);
      return count + 1;
    };

    await Promise.all(Array.from({ length: 10 }, () => visits.update(slowly)));

    assert.equal(await visits.get(), 10);
  });

  test("ends with what a function throws, and is started again by its supervisor", async (t) => {
    const node = createNode();
    crashes(t, node);
    const root = node.spawn("root", supervisor({ children: [Visits.child(3, { name: "visits" })] }));
    await root.started();
    const visits = Visits.at(node, "visits");
    await visits.update(() => 4);

    await assert.rejects(
      visits.update(() => {
        throw new Error("miscounted");
      }),
      (error: Error) => error.name === "CallFailed" && (error.cause as Error).message === "miscounted",
    );
    await quiet();

    assert.equal(await visits.get(), 3);
  });

  test("is asked with a timeout", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const visits = await Visits.start(createNode());

    const asked = visits.get(() => new Promise<number>(() => {}), { timeout: 10 });
    t.mock.timers.tick(10);

    await assert.rejects(asked, { name: "CallTimeout" });
  });
});
