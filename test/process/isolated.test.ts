import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { application, createNode, type Node } from "../../src/process/index.ts";
import {
  IsolatedCrash,
  IsolatedOutOfMemory,
  IsolatedOverload,
  IsolatedTimeout,
} from "../../src/process/isolated/errors.ts";
import type { IsolatedPoolOptions } from "../../src/process/isolated/pool.ts";
import { isolatedPool } from "../../src/process/isolated/pool-process.ts";
import { type IsolatedOptions, isolated } from "../../src/process/isolated.ts";
import { routine } from "../../src/process/routine.ts";
import { Task } from "../../src/process/task.ts";
import { ended, quiet } from "./support.ts";

const functions = new URL("./isolated-functions.ts", import.meta.url);

/** A node with threads, which end with the test. */
async function nodeWithPool(t: TestContext, options: IsolatedPoolOptions = {}): Promise<Node> {
  const running = await application({ children: [isolatedPool({ size: 1, ...options })] }).start();
  t.after(() => running.stop());
  return running.node;
}

/** Runs one of the functions. */
function run<Value = unknown>(
  node: Node,
  name: string,
  argument?: unknown,
  options?: Partial<IsolatedOptions>,
): Promise<Value> {
  return Task.isolated<Value>(functions, argument, { timeout: 20_000, export: name, node, ...options });
}

/** Two cells for `gate`: one that says how many are in it, one that opens it. */
class Gate {
  readonly cells = new Int32Array(new SharedArrayBuffer(8));

  async entered(count = 1): Promise<void> {
    while (Atomics.load(this.cells, 0) < count) {
      const waiting = Atomics.waitAsync(this.cells, 0, Atomics.load(this.cells, 0), 100);
      if (Atomics.load(this.cells, 0) < count) await waiting.value;
    }
  }

  open(): void {
    Atomics.store(this.cells, 1, 1);
    Atomics.notify(this.cells, 1);
  }
}

