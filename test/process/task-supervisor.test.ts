import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MaxChildrenError } from "../../src/process/dynamic-supervisor/max-children-error.ts";
import { application, createNode, type Node, type Process } from "../../src/process/index.ts";
import { routine } from "../../src/process/routine.ts";
import { taskSupervisor } from "../../src/process/task/supervisor.ts";
import { crashes, ended, quiet } from "./support.ts";

const forever = () => new Promise<never>(() => {});
const tasks = taskSupervisor({ name: "tasks" });

/** A node on which `tasks` runs. */
async function started(supervisor = tasks): Promise<{ node: Node; process: Process }> {
  const node = createNode();
  const process = await supervisor.start(node);
  await process.started();
  return { node, process };
}

suite("a task supervisor", () => {
  test("is a child of an application, and found by its node", async (t) => {
    const running = await application({ children: [tasks] }).start();
    t.after(() => running.stop());
    assert.equal(
      await tasks
        .on(running.node)
        .async(() => 42)
        .await(),
      42,
    );
    assert.equal(running.node.whereis("tasks")?.label, "task supervisor tasks");
    assert.throws(() => tasks.on(createNode()), /no task supervisor "tasks" running/);
  });

  test("is the parent of its tasks", async () => {
    const { node, process } = await started();
    const task = tasks.on(node).asyncNoLink(forever);
    assert.deepEqual(task.process.parent, process.pid);
    assert.deepEqual(tasks.on(node).children(), [task.process]);
    await task.shutdown("brutal_kill");
    assert.deepEqual(tasks.on(node).children(), []);
  });

  test("links a task of async to the caller, and one of asyncNoLink not", async () => {
    const { node, process } = await started();
    const failure = new Error("task failed");
    const caller = (start: "async" | "asyncNoLink") =>
      node.spawn(
        "caller",
        routine(async () => {
          tasks.on(node)[start](async () => {
            await quiet(2);
            throw failure;
          });
          await quiet(8);
        }),
      );
    assert.deepEqual(await Promise.all([ended(caller("async")), ended(caller("asyncNoLink"))]), [failure, "normal"]);
    assert.equal(process.ended, false);
  });

  test("gives the crash of an unlinked task to who awaits it", async () => {
    const { node } = await started();
    const failure = new Error("task failed");
    const reasons: unknown[] = [];
    const caller = node.spawn(
      "caller",
      routine(async () => {
        const task = tasks.on(node).asyncNoLink(() => {
          throw failure;
        });
        await task.await().catch((error) => reasons.push(error));
      }),
    );
    assert.equal(await ended(caller), "normal");
    assert.deepEqual(reasons, [failure]);
  });

  test("runs what nobody waits for once, and reports its crash", async (t) => {
    const { node, process } = await started();
    const errors = crashes(t, node);
    let runs = 0;
    const child = tasks.on(node).startChild(() => {
      runs++;
      throw new Error("once");
    });
    await ended(child);
    await quiet();
    assert.equal(runs, 1);
    assert.equal(errors.length, 1);
    assert.equal(process.ended, false);
  });

  test("refuses more tasks than it may have", async () => {
    const few = taskSupervisor({ name: "few", maxChildren: 2 });
    const { node } = await started(few);
    const first = few.on(node).asyncNoLink(forever);
    few.on(node).startChild(forever);
    assert.throws(() => few.on(node).async(forever), MaxChildrenError);
    await first.shutdown("brutal_kill");
    assert.equal(
      await few
        .on(node)
        .async(() => 1)
        .await(),
      1,
    );
  });

  test("lets its tasks finish before it ends, and kills those that do not", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { node, process } = await started();
    const gate = Promise.withResolvers<string>();
    const quick = tasks.on(node).asyncNoLink(() => gate.promise);
    const stuck = tasks.on(node).asyncNoLink(forever);
    await quiet();
    const end = ended(process);
    const stuckEnd = ended(stuck.process);
    const running = tasks.on(node);
    process.exit("shutdown");
    assert.throws(() => running.async(forever), /has ended/);
    gate.resolve("finished");
    assert.equal(await quick.await(), "finished");
    t.mock.timers.tick(5_000);
    assert.deepEqual(await Promise.all([end, stuckEnd]), ["shutdown", "killed"]);
  });

  test("takes its tasks with it when it is killed", async () => {
    const { node, process } = await started();
    tasks.on(node).startChild(forever);
    await quiet();
    process.exit("killed");
    assert.equal(node.processCount, 0);
  });

  test("streams over supervised tasks", async () => {
    const { node } = await started();
    const values: unknown[] = [];
    for await (const outcome of tasks.on(node).asyncStream([1, 2, 3], (item) => item * 2)) values.push(outcome);
    assert.deepEqual(
      values,
      [2, 4, 6].map((value) => ({ ok: true, value })),
    );
  });
});
