import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createNode, currentProcess, type Process, self } from "../../src/process/index.ts";

const program = fileURLToPath(new URL("./stray-program.ts", import.meta.url));

test("errors that nobody catches end the process in whose name they happened, and nothing else", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.deepEqual(stdout.trim().split("\n"), [
    "a rejection that nobody awaits: rejected",
    "a rejection long after: rejected late",
    "a timer: timer",
    "a tick: tick",
    "a microtask: microtask",
    "a callback of the file system: callback",
    "a listener that was bound: bound to a listener that was bound",
    "outside of processes: nobody's",
    "the bystander: lives",
  ]);
});

test("self is the process whose code runs, also after it waited, and nobody outside", async () => {
  const node = createNode();
  const seen: (Process | undefined)[] = [];
  const process = node.spawn("looks at itself", () => ({
    async receive() {
      seen.push(self());
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(self());
    },
    settle() {
      seen.push(currentProcess());
    },
  }));
  await process.started();
  process.deliver({ event: "look", payload: undefined });
  await new Promise<void>((resolve) => {
    process.onExit(() => resolve());
    process.exit("shutdown");
  });
  assert.deepEqual(new Set(seen), new Set([process]));
  assert.equal(currentProcess(), undefined);
  assert.throws(() => self(), /outside of a process/);
});

test("a process knows who spawned it, and what it starts for everybody belongs to nobody", async () => {
  const node = createNode();
  let child: Process | undefined;
  const parent = node.spawn("parent", () => {
    child = node.spawn("child", () => ({ receive() {} }));
    return { receive() {} };
  });
  await parent.started();
  assert.equal(child?.parent, parent.pid);
  assert.equal(parent.parent, undefined);
  const [top] = node.tree();
  assert.deepEqual([top?.label, top?.children.map(({ label }) => label)], ["parent", ["child"]]);
});