suite("Task.isolated", () => {
  test("runs the default export, given a URL, its text or a path", async (t) => {
    const node = await nodeWithPool(t);
    for (const module of [functions, functions.href, fileURLToPath(functions)]) {
      assert.equal(await Task.isolated(module, 21, { timeout: 20_000, node }), 42);
    }
  });

  test("copies the argument when it is called, and the result", async (t) => {
    const node = await nodeWithPool(t);
    const argument = { map: new Map([["a", new Date(0)]]), bytes: new Uint8Array([1, 2]) };
    const copy = structuredClone(argument);
    const result = run(node, "echo", argument);
    argument.map.clear();
    assert.deepEqual(await result, copy);
  });

  test("hands objects over instead of copying them, both ways", async (t) => {
    const node = await nodeWithPool(t);
    const bytes = new Uint8Array([0, 1, 255]);
    const inverted = run(node, "invert", bytes, { transfer: [bytes.buffer] });
    assert.equal(bytes.byteLength, 0);
    assert.deepEqual(await inverted, new Uint8Array([255, 254, 0]));
  });

  test("finds the node of the process that calls", async (t) => {
    const node = await nodeWithPool(t);
    let result: unknown;
    const caller = node.spawn(
      "caller",
      routine(async () => {
        result = await isolated(functions, 4, { timeout: 20_000 });
      }),
    );
    assert.equal(await ended(caller), "normal");
    assert.equal(result, 8);
  });

  test("is refused without a node, a place or a time-out", async (t) => {
    const node = await nodeWithPool(t);
    await assert.rejects(isolated(functions, 1, { timeout: 1 }), /outside of a process/);
    await assert.rejects(isolated("./resize.ts", 1, { timeout: 1, node }), /new URL\("\.\/resize\.ts"/);
    await assert.rejects(isolated(functions, 1, { timeout: 0, node }), RangeError);
    await assert.rejects(
      isolated(functions, () => {}, { timeout: 1, node }),
      { name: "DataCloneError" },
    );
  });

  test("says what a module has instead of the function", async (t) => {
    const node = await nodeWithPool(t);
    await assert.rejects(run(node, "notAFunction"), /exports no function "notAFunction", but: .*loopForever/);
    await assert.rejects(
      isolated(new URL("./missing.ts", import.meta.url), 1, { timeout: 20_000, node }),
      (error) => error instanceof IsolatedCrash && (error.cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND",
    );
  });
});

suite("what goes wrong in a thread", () => {
  test("a loop without end is ended at its time-out, and another thread takes its place", async (t) => {
    const node = await nodeWithPool(t);
    const first = await run<number>(node, "thread");
    await assert.rejects(run(node, "loopForever", undefined, { timeout: 20 }), (error) => {
      return error instanceof IsolatedTimeout && /loopForever of isolated-functions\.ts.* 20 ms/.test(error.message);
    });
    assert.notEqual(await run(node, "thread"), first);
  });

  test("a throw comes back with its name, code, stack and cause, and the thread lives", async (t) => {
    const node = await nodeWithPool(t);
    const first = await run(node, "thread");
    const error = await run(node, "crash", "too little").catch((thrown) => thrown);
    assert.ok(error instanceof IsolatedCrash);
    assert.match(error.message, /crash of isolated-functions\.ts crashed: NotEnough: too little/);
    const cause = error.cause as Error & { code: string };
    assert.deepEqual([cause.name, cause.message, cause.code], ["NotEnough", "too little", "E_NOT_ENOUGH"]);
    assert.match(String(cause.stack), /isolated-functions\.ts:\d+/);
    assert.equal((cause.cause as Error).message, "the cause");
    assert.equal(await run(node, "thread"), first);
  });

  test("a value that is no error comes back described", async (t) => {
    await assert.rejects(run(await nodeWithPool(t), "throwNoError"), /a value that is no Error was thrown: 'a string'/);
  });

  test("an exception that nobody catches there ends only the thread", async (t) => {
    const node = await nodeWithPool(t);
    await assert.rejects(run(node, "crashInTimer"), (error) => {
      return error instanceof IsolatedCrash && /in a timer/.test(String(error.cause));
    });
    assert.equal(await run(node, "default", 1), 2);
  });

  test("process.exit ends only the thread", async (t) => {
    const node = await nodeWithPool(t);
    await assert.rejects(run(node, "exit", 3), (error) => {
      return error instanceof IsolatedCrash && /ended its thread with code 3/.test(error.message);
    });
    assert.equal(await run(node, "default", 1), 2);
  });

  for (const name of ["fillMemory", "fillMap"]) {
    test(`exhausted memory ends only the thread: ${name}`, async (t) => {
      const node = await nodeWithPool(t);
      await assert.rejects(run(node, name, undefined, { maxOldSpaceMegabytes: 16 }), (error) => {
        return error instanceof IsolatedOutOfMemory && /more than 16 MB/.test(error.message);
      });
      assert.equal(await run(node, "default", 1), 2);
    });
  }

  test("garbage is no exhausted memory", async (t) => {
    const node = await nodeWithPool(t);
    assert.ok((await run<number>(node, "litter", undefined, { maxOldSpaceMegabytes: 64 })) > 0);
  });

  test("a result that cannot be copied is a crash", async (t) => {
    await assert.rejects(run(await nodeWithPool(t), "unsendable"), (error) => {
      return error instanceof IsolatedCrash && (error.cause as Error).name === "DataCloneError";
    });
  });

  test("none of it harms the process that called", async (t) => {
    const node = await nodeWithPool(t);
    const names: string[] = [];
    const caller = node.spawn(
      "caller",
      routine(async () => {
        for (const name of ["crashInTimer", "exit", "crash"]) {
          await run(node, name, 1).catch((error) => names.push(error.name));
        }
        await quiet();
      }),
    );
    assert.equal(await ended(caller), "normal");
    assert.deepEqual(names, ["IsolatedCrash", "IsolatedCrash", "IsolatedCrash"]);
  });
});

suite("a call that is no longer wanted", () => {
  test("is ended by its signal, at work", async (t) => {
    const node = await nodeWithPool(t);
    const gate = new Gate();
    const abort = new AbortController();
    const call = run(node, "gate", gate.cells, { signal: abort.signal });
    await gate.entered();
    abort.abort(new Error("not wanted"));
    await assert.rejects(call, /not wanted/);
    assert.equal(await run(node, "default", 1), 2);
  });

  test("is ended by its signal, waiting or before it began", async (t) => {
    const node = await nodeWithPool(t);
    const gate = new Gate();
    const abort = new AbortController();
    const first = run(node, "gate", gate.cells);
    const second = run(node, "gate", gate.cells, { signal: abort.signal });
    await gate.entered();
    abort.abort();
    await assert.rejects(second, { name: "AbortError" });
    await assert.rejects(run(node, "default", 1, { signal: abort.signal }), { name: "AbortError" });
    gate.open();
    await first;
    assert.equal(Atomics.load(gate.cells, 0), 1);
  });

  test("ends with the process that called", async (t) => {
    const node = await nodeWithPool(t);
    const gate = new Gate();
    const log: unknown[] = [];
    const caller = node.spawn(
      "caller",
      routine(async () => {
        await run(node, "gate", gate.cells).then(
          () => log.push("value"),
          () => log.push("error"),
        );
      }),
    );
    await gate.entered();
    caller.exit("killed");
    assert.equal(await run(node, "default", 1), 2);
    assert.deepEqual(log, []);
  });
});

suite("the pool of threads", () => {
  test("does 50 things with 2 threads", async (t) => {
    const node = await nodeWithPool(t, { size: 2 });
    const gate = new Gate();
    const calls = Array.from({ length: 50 }, () => run<number>(node, "gate", gate.cells));
    await gate.entered(2);
    assert.equal(Atomics.load(gate.cells, 0), 2);
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
    const gate = new Gate();
    const calls = Array.from({ length: 3 }, () => run(node, "gate", gate.cells));
    await assert.rejects(run(node, "default", 1), IsolatedOverload);
    gate.open();
    await Promise.all(calls);
    assert.equal(await run(node, "default", 1), 2);
  });

  test("exchanges threads for others with another limit of memory", async (t) => {
    const node = await nodeWithPool(t);
    const usual = await run(node, "thread");
    const small = await run(node, "thread", undefined, { maxOldSpaceMegabytes: 32 });
    const sameAgain = await run(node, "thread", undefined, { maxOldSpaceMegabytes: 32 });
    assert.notEqual(small, usual);
    assert.equal(sameAgain, small);
    assert.notEqual(await run(node, "thread"), small);
  });

  test("ends with its application, and what is running then fails", async () => {
    const running = await application({ children: [isolatedPool({ size: 1 })] }).start();
    const gate = new Gate();
    const calls = [run(running.node, "gate", gate.cells), run(running.node, "gate", gate.cells)];
    const outcomes = Promise.allSettled(calls);
    await gate.entered();
    await running.stop();
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ["rejected", "rejected"],
    );
  });

  test("is replaced when its process was killed", async (t) => {
    const node = await nodeWithPool(t);
    const gate = new Gate();
    const call = assert.rejects(run(node, "gate", gate.cells), /the pool of threads has ended/);
    const [pool] = [...node.processes()].filter(({ label }) => label === "isolated pool");
    pool?.exit("killed");
    await call;
    assert.equal(await run(node, "default", 1), 2);
  });
});

suite("a node without a pool of its own", () => {
  const pools = (node: Node) => [...node.processes()].filter(({ label }) => label === "isolated pool");

  test("gets one when it needs it, which ends when it has been idle for long", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(pools(node), []);
      assert.equal(await run(node, "default", 21), 42);
      const [pool] = pools(node);
      assert.ok(pool);
      const end = ended(pool);
      t.mock.timers.tick(30_000);
      assert.equal(await end, "normal");
    }
  });

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
