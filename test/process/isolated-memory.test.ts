import assert from "node:assert/strict";
import { after, before, suite, type TestContext, test } from "node:test";
import { application, type Node, type RunningApplication } from "../../src/process/index.ts";
import { IsolatedCrash, IsolatedOutOfMemory } from "../../src/process/isolated/errors.ts";
import { isolatedPool } from "../../src/process/isolated/pool-process.ts";
import { type IsolatedOptions, isolated } from "../../src/process/isolated.ts";
import { Gate, nodeWithPool, run } from "./isolated-support.ts";

const functions = new URL("./isolated-memory-functions.ts", import.meta.url);

/** Runs a function of which nothing but its end can come, with 32 MB. */
function exhaust(node: Node, name: string, options: Partial<IsolatedOptions> = {}): Promise<unknown> {
  return isolated(functions, undefined, { timeout: 60_000, export: name, node, maxOldSpaceMegabytes: 32, ...options });
}

function isOutOfMemory(error: unknown): boolean {
  assert.ok(error instanceof IsolatedOutOfMemory, String(error));
  return /used more memory than 32 MB of objects may/.test(error.message);
}

function isRangeError(error: unknown): boolean {
  assert.ok(error instanceof IsolatedCrash, String(error));
  return (error.cause as Error).name === "RangeError";
}

suite("exhausted memory is an ordinary end, in a process", { concurrency: 2 }, () => {
  let running: RunningApplication;
  const ending = (name: string, expected: (error: unknown) => boolean) =>
    test(name, () => assert.rejects(exhaust(running.node, name), expected));

  before(async () => {
    running = await application({ children: [isolatedPool({ size: 2 })] }).start();
  });
  after(() => running.stop());

  ending("manyObjects", isOutOfMemory);
  ending("growingArray", isOutOfMemory);
  ending("growingMap", isOutOfMemory);
  ending("growingSet", isOutOfMemory);
  ending("growingObject", isOutOfMemory);
  ending("sparseArray", isOutOfMemory);
  ending("filledArray", isOutOfMemory);
  ending("splitText", isOutOfMemory);
  ending("concatenation", isRangeError);
  ending("manyTexts", isOutOfMemory);
  ending("joinedArray", isOutOfMemory);
  ending("giantJson", isOutOfMemory);
  ending("parsedJson", isOutOfMemory);
  ending("clonedObjects", isOutOfMemory);
  ending("manyBuffers", isOutOfMemory);
  ending("smallBuffers", isOutOfMemory);
  ending("giantBuffer", isOutOfMemory);
  ending("webAssembly", isOutOfMemory);
  ending("giantResult", isOutOfMemory);
  ending("deepCalls", isRangeError);
});

test("exhausted memory in a process disturbs no other", async (t: TestContext) => {
  const node = await nodeWithPool(t, { size: 2 });
  const gate = await Gate.make(t);
  const other = run<string>(node, "gate", gate.port);
  await gate.holds(1);
  await assert.rejects(exhaust(node, "splitText"), IsolatedOutOfMemory);
  gate.open();
  assert.match(await other, /^\d+\/\d+$/);
});

suite("exhausted memory in a thread ends only the thread", () => {
  for (const name of ["manyObjects", "growingMap", "manyTexts", "manyBuffers"]) {
    test(name, async (t) => {
      const node = await nodeWithPool(t);
      await assert.rejects(exhaust(node, name, { isolation: "thread" }), isOutOfMemory);
      assert.equal(await run(node, "default", 1, { isolation: "thread" }), 2);
    });
  }
});

for (const isolation of ["process", "thread"] as const) {
  test(`garbage is no exhausted memory, in a ${isolation}`, async (t) => {
    const node = await nodeWithPool(t);
    assert.ok((await run<number>(node, "litter", undefined, { maxOldSpaceMegabytes: 64, isolation })) > 0);
  });
}

test("arguments and results may be larger than what a process may use besides", async (t) => {
  const node = await nodeWithPool(t);
  const bytes = new Uint8Array(60_000_000).fill(7);
  const result = await run<Uint8Array>(node, "echo", bytes, { maxOldSpaceMegabytes: 16 });
  assert.equal(Buffer.compare(result, bytes), 0);
});
