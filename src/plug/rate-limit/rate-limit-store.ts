import { SlidingWindow, type Taken, windowLifetime } from "./sliding-window.ts";

/** What a limit allows. */
export interface RateLimitPolicy {
  /** Names it in headers and reports. */
  readonly name: string;
  /** Requests of one key in any span of the window's length. */
  readonly limit: number;
  readonly windowMilliseconds: number;
}

/**
 * Where a rate limit keeps its counters. One that several machines share, in Redis for instance, is an object with this
 * one method.
 */
export interface RateLimitStore {
  /**
   * Takes one request from the quota of a key, if there is room.
   *
   * @param key different for different policies; at most 128 characters.
   * @returns the outcome, at once where nothing has to be awaited. A store that can hang should give up by itself.
   */
  take(key: string, policy: RateLimitPolicy): Taken | Promise<Taken>;
}

/** How a {@link memoryRateLimitStore} is bounded. */
export interface MemoryRateLimitOptions {
  /** How many keys are remembered at most, each about 200 bytes; 100,000 if absent. */
  readonly maxKeys?: number;
  /** The clock: milliseconds that never go back. For tests; `performance.now` if absent. */
  readonly now?: () => number;
}

/**
 * Counters in memory, for one node. They begin anew when it starts.
 *
 * Keys stand in two generations. What is used moves to the younger; when that is as old as the longest window, or
 * half of `maxKeys` large, it becomes the elder, and what the elder still held is forgotten. So there are no timers, and
 * who is forgotten is over anyway — **unless strangers make up new keys faster than they expire**: then those go first
 * that were not used for longest, and start again with a whole quota.
 */
export function memoryRateLimitStore(options: MemoryRateLimitOptions = {}): RateLimitStore & { readonly size: number } {
  const { maxKeys = 100_000, now = () => performance.now() } = options;
  if (!Number.isInteger(maxKeys) || maxKeys < 2) {
    throw new Error(`memoryRateLimitStore(): maxKeys is ${maxKeys}, and has to be a whole number of at least 2`);
  }
  return new MemoryStore(Math.floor(maxKeys / 2), now);
}

class MemoryStore implements RateLimitStore {
  readonly #generationSize: number;
  readonly #now: () => number;
  #young = new Map<string, SlidingWindow>();
  #old = new Map<string, SlidingWindow>();
  #youngSince: number;
  #lifetime = 0;

  constructor(generationSize: number, now: () => number) {
    this.#generationSize = generationSize;
    this.#now = now;
    this.#youngSince = now();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  take(key: string, { limit, windowMilliseconds }: RateLimitPolicy): Taken {
    const now = this.#now();
    this.#lifetime = Math.max(this.#lifetime, windowLifetime(windowMilliseconds));
    if (now - this.#youngSince > this.#lifetime) this.#rotate(now);
    return this.#windowOf(key, now).take(now, limit, windowMilliseconds);
  }

  #windowOf(key: string, now: number): SlidingWindow {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.#old.delete(key);
    if (this.#young.size >= this.#generationSize) this.#rotate(now);
    const window = old ?? new SlidingWindow();
    this.#young.set(key, window);
    return window;
  }

  #rotate(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}
