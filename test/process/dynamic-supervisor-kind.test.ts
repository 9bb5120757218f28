import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MaxChildrenError } from "../../src/process/dynamic-supervisor/max-children-error.ts";
import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import { reply } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { quiet } from "./support.ts";

const Counter = genServer("counter")
  .init(({ from }: { from: number }) => from)
  .call("next", (_nothing: void, count) => reply(count, count + 1))
  .cast("crash", () => {
    throw new Error("struck");
  });

const counters = dynamicSupervisor(Counter, { maxChildren: 2 });

function start(): Promise<RunningApplication> {
  return application({ children: [counters] }).start();
}

suite("a dynamic supervisor of one kind of child", () => {
  test("starts children of their arguments, and hands over typed refs", async () => {
    const { node, stop } = await start();
    const counter = await counters.on(node).startChild({ from: 7 });
    assert.equal(await counter.call("next"), 7);
    assert.equal(await counter.call("next"), 8);
    assert.deepEqual(counters.on(node).children(), [counter.process]);
    assert.equal(await counters.on(node).stopChild(counter), true);
    assert.equal(counters.on(node).count(), 0);
    await stop();
  });

  test("starts a child again with the same arguments and options", async () => {
    const { node, stop } = await start();
    await counters.on(node).startChild({ from: 7 }, { name: "seven" });
    const seven = Counter.at(node, "seven");
    const before = seven.process;
    assert.equal(await seven.call("next"), 7);
    seven.cast("crash");
    await quiet();
    assert.notEqual(seven.process, before);
    assert.equal(await seven.call("next"), 7);
    await stop();
  });

  test("goes by the restart that the options say", async () => {
    const { node, stop } = await start();
    const counter = await counters.on(node).startChild({ from: 1 }, { restart: "temporary" });
    counter.cast("crash");
    await quiet();
    assert.equal(counters.on(node).count(), 0);
    await stop();
  });

  test("is named after the definition, or as its options say, wherever it is asked for", async () => {
    const { node, stop } = await application({
      children: [counters, dynamicSupervisor(Counter, { name: "others" })],
    }).start();
    assert.ok(node.whereis("counter supervisor"));
    await counters.on(node).startChild({ from: 1 });
    assert.equal(dynamicSupervisor(Counter).on(node).count(), 1);
    assert.equal(dynamicSupervisor(Counter, { name: "others" }).on(node).count(), 0);
    await stop();
  });

  test("has its limits too", async () => {
    const { node, stop } = await start();
    for (const from of [1, 2]) await counters.on(node).startChild({ from });
    await assert.rejects(counters.on(node).startChild({ from: 3 }), MaxChildrenError);
    await stop();
    assert.equal(node.processCount, 0);
  });
});
