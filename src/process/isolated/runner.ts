import type { Transferable } from "node:worker_threads";
import type { End, Order, Report } from "./protocol.ts";

/** Something that carries out orders outside of the program's own thread: a thread, or a process with one. */
export interface Runner {
  /** Gives it an order; it has none at the time. Keeps the program alive from now on. */
  order(order: Order, transfer: readonly Transferable[]): void;
  /** It has nothing to do: it keeps nothing alive. */
  rest(): void;
  /** Ends it, whatever it is at, and whether or not it is ended already. */
  end(): void;
}

/** What becomes of a {@link Runner}. */
export interface RunnerEvents {
  reported(report: Report): void;
  /** It is no more. Called once, and last. */
  ended(end: End): void;
}
