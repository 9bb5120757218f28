/** Milliseconds between two looks. */
const interval = 50;

/** Looks now and then at how much memory is in use, and says once when it is too much. */
export class MemoryWatch {
  readonly #measure: () => number | Promise<number>;
  #timer: NodeJS.Timeout | undefined;

  /** @param measure gives bytes. Who cannot answer rejects, and is asked again. */
  constructor(measure: () => number | Promise<number>) {
    this.#measure = measure;
  }

  /** From now on more than `most` bytes are too much. Keeps nothing alive. */
  start(most: number, exceeded: () => void): void {
    this.stop();
    let asking = false;
    const timer = setInterval(async () => {
      if (asking) return;
      asking = true;
      const used = await Promise.resolve(this.#measure()).catch(() => 0);
      asking = false;
      if (used <= most || this.#timer !== timer) return;
      this.stop();
      exceeded();
    }, interval).unref();
    this.#timer = timer;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
