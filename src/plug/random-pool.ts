import { randomFillSync } from "node:crypto";

/**
 * Random bytes in small portions. One call of the operating system's generator costs the same for four
 * bytes as for a thousand; so bytes are drawn many at once and handed out, each only once.
 */
export class RandomPool {
  readonly #bytes: Buffer;
  #used: number;

  /** @param size bytes drawn at once. */
  constructor(size = 4096) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#used = size;
  }

  /**
   * Fresh bytes. They are a view of the pool, valid until the next call.
   *
   * @throws if it is more than the pool holds.
   */
  take(count: number): Buffer {
    if (count > this.#bytes.length) {
      throw new Error(`${count} random bytes were asked of a pool of ${this.#bytes.length}: make it larger`);
    }
    if (this.#used + count > this.#bytes.length) {
      randomFillSync(this.#bytes);
      this.#used = 0;
    }
    this.#used += count;
    return this.#bytes.subarray(this.#used - count, this.#used);
  }

  /** Fresh bytes as base64url text: 4 characters for each 3 bytes. */
  text(count: number): string {
    return this.take(count).toString("base64url");
  }
}

/** The pool of a server, known by its configuration: what one server hands out, no other does. */
export function randomPool(config: object): RandomPool {
  let pool = pools.get(config);
  if (pool === undefined) {
    pool = new RandomPool();
    pools.set(config, pool);
  }
  return pool;
}

const pools = new WeakMap<object, RandomPool>();
