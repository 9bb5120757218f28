import { outsideProcesses } from "./context.ts";

/** Something that can drop what it can make again. */
export interface Hibernating {
  /** Returns whether it need not be asked again before it is watched again. */
  hibernateIfIdle(clock: number): boolean;
}

/** Milliseconds between two looks. */
const interval = 1_000;

/**
 * Finds the processes of a node that have been idle for long, so that they hibernate.
 *
 * One timer looks at those that were awake lately; a process that sleeps holds no timer and is not looked
 * at. With all of them asleep there is no timer at all.
 */
export class Idleness {
  /** Seconds, as far as there was somebody to watch. */
  clock = 0;
  readonly #awake = new Set<Hibernating>();
  #timer: NodeJS.Timeout | undefined;

  /** Has a look at a process from now on, until it has gone to sleep or ended. */
  watch(process: Hibernating): void {
    this.#awake.add(process);
    this.#timer ??= outsideProcesses(() => setInterval(() => this.#look(), interval).unref());
  }

  /** Has no more look at a process that has ended. */
  forget(process: Hibernating): void {
    this.#awake.delete(process);
  }

  #look(): void {
    this.clock++;
    for (const process of this.#awake) if (process.hibernateIfIdle(this.clock)) this.#awake.delete(process);
    if (this.#awake.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
