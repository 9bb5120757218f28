import type { Transferable } from "node:worker_threads";
import { MemoryWatch } from "./memory-watch.ts";
import type { Order } from "./protocol.ts";
import type { Runner, RunnerEvents } from "./runner.ts";
import { Thread } from "./thread.ts";

/** Megabytes between the size at which a thread is ended and the limit that V8 itself knows. */
const headroom = 1_000;

/** V8 lets a heap grow to so many times what is alive in it before it collects; more if its limit is 2 GB or more. */
function growth(megabytes: number): number {
  return megabytes <= 512 ? 2 : 4;
}

/**
 * A thread of the program, whose memory the program's main thread watches.
 *
 * V8's own limit is far above the one that is meant, because V8 ends the whole program, and not only the thread,
 * when one allocation (a large Map that grows, say) goes beyond its own. What remains fatal is one allocation
 * that is too large in itself, and growth while the main thread is blocked. A child process knows neither.
 */
export class WatchedThread implements Runner {
  readonly #thread: Thread;
  readonly #watch: MemoryWatch;
  readonly #events: RunnerEvents;
  readonly #mostBytes: number;

  constructor(megabytes: number, events: RunnerEvents) {
    const most = megabytes * growth(megabytes);
    this.#mostBytes = most * 1024 ** 2;
    this.#events = events;
    this.#thread = new Thread(most + headroom, events);
    this.#watch = new MemoryWatch(() => this.#thread.memory());
  }

  order(order: Order, transfer: readonly Transferable[]): void {
    this.#watch.start(this.#mostBytes, () => {
      this.#events.reported({ kind: "ending", end: { kind: "memory", cause: undefined } });
    });
    this.#thread.order(order, transfer);
  }

  rest(): void {
    this.#watch.stop();
    this.#thread.rest();
  }

  end(): void {
    this.#watch.stop();
    this.#thread.end();
  }
}
