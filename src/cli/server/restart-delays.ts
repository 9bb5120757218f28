/** When a program that ends is started again. */
export interface RestartLimits {
  /** Milliseconds before the first restart; each further one waits twice as long. */
  readonly firstDelay: number;
  /** Milliseconds that none waits longer than. */
  readonly longestDelay: number;
  /** Milliseconds after which a program is taken to run well: if it ends later, all begins anew. */
  readonly steadyAfter: number;
  /** So many ends in a row, each sooner than `steadyAfter`, and it is not started any more. */
  readonly quickEnds: number;
}

/** About half a minute of attempts: what fails then needs somebody to look, or the machine to be set up anew. */
export const usualLimits: RestartLimits = {
  firstDelay: 100,
  longestDelay: 10_000,
  steadyAfter: 30_000,
  quickEnds: 10,
};

/** Counts the ends of one program. */
export class RestartDelays {
  readonly #limits: RestartLimits;
  #quickEnds = 0;

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** Ends in a row that came soon after a start. */
  get quickEnds(): number {
    return this.#quickEnds;
  }

  /**
   * To be called when the program has ended.
   *
   * @param ran milliseconds from its start to its end.
   * @returns milliseconds to wait before it is started again, or undefined: not any more.
   */
  afterEnd(ran: number): number | undefined {
    const { firstDelay, longestDelay, steadyAfter, quickEnds } = this.#limits;
    if (ran >= steadyAfter) this.#quickEnds = 0;
    this.#quickEnds++;
    if (this.#quickEnds >= quickEnds) return undefined;
    return Math.min(longestDelay, firstDelay * 2 ** (this.#quickEnds - 1));
  }
}
