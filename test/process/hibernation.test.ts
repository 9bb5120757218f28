import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Behaviour, createNode, self } from "../../src/process/index.ts";
import { message } from "./support.ts";

/** A process that counts how often it is told to hibernate, on a node whose seconds pass by `tick`. */
async function sleepy(t: TestContext, hibernateAfter?: number) {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const node = createNode();
  let hibernations = 0;
  const behaviour: Behaviour = {
    receive() {},
    hibernate() {
      hibernations++;
    },
    hibernateAfter,
  };
  const process = node.spawn("sleepy", () => behaviour);
  await process.started();
  await new Promise(setImmediate);
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second++) t.mock.timers.tick(1_000);
  };
  return { process, pass, hibernations: () => hibernations };
}

test("a process hibernates once after fifteen idle seconds", async (t) => {
  const { pass, hibernations } = await sleepy(t);
  pass(14);
  assert.equal(hibernations(), 0);
  pass(1);
  assert.equal(hibernations(), 1);
  pass(100);
  assert.equal(hibernations(), 1, "it sleeps already");
});

test("a behaviour may want to hibernate earlier", async (t) => {
  const { pass, hibernations } = await sleepy(t, 3_000);
  pass(2);
  assert.equal(hibernations(), 0);
  pass(1);
  assert.equal(hibernations(), 1);
});

test("a message wakes it, knowing itself as before, and fifteen more seconds pass until it sleeps again", async (t) => {
  const { process, pass, hibernations } = await sleepy(t);
  pass(10);
  process.deliver(message("wake"));
  await new Promise(setImmediate);
  pass(14);
  assert.equal(hibernations(), 0);
  pass(1);
  assert.equal(hibernations(), 1);

  let met: unknown;
  const other = process.node.spawn("other", () => ({
    receive() {
      met = self();
    },
  }));
  await other.started();
  pass(20);
  other.deliver(message("who"));
  await new Promise(setImmediate);
  assert.equal(met, other);
});
