/** How V8 begins to say that it cannot go on, which takes it dozens of lines. */
const beginning = /^\s*(?:<--- Last few GCs|FATAL ERROR: |#\n# Fatal )/m;

/** The line with the reason, when that is memory. */
const memory = /^(?:FATAL ERROR: |# Fatal ).*(?:Allocation failed|out of memory|invalid size).*$/im;

/** Characters; V8's own report is shorter. */
const mostHeld = 65_536;

/**
 * Passes on what a child process writes to the standard error, and holds back what may be V8's last report, until
 * it is clear what it is: that of an allocation which failed becomes the cause of an error, the log need not have it.
 */
export class DyingWords {
  readonly #write: (text: string) => void;
  #held = "";

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  hear(text: string): void {
    const start = this.#held === "" ? text.search(beginning) : 0;
    if (start !== 0) this.#write(start < 0 ? text : text.slice(0, start));
    if (start >= 0) this.#held += text.slice(start);
    if (this.#held.length > mostHeld) this.release();
  }

  /** They were none: it lives. */
  release(): void {
    if (this.#held !== "") this.#write(this.#held);
    this.#held = "";
  }

  /** The end: gives the line in which V8 said that memory was exhausted, or passes on what it has held back. */
  outOfMemory(): string | undefined {
    const said = memory.exec(this.#held)?.[0];
    if (said === undefined) this.release();
    return said;
  }
}
