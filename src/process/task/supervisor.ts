import type { Behaviour } from "../behaviour.ts";
import { directory } from "../directory.ts";
import { MaxChildrenError } from "../dynamic-supervisor/max-children-error.ts";
import type { Node } from "../node.ts";
import type { Process } from "../process.ts";
import { defaultPatience, stopProcesses, supervisorPatience } from "../stop-process.ts";
import type { ChildSpec } from "../supervisor.ts";
import type { RunningTask } from "./handle.ts";
import type { TaskOutcome } from "./outcome.ts";
import type { Items } from "./source.ts";
import { startTask, type TaskFunction } from "./start.ts";
import { type AsyncStreamOptions, type ItemFunction, streamTasks } from "./stream.ts";

export interface TaskSupervisorOptions {
  /** Unique on the node: its process is registered under it. */
  readonly name: string;
  /** More tasks than this at the same time are refused with a {@link MaxChildrenError}; default: no limit. */
  readonly maxChildren?: number;
}

/** A task supervisor that runs. Ask `on` for it anew each time: it may be started again meanwhile. */
export interface SupervisedTasks {
  /** Starts a task that is also linked to the process that starts it: each goes down with the other's crash. */
  async<Value>(run: TaskFunction<Value>): RunningTask<Value>;
  /** Starts a task whose crash is nobody's but its own, until it is awaited. */
  asyncNoLink<Value>(run: TaskFunction<Value>): RunningTask<Value>;
  /** Starts a task whose value nobody asks for. Its crash is reported as any process's is, and it is not tried again. */
  startChild(run: TaskFunction<unknown>): Process;
  /** {@link Task.asyncStream}, of supervised tasks. */
  asyncStream<Item, Value>(
    items: Items<Item>,
    work: ItemFunction<Item, Value>,
    options?: AsyncStreamOptions,
  ): AsyncGenerator<TaskOutcome<Value>, void, void>;
  /** The tasks that run now, oldest first. */
  children(): Process[];
}

/** A task supervisor as a child of an application, and the way to the one that runs on a node. */
export interface TaskSupervisor extends ChildSpec {
  /** @throws if it does not run there. */
  on(node: Node): SupervisedTasks;
}

/**
 * A supervisor for tasks: what they do in its name ends before it does, 5 seconds given, so that an
 * application that stops neither cuts them off nor leaves them behind.
 *
 * @example
 * export const mails = taskSupervisor({ name: "mails", maxChildren: 100 });
 * application({ children: [mails, endpoint({ router })] });
 * mails.on(conn.node).startChild(() => sendWelcome(user));
 */
export function taskSupervisor(options: TaskSupervisorOptions): TaskSupervisor {
  const { name } = options;
  return Object.freeze({
    id: name,
    shutdown: supervisorPatience,
    start: (node: Node) =>
      node.spawn(
        `task supervisor ${name}`,
        (process) => {
          const tasks = new Tasks(process, options);
          running.add(name, process, tasks);
          return tasks;
        },
        { name },
      ),
    on: (node: Node) => running.find(node, name),
  });
}

/** What runs under which name. */
const running = directory<Tasks>("task supervisor");

class Tasks implements Behaviour, SupervisedTasks {
  readonly terminateTimeout = supervisorPatience;
  readonly #process: Process;
  readonly #name: string;
  readonly #maxChildren: number;
  readonly #tasks = new Set<Process>();

  constructor(process: Process, { name, maxChildren = Number.POSITIVE_INFINITY }: TaskSupervisorOptions) {
    this.#process = process;
    this.#name = name;
    this.#maxChildren = maxChildren;
    // None are left unless it was killed.
    process.onExit(() => {
      for (const task of this.#tasks) task.exit("killed");
    });
  }

  async<Value>(run: TaskFunction<Value>): RunningTask<Value> {
    return this.#start(run, true);
  }

  asyncNoLink<Value>(run: TaskFunction<Value>): RunningTask<Value> {
    return this.#start(run, false);
  }

  startChild(run: TaskFunction<unknown>): Process {
    return this.#start(run, false).process;
  }

  asyncStream<Item, Value>(
    items: Items<Item>,
    work: ItemFunction<Item, Value>,
    options?: AsyncStreamOptions,
  ): AsyncGenerator<TaskOutcome<Value>, void, void> {
    return streamTasks(items, work, (run: TaskFunction<Value>) => this.#start(run, false), options);
  }

  children(): Process[] {
    return [...this.#tasks];
  }

  receive(): void {}

  terminate(): Promise<void> {
    return stopProcesses(this.children(), () => defaultPatience);
  }

  #start<Value>(run: TaskFunction<Value>, link: boolean): RunningTask<Value> {
    if (this.#process.ended)
      throw new Error(`${this.#process.label} has ended: ask on(node) for the one that runs now`);
    if (this.#tasks.size >= this.#maxChildren) throw new MaxChildrenError(this.#name, this.#maxChildren);
    const task = startTask(this.#process.node, run, { link, supervisor: this.#process });
    this.#tasks.add(task.process);
    task.process.onExit(() => this.#tasks.delete(task.process));
    return task;
  }
}
