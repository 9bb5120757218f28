import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  application,
  createNode,
  genServer,
  type ProcessTree,
  routine,
  spawnForNode,
  supervisorChild,
} from "../../src/process/index.ts";
import { ended, message, quiet, running } from "./support.ts";

const Cart = genServer("cart")
  .init((items: readonly string[]) => ({ items }))
  .cast("hold", async () => void (await new Promise(() => {})));

suite("inspect", () => {
  test("shows what a GenServer keeps, and about how large that is", async () => {
    const node = createNode();
    const small = await Cart.start(node, ["one"], { name: "cart" });
    const large = await Cart.start(node, ["x".repeat(10_000)]);
    const [first, second] = [small, large].map(({ process }) => process && node.inspect(process.pid));
    assert.equal(first?.label, "gen_server cart");
    assert.equal(first?.name, "cart");
    assert.deepEqual(first?.state, { items: ["one"] });
    assert.ok((first?.stateBytes ?? 0) < 100);
    assert.ok((second?.stateBytes ?? 0) > 10_000);
  });

  test("names no size for what cannot be written down, and no state where none is shown", async () => {
    const node = createNode();
    const functions = await genServer("functions")
      .init(() => ({ f: () => 1 }))
      .start(node);
    const plain = await running(node, {});
    assert.equal(functions.process && node.inspect(functions.process.pid)?.stateBytes, undefined);
    assert.equal(node.inspect(plain.pid)?.state, undefined);
  });

  test("shows links, and nothing of a process that is no more", async () => {
    const node = createNode();
    const [left, right] = [await running(node, {}), await running(node, {})];
    left.link(right);
    assert.deepEqual(node.inspect(left.pid)?.links, [right.pid]);
    left.exit("normal");
    await ended(left);
    assert.equal(node.inspect(left.pid), undefined);
    assert.deepEqual(node.inspect(right.pid)?.links, []);
  });

  test("counts messages that a routine has set aside as waiting", async () => {
    const node = createNode();
    const process = node.spawn(
      "picky",
      routine(async (self) => void (await self.receive(({ event }) => event === "wanted"))),
    );
    for (const event of ["a", "b", "c"]) process.deliver(message(event));
    await quiet();
    assert.equal(process.mailboxLength, 0);
    assert.equal(node.inspect(process.pid)?.mailboxLength, 3);
  });
});

suite("the tree", () => {
  const draw = ({ label, children }: ProcessTree): unknown => [label, ...children.map(draw)];

  test("shows supervisors above their children, and what works for the whole node below the topmost", async () => {
    const app = application({
      children: [supervisorChild("shop", { children: [Cart.child([]), Cart.child([], { id: "second" })] })],
    });
    const { node, stop } = await app.start();
    const part = spawnForNode(node, "part", () => ({ receive() {} }));
    assert.deepEqual(node.tree().map(draw), [
      ["application", ["supervisor shop", ["gen_server cart"], ["gen_server cart"]], ["part"]],
    ]);
    await stop();
    assert.equal(part.exitReason, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("shows a process below the parent that it was given", async () => {
    const node = createNode();
    const parent = await running(node, {});
    const child = await running(node, {}, { parent });
    assert.deepEqual(child.parent, parent.pid);
    assert.deepEqual(node.tree().map(draw), [["tested", ["tested"]]]);
  });

  test("knows no parents of other nodes", async () => {
    const [here, there] = [createNode("here"), createNode("there")];
    const child = await running(here, {}, { parent: await running(there, {}) });
    assert.equal(child.parent, undefined);
  });
});
