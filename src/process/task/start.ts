import { contextOf, currentProcess } from "../context.ts";
import type { Node } from "../node.ts";
import type { Process } from "../process.ts";
import type { Routine } from "../routine/routine.ts";
import { routine } from "../routine.ts";
import { TaskHandle } from "./handle.ts";

/** What a task does. It runs in a process of its own, of which it gets what a routine gets. */
export type TaskFunction<Value> = (self: Routine) => Value | Promise<Value>;

/** Who a task belongs to. */
export interface TaskTies {
  /** Links the task to the process that starts it, if one does. */
  readonly link: boolean;
  /** The process that counts as its parent, instead of the one that starts it. */
  readonly supervisor?: Process;
}

/** Starts a task, in the name of the process that is running, if there is one. */
export function startTask<Value>(node: Node, run: TaskFunction<Value>, ties: TaskTies): TaskHandle<Value> {
  const owner = currentProcess();
  let done: { readonly value: Value } | undefined;
  const start = routine(async (self) => {
    done = { value: await run(self) };
  });
  const spawn = () => node.spawn(run.name === "" ? "task" : `task ${run.name}`, start);
  const process = ties.supervisor === undefined ? spawn() : contextOf(ties.supervisor).runInAsyncScope(spawn);
  if (ties.link && owner !== undefined) process.link(owner);
  return new TaskHandle(process, owner, () => done);
}
