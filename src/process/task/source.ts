/** Items, all there or coming. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** Where a stream of tasks takes its items from, one at a time, waiting for none. */
export class Source<Item> {
  readonly #iterator: Iterator<Item> | AsyncIterator<Item>;
  readonly #take: (item: Item) => void;
  readonly #changed: () => void;
  #pending = false;
  /** No more items are asked for. */
  #finished = false;
  /** The source itself has come to its end. */
  #exhausted = false;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param take gets each item.
   * @param changed is called when an item that was not there at once has come, or will not come.
   */
  constructor(items: Items<Item>, take: (item: Item) => void, changed: () => void) {
    this.#iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    this.#take = take;
    this.#changed = changed;
  }

  /** Whether an item has been asked for and is not there yet. */
  get pending(): boolean {
    return this.#pending;
  }

  /** Asks for an item. Returns whether it is there already, so that another may be asked for. */
  ask(): boolean {
    if (this.#pending || this.#finished) return false;
    try {
      const result = this.#iterator.next();
      if (!(result instanceof Promise)) return this.#got(result as IteratorResult<Item>);
      this.#pending = true;
      result
        .then((late) => {
          if (!this.#finished) this.#got(late);
        })
        .catch((error) => this.#failed(error))
        .finally(() => {
          this.#pending = false;
          this.#changed();
        });
    } catch (error) {
      this.#failed(error);
    }
    return false;
  }

  /** @throws what kept the next item from being taken, if anything did. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Takes no more items, and tells the source if it would have had some. */
  async close(): Promise<void> {
    this.#finished = true;
    if (this.#exhausted) return;
    this.#exhausted = true;
    const closed = Promise.resolve(this.#iterator.return?.());
    // A source that still waits for its next item hears of this only then: too late to wait for it.
    if (this.#pending) closed.catch(() => {});
    else await closed;
  }

  #got(result: IteratorResult<Item>): boolean {
    if (result.done === true) this.#finished = this.#exhausted = true;
    else this.#take(result.value);
    return !this.#finished;
  }

  #failed(error: unknown): void {
    this.#finished = true;
    this.#failure ??= { error };
  }
}
