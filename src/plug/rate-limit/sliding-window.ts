/** How many parts a window is counted in. */
const parts = 10;

/** What became of one attempt to take from a quota. */
export interface Taken {
  readonly allowed: boolean;
  /** How many more would be allowed at once. */
  readonly remaining: number;
  /** Milliseconds until some of what was taken is free again: after a refusal, until the next is allowed. */
  readonly resetMilliseconds: number;
}

/**
 * Counts what happened lately, in tenths of a window.
 *
 * Exactly remembering each moment would cost memory by the limit; two counters, for this window and the last, would let
 * too many through at times. Tenths err to the safe side only: what was allowed counts for at least a whole window, at
 * most a tenth longer. So in no span of a window's length there are ever more than the limit.
 */
export class SlidingWindow {
  /** Alternately the number of a tenth and what was allowed in it, the oldest first. */
  readonly #counts: number[] = [];

  /**
   * Takes one, if there is room. What is refused does not count.
   *
   * @param now milliseconds of a clock that does not go back.
   */
  take(now: number, limit: number, windowMilliseconds: number): Taken {
    const counts = this.#counts;
    const width = windowMilliseconds / parts;
    const current = Math.floor(now / width);
    let forgotten = 0;
    while (forgotten < counts.length && (counts[forgotten] as number) < current - parts) forgotten += 2;
    if (forgotten > 0) counts.splice(0, forgotten);

    let used = 0;
    for (let index = 1; index < counts.length; index += 2) used += counts[index] as number;
    const allowed = used < limit;
    if (allowed) {
      used++;
      if (counts.at(-2) === current) counts[counts.length - 1] = (counts.at(-1) as number) + 1;
      else counts.push(current, 1);
    }
    const freeAt = ((counts[0] as number) + parts + 1) * width;
    return { allowed, remaining: limit - used, resetMilliseconds: freeAt - now };
  }
}

/** Milliseconds without a request after which a window is empty. */
export function windowLifetime(windowMilliseconds: number): number {
  return (windowMilliseconds * (parts + 1)) / parts;
}
