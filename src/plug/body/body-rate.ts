/** Bytes per second below which a client is taken for one that only wants to keep us busy. */
export const minimumRate = 500;

/**
 * Watches whether a body makes progress: every span of some milliseconds has to bring 500 bytes per second. Time in
 * which we kept the client waiting ourselves does not count.
 */
export class BodyRate {
  readonly #milliseconds: number;
  readonly #tooSlow: (arrived: number) => void;
  #arrived: number;
  #held: boolean;
  #heldInSpan = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param milliseconds the length of a span.
   * @param arrived bytes that the first span has brought already.
   * @param held whether the client has to wait now.
   * @param tooSlow called with the bytes of the span that brought too few; then the watch is over.
   */
  constructor(milliseconds: number, arrived: number, held: boolean, tooSlow: (arrived: number) => void) {
    this.#milliseconds = milliseconds;
    this.#arrived = arrived;
    this.#held = held;
    this.#tooSlow = tooSlow;
    this.#begin();
  }

  /** Some bytes have arrived. */
  add(bytes: number): void {
    this.#arrived += bytes;
  }

  /** The client has to wait from now on. */
  hold(): void {
    this.#held = this.#heldInSpan = true;
  }

  /** The client does not have to wait any more. */
  release(): void {
    this.#held = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #begin(): void {
    this.#heldInSpan = this.#held;
    this.#timer = setTimeout(() => this.#judge(), this.#milliseconds);
  }

  #judge(): void {
    const arrived = this.#arrived;
    if (!this.#heldInSpan && arrived < (minimumRate * this.#milliseconds) / 1_000) return this.#tooSlow(arrived);
    this.#arrived = 0;
    this.#begin();
  }
}
