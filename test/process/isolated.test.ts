import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { IsolatedCrash, IsolatedTimeout } from "../../src/process/isolated/errors.ts";
import { isolated } from "../../src/process/isolated.ts";
import { routine } from "../../src/process/routine.ts";
import { Task } from "../../src/process/task.ts";
import { functions, Gate, nodeWithPool, run } from "./isolated-support.ts";
import { ended, quiet } from "./support.ts";

test("Task.isolated is refused without a node, a place, or limits that are numbers", async (t) => {
  const node = await nodeWithPool(t);
  await assert.rejects(isolated(functions, 1, { timeout: 1 }), /outside of a process/);
  await assert.rejects(isolated("./resize.ts", 1, { timeout: 1, node }), /new URL\("\.\/resize\.ts"/);
  await assert.rejects(isolated(functions, 1, { timeout: 0, node }), /^RangeError: timeout is 0/);
  for (const maxOldSpaceMegabytes of [0, Number.NaN, Infinity]) {
    await assert.rejects(isolated(functions, 1, { timeout: 1, node, maxOldSpaceMegabytes }), RangeError);
  }
});

test("memory is handed over and shared with a thread, and refused to a process", async (t) => {
  const node = await nodeWithPool(t);
  const bytes = new Uint8Array([0, 1, 255]);
  await assert.rejects(run(node, "invert", bytes, { transfer: [bytes.buffer] }), /transfer.*isolation: "thread"/);
  assert.deepEqual(await run(node, "invert", bytes), new Uint8Array([255, 254, 0]));
  const inverted = run(node, "invert", bytes, { transfer: [bytes.buffer], isolation: "thread" });
  assert.equal(bytes.byteLength, 0);
  assert.deepEqual(await inverted, new Uint8Array([255, 254, 0]));

  const cells = new Int32Array(new SharedArrayBuffer(4));
  await assert.rejects(run(node, "writeInto", cells), { name: "DataCloneError", message: /SharedArrayBuffer.*copied/ });
  await run(node, "writeInto", cells, { isolation: "thread" });
  assert.equal(cells[0], 1);
});

for (const isolation of ["process", "thread"] as const) {
  suite(`a function in a ${isolation} of its own`, () => {
    test("is the default export, given a URL, its text or a path", async (t) => {
      const node = await nodeWithPool(t);
      for (const module of [functions, functions.href, fileURLToPath(functions)]) {
        assert.equal(await Task.isolated(module, 21, { timeout: 60_000, node, isolation }), 42);
      }
    });

    test("gets a copy of the argument as it was when it was called, and gives one of its result", async (t) => {
      const node = await nodeWithPool(t);
      const argument = { map: new Map([["a", new Date(0)]]), bytes: new Uint8Array([1, 2]), none: undefined };
      const copy = structuredClone(argument);
      const result = run(node, "echo", argument, { isolation });
      argument.map.clear();
      assert.deepEqual(await result, copy);
    });

    test("is not called with what cannot be copied, and crashes if its result cannot", async (t) => {
      const node = await nodeWithPool(t);
      await assert.rejects(
        run(node, "echo", () => {}, { isolation }),
        { name: "DataCloneError" },
      );
      await assert.rejects(run(node, "unsendable", undefined, { isolation }), (error) => {
        return error instanceof IsolatedCrash && (error.cause as Error).name === "DataCloneError";
      });
    });

    test("finds the pool of the process that calls", async (t) => {
      const node = await nodeWithPool(t);
      let result: unknown;
      const caller = node.spawn(
        "caller",
        routine(async () => {
          result = await isolated(functions, 4, { timeout: 60_000, isolation });
        }),
      );
      assert.equal(await ended(caller), "normal");
      assert.equal(result, 8);
    });

    test("that is not there is said with what is", async (t) => {
      const node = await nodeWithPool(t);
      await assert.rejects(
        run(node, "notAFunction", undefined, { isolation }),
        /exports no function "notAFunction", but: .*loopForever/,
      );
      await assert.rejects(
        isolated(new URL("./missing.ts", import.meta.url), 1, { timeout: 60_000, node, isolation }),
        (error) => error instanceof IsolatedCrash && (error.cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND",
      );
    });

    test("that loops without end is ended at its time-out, and another takes its place", async (t) => {
      const node = await nodeWithPool(t);
      const first = await run(node, "place", undefined, { isolation });
      await assert.rejects(run(node, "loopForever", undefined, { timeout: 20, isolation }), (error) => {
        return error instanceof IsolatedTimeout && /loopForever of isolated-functions\.ts.* 20 ms/.test(error.message);
      });
      assert.notEqual(await run(node, "place", undefined, { isolation }), first);
    });

    test("throws with name, code, stack and cause, and its place is used again", async (t) => {
      const node = await nodeWithPool(t);
      const first = await run(node, "place", undefined, { isolation });
      const error = await run(node, "crash", "too little", { isolation }).catch((thrown) => thrown);
      assert.ok(error instanceof IsolatedCrash);
      assert.match(error.message, /crash of isolated-functions\.ts crashed: NotEnough: too little/);
      const cause = error.cause as Error & { code: string };
      assert.deepEqual([cause.name, cause.message, cause.code], ["NotEnough", "too little", "E_NOT_ENOUGH"]);
      assert.match(String(cause.stack), /isolated-functions\.ts:\d+/);
      assert.equal((cause.cause as Error).message, "the cause");
      assert.equal(await run(node, "place", undefined, { isolation }), first);
    });

    test("throws something that is no error, which comes back described", async (t) => {
      const thrown = run(await nodeWithPool(t), "throwNoError", undefined, { isolation });
      await assert.rejects(thrown, /a value that is no Error was thrown: 'a string'/);
    });

    test("ends only itself by an exception that nobody catches, process.exit and process.abort", async (t) => {
      const node = await nodeWithPool(t);
      await assert.rejects(run(node, "crashInTimer", undefined, { isolation }), (error) => {
        return error instanceof IsolatedCrash && /in a timer/.test(String(error.cause));
      });
      await assert.rejects(run(node, "exit", 3, { isolation }), (error) => {
        return error instanceof IsolatedCrash && /ended its thread with code 3/.test(error.message);
      });
      await assert.rejects(run(node, "abort", undefined, { isolation }), IsolatedCrash);
      assert.equal(await run(node, "default", 1, { isolation }), 2);
    });

    test("does not harm the process that called", async (t) => {
      const node = await nodeWithPool(t);
      const names: string[] = [];
      const caller = node.spawn(
        "caller",
        routine(async () => {
          for (const name of ["crashInTimer", "exit", "crash"]) {
            await run(node, name, 1, { isolation }).catch((error) => names.push(error.name));
          }
          await quiet();
        }),
      );
      assert.equal(await ended(caller), "normal");
      assert.deepEqual(names, ["IsolatedCrash", "IsolatedCrash", "IsolatedCrash"]);
    });

    test("is ended by its signal, at work, waiting or before it began", async (t) => {
      const node = await nodeWithPool(t);
      const gate = await Gate.make(t);
      const [first, second] = [new AbortController(), new AbortController()];
      const atWork = run(node, "gate", gate.port, { isolation, signal: first.signal });
      const waiting = run(node, "gate", gate.port, { isolation, signal: second.signal });
      await gate.holds(1);
      second.abort();
      await assert.rejects(waiting, { name: "AbortError" });
      await assert.rejects(run(node, "default", 1, { isolation, signal: second.signal }), { name: "AbortError" });
      first.abort(new Error("not wanted"));
      await assert.rejects(atWork, /not wanted/);
      await gate.holds(0);
      assert.equal(await run(node, "default", 1, { isolation }), 2);
    });

    test("ends with the process that called", async (t) => {
      const node = await nodeWithPool(t);
      const gate = await Gate.make(t);
      const log: unknown[] = [];
      const caller = node.spawn(
        "caller",
        routine(async () => {
          await run(node, "knockAndLoop", gate.port, { isolation }).then(
            () => log.push("value"),
            () => log.push("error"),
          );
        }),
      );
      await gate.holds(1);
      caller.exit("killed");
      await gate.holds(0);
      assert.equal(await run(node, "default", 1, { isolation }), 2);
      assert.deepEqual(log, []);
    });
  });
}
