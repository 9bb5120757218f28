import type { Process } from "../process.ts";
import { startTimer } from "../timer.ts";

/** The end of the patience of a `receive`. Its timer does not outlive the process, however that ends. */
export class Deadline {
  readonly #process: Process;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Messages that had arrived when the time was up and have not been looked at yet; not known before. */
  #ahead: number | undefined = undefined;

  constructor(process: Process, milliseconds: number) {
    this.#process = process;
    if (milliseconds <= 0) this.#pass();
    else {
      this.#timer = startTimer(() => this.#pass(), milliseconds);
      if (this.#timer !== undefined) process.onExit(this.cancel);
    }
  }

  /** Whether the time is up, and all that came in time has been looked at. */
  get over(): boolean {
    return this.#ahead !== undefined && this.#ahead <= 0;
  }

  /** A message has been looked at. */
  looked(): void {
    if (this.#ahead !== undefined) this.#ahead--;
  }

  readonly cancel = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#process.offExit(this.cancel);
  };

  #pass(): void {
    this.#ahead = this.#process.mailboxLength;
    this.#process.wake();
  }
}
