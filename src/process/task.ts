import { isolated } from "./isolated.ts";
import type { Node } from "./node.ts";
import type { RunningTask } from "./task/handle.ts";
import type { TaskOutcome } from "./task/outcome.ts";
import type { Items } from "./task/source.ts";
import { startTask, type TaskFunction } from "./task/start.ts";
import { type AsyncStreamOptions, type ItemFunction, streamTasks } from "./task/stream.ts";

/** A task that runs, or has run: see {@link RunningTask}. */
export type Task<Value> = RunningTask<Value>;

/**
 * Work in a process of its own: so that it happens at the same time, so that its crash has a place, and so that
 * it can be waited for with a time-out and be ended.
 *
 * **A task shares the thread of its node.** It is for work that waits. Work that computes for long goes to
 * {@link isolated | Task.isolated}, which can also be interrupted.
 *
 * @example
 * const prices = Task.async(node, () => fetchPrices());
 * const page = await renderPage();
 * return page.with(await prices.await({ timeout: 2_000 }));
 */
export const Task = Object.freeze({
  /**
   * Starts a task, linked to the process that starts it: one that crashes takes the other with it. Outside of
   * processes it is linked to nothing, and its crash is seen by who awaits it.
   */
  async<Value>(node: Node, run: TaskFunction<Value>): Task<Value> {
    return startTask(node, run, { link: true });
  },

  /**
   * Does something with every item, each in a task of its own, a bounded number at a time, and gives the
   * outcomes as they are asked for: items are taken no faster than outcomes are.
   *
   * A task that crashes, or takes too long, is an outcome, not a crash of the caller. Who stops taking
   * outcomes (`break`, a throw, its own end) stops the tasks that run.
   *
   * @throws (while iterating) what the source of the items throws, after the outcomes of those before.
   * @example
   * for await (const outcome of Task.asyncStream(node, urls, (url, { signal }) => fetch(url, { signal }))) {
   *   if (outcome.ok) store(outcome.value);
   * }
   */
  asyncStream<Item, Value>(
    node: Node,
    items: Items<Item>,
    work: ItemFunction<Item, Value>,
    options?: AsyncStreamOptions,
  ): AsyncGenerator<TaskOutcome<Value>, void, void> {
    return streamTasks(items, work, (run: TaskFunction<Value>) => startTask(node, run, { link: false }), options);
  },

  isolated,
});
