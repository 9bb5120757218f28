import type { ExitReason } from "../message.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";
import { defaultPatience, type Patience, stopProcess } from "../stop-process.ts";
import { startTimer } from "../timer.ts";
import { TaskEnded, TaskTimeout } from "./errors.ts";
import type { TaskOutcome } from "./outcome.ts";

/** Milliseconds that `await` waits if it is not told. */
export const defaultTimeout = 5_000;

/** A task that runs, or has run. It may be asked more than once, and remembers what came of it. */
export interface RunningTask<Value> {
  readonly process: Process;
  readonly pid: Pid;
  /**
   * The value of the task. It goes on when `timeout` milliseconds (default 5,000; `Infinity` is allowed) have
   * passed.
   *
   * @throws (as a rejection) the error that the task crashed with, {@link TaskEnded} if it was ended, or
   * {@link TaskTimeout}.
   */
  await(options?: { readonly timeout?: number }): Promise<Value>;
  /** What came of the task, or `undefined` if it is not done within so many milliseconds; it goes on. */
  yield(milliseconds: number): Promise<TaskOutcome<Value> | undefined>;
  /**
   * Ends the task, without harm to its owner, and resolves when it has ended: with what came of it if it was
   * done before that. It is killed if it has not ended after `patience` milliseconds, default 5,000.
   */
  shutdown(patience?: Patience): Promise<TaskOutcome<Value> | undefined>;
}

/** {@link RunningTask} over the process that runs it. */
export class TaskHandle<Value> implements RunningTask<Value> {
  readonly process: Process;
  readonly #owner: Process | undefined;
  #outcome: TaskOutcome<Value> | undefined;
  #waiting = new Set<(outcome: TaskOutcome<Value>) => void>();

  /** @param result what the task's function returned, once its process has ended. */
  constructor(process: Process, owner: Process | undefined, result: () => { readonly value: Value } | undefined) {
    this.process = process;
    this.#owner = owner;
    process.onExit((reason) => {
      const done = result();
      this.#ended(done === undefined ? { ok: false, reason } : { ok: true, value: done.value });
    });
  }

  get pid(): Pid {
    return this.process.pid;
  }

  async await({ timeout = defaultTimeout }: { readonly timeout?: number } = {}): Promise<Value> {
    const outcome = await this.yield(timeout);
    if (outcome === undefined) throw new TaskTimeout(this.process.label, timeout);
    if (outcome.ok) return outcome.value;
    throw errorOf(this.process.label, outcome.reason);
  }

  yield(milliseconds: number): Promise<TaskOutcome<Value> | undefined> {
    if (this.#outcome !== undefined) return Promise.resolve(this.#outcome);
    return new Promise((resolve) => {
      const finish = (outcome: TaskOutcome<Value> | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        this.#owner?.offExit(forget);
        // What waits belongs to the owner: when that has ended, nothing is told to it any more.
        if (this.#owner?.ended !== true) resolve(outcome);
      };
      const forget = () => finish(undefined);
      const timer = startTimer(forget, milliseconds);
      this.#waiting.add(finish);
      this.#owner?.onExit(forget);
    });
  }

  async shutdown(patience: Patience = defaultPatience): Promise<TaskOutcome<Value> | undefined> {
    this.#owner?.unlink(this.process);
    if (this.#outcome === undefined) await stopProcess(this.process, patience);
    const outcome = this.#outcome;
    return outcome?.ok === false && !(outcome.reason instanceof Error) ? undefined : outcome;
  }

  #ended(outcome: TaskOutcome<Value>): void {
    this.#outcome = outcome;
    for (const finish of [...this.#waiting]) finish(outcome);
  }
}

function errorOf(label: string, reason: ExitReason): Error {
  return reason instanceof Error ? reason : new TaskEnded(label, reason);
}
