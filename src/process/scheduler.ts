import { AsyncResource } from "node:async_hooks";
import { outsideProcesses } from "./context.ts";

/** Something with work to do when its turn comes. */
export interface Runnable {
  takeTurn(): void;
}

/** Something that gathers output while processes run and lets it go afterwards. */
export interface Flushable {
  flush(): void;
}

/** Turns taken before I/O gets its chance again. */
const turnsPerSlice = 512;

/**
 * Gives processes their turns, and lets output go once per tick.
 *
 * Node's event loop reads all sockets first; what arrives only fills mailboxes. Then, in one
 * `setImmediate`, every process with mail takes a turn, and at last each connection that was written to
 * flushes once. So ten messages that arrive together cost a page one render and its socket one system
 * call, and a process that sends without end to itself cannot keep I/O from happening.
 */
export class Scheduler {
  #ready: Runnable[] = [];
  #next = 0;
  #flushables: Flushable[] = [];
  #armed = false;
  /** Slices belong to no process, whoever makes one necessary. */
  readonly #outside = outsideProcesses(() => new AsyncResource("anqa.scheduler"));

  /** Queues a turn. The caller sees to it that nothing is queued twice. */
  schedule(runnable: Runnable): void {
    this.#ready.push(runnable);
    this.#arm();
  }

  /** Calls `flushable.flush()` once the processes that are ready now have had their turn. */
  flushLater(flushable: Flushable): void {
    this.#flushables.push(flushable);
    this.#arm();
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#outside.runInAsyncScope(setImmediate, undefined, this.#slice);
  }

  readonly #slice = (): void => {
    this.#armed = false;
    for (let turns = 0; this.#next < this.#ready.length && turns < turnsPerSlice; turns++) {
      (this.#ready[this.#next++] as Runnable).takeTurn();
    }
    if (this.#next < this.#ready.length) {
      // Some process may always be ready: turns already taken must not pile up.
      if (this.#next * 2 > this.#ready.length) {
        this.#ready.splice(0, this.#next);
        this.#next = 0;
      }
      this.#arm();
    } else {
      this.#ready.length = 0;
      this.#next = 0;
    }
    const flushables = this.#flushables;
    this.#flushables = [];
    for (const flushable of flushables) flushable.flush();
  };
}
