import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode, type Process } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";
import { TaskEnded, TaskTimeout } from "../../src/process/task/errors.ts";
import { Task } from "../../src/process/task.ts";
import { crashes, ended, message, quiet } from "./support.ts";

/** A task that never ends by itself. */
const forever = () => new Promise<never>(() => {});

suite("a task", () => {
  test("gives its value to who awaits it, as often as it is asked", async () => {
    const task = Task.async(createNode(), async () => {
      await quiet(2);
      return 42;
    });
    assert.deepEqual(await Promise.all([task.await(), task.await()]), [42, 42]);
    assert.equal(await task.await(), 42);
    assert.equal(task.process.ended, true);
  });

  test("may be a function that awaits nothing, and may receive", async () => {
    const node = createNode();
    assert.equal(await Task.async(node, () => "at once").await(), "at once");
    const receiving = Task.async(node, async (self) => (await self.receive()).event);
    node.send(receiving.pid, message("hello"));
    assert.equal(await receiving.await(), "hello");
  });

  test("is named after its function", () => {
    const node = createNode();
    assert.equal(Task.async(node, function fetchPrices() {}).process.label, "task fetchPrices");
    assert.equal(Task.async(node, () => {}).process.label, "task");
  });

  test("that crashes rejects with its error, before and after", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const failure = new Error("no answer");
    const task = Task.async(node, () => {
      throw failure;
    });
    await assert.rejects(task.await(), failure);
    await assert.rejects(task.await(), failure);
    assert.deepEqual(await task.yield(0), { ok: false, reason: failure });
    assert.deepEqual(errors, [failure]);
  });

  test("that crashes unawaited outside of processes harms nobody", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    Task.async(node, () => {
      throw new Error("unseen");
    });
    await quiet();
    assert.equal(errors.length, 1);
  });

  test("that is ended from outside rejects with TaskEnded", async () => {
    const task = Task.async(createNode(), forever);
    const awaited = assert.rejects(task.await(), (error) => error instanceof TaskEnded && error.reason === "killed");
    task.process.exit("killed");
    await awaited;
  });

  test("goes on after an await or a yield that is too short", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const gate = Promise.withResolvers<string>();
    const task = Task.async(createNode(), () => gate.promise);
    const usual = assert.rejects(task.await(), TaskTimeout);
    const short = assert.rejects(task.await({ timeout: 100 }), TaskTimeout);
    const yielded = task.yield(100);
    const patient = task.await({ timeout: Number.POSITIVE_INFINITY });
    t.mock.timers.tick(100);
    await short;
    assert.equal(await yielded, undefined);
    t.mock.timers.tick(4_900);
    await usual;
    gate.resolve("done");
    assert.equal(await patient, "done");
    assert.deepEqual(await task.yield(0), { ok: true, value: "done" });
  });

  test("leaves no timer", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const task = Task.async(createNode(), () => quiet(1));
    const awaited = task.await();
    assert.equal(timers(), before + 1);
    await awaited;
    assert.equal(timers(), before);
  });
});

suite("shutdown of a task", () => {
  test("ends it, and its signal is aborted", async () => {
    let seen: AbortSignal | undefined;
    const task = Task.async(createNode(), async ({ signal }) => {
      seen = signal;
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    await quiet();
    assert.equal(await task.shutdown(), undefined);
    assert.equal(seen?.aborted, true);
    assert.equal(task.process.ended, true);
  });

  test("gives what came of it in time", async () => {
    const gate = Promise.withResolvers<string>();
    const task = Task.async(createNode(), () => gate.promise);
    await quiet();
    const down = task.shutdown();
    gate.resolve("just in time");
    assert.deepEqual(await down, { ok: true, value: "just in time" });
    assert.deepEqual(await task.shutdown(), { ok: true, value: "just in time" });
  });

  test("kills it when the patience is over, or at once", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const slow = Task.async(node, forever);
    const rude = Task.async(node, forever);
    await quiet();
    const down = slow.shutdown(1_000);
    assert.equal(await rude.shutdown("brutal_kill"), undefined);
    t.mock.timers.tick(1_000);
    assert.equal(await down, undefined);
    assert.equal(node.processCount, 0);
  });

  test("does not harm the owner", async () => {
    const node = createNode();
    const owner = node.spawn(
      "owner",
      routine(async () => {
        const task = Task.async(node, forever);
        await quiet(4);
        await task.shutdown("brutal_kill");
        await quiet(4);
      }),
    );
    assert.equal(await ended(owner), "normal");
  });
});

suite("a task and its owner", () => {
  /** A process that starts a task and awaits it. */
  function owning(run: (owner: Process) => Promise<unknown>) {
    const node = createNode();
    const owner = node.spawn(
      "owner",
      routine(async (self) => void (await run(self.process))),
    );
    return { node, owner };
  }

  test("the crash of the task crashes the owner", async () => {
    const failure = new Error("task failed");
    const { node, owner } = owning(async (process) => {
      Task.async(process.node, async () => {
        await quiet(2);
        throw failure;
      });
      await forever();
    });
    assert.equal(await ended(owner), failure);
    assert.equal(node.processCount, 0);
  });

  test("the crash of the owner ends the task", async () => {
    let task: Process | undefined;
    const { owner } = owning(async (process) => {
      task = Task.async(process.node, forever).process;
      await quiet(2);
      throw new Error("owner failed");
    });
    await ended(owner);
    assert.equal(task?.ended, true);
  });

  test("an owner that traps exits gets the error where it awaits, and lives", async () => {
    const failure = new Error("task failed");
    let caught: unknown;
    const { owner } = owning(async (process) => {
      process.trapExit = true;
      const task = Task.async(process.node, () => {
        throw failure;
      });
      caught = await task.await().catch((error) => error);
    });
    assert.equal(await ended(owner), "normal");
    assert.equal(caught, failure);
  });

  test("the value goes nowhere when the owner has ended", async () => {
    const gate = Promise.withResolvers<string>();
    const log: unknown[] = [];
    const { node, owner } = owning(async (process) => {
      const task = Task.async(process.node, () => gate.promise);
      task.await().then(
        (value) => log.push(value),
        (error) => log.push(error),
      );
    });
    assert.equal(await ended(owner), "normal");
    assert.equal(node.processCount, 1);
    gate.resolve("for nobody");
    await quiet();
    assert.deepEqual(log, []);
    assert.equal(node.processCount, 0);
    assert.ok(!process.getActiveResourcesInfo().includes("Timeout"));
  });

  test("the task knows its parent", async () => {
    let parent: unknown;
    const { owner } = owning(async (process) => {
      parent = await Task.async(process.node, (self) => self.process.parent).await();
    });
    await ended(owner);
    assert.deepEqual(parent, owner.pid);
  });
});
