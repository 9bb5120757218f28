import { Connection } from "./connection.ts";
import type { ConnectionSettings } from "./request.ts";

/** What a connection is wanted for. One that writes may read as well. */
export type Purpose = "read" | "write";

export interface PoolOptions extends ConnectionSettings {
  /** Connections at most. */
  readonly size: number;
  /** How long anybody waits for a connection. */
  readonly waitMilliseconds: number;
  /** Called once if the pool cannot go on: the database cannot be opened, or lived in a thread that died. */
  onFailure(error: Error): void;
}

interface Waiting {
  readonly order: number;
  readonly timer: NodeJS.Timeout;
  resolve(connection: Connection): void;
  reject(error: Error): void;
}

/**
 * The connections of a repo, opened when they are needed.
 *
 * Invariant: at most one connection is lent for writing. SQLite has one write lock; two writers of one
 * process would only make each other wait asleep, and hold two connections for it. Whoever waits longest
 * comes first, except that readers pass writers who wait for the other writer.
 */
export class Pool {
  readonly #options: PoolOptions;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #readers: Waiting[] = [];
  readonly #writers: Waiting[] = [];
  #order = 0;
  #writing = false;
  #opening: Connection | undefined;
  #closed: Error | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Connections open now. */
  get size(): number {
    return this.#connections.size;
  }

  /**
   * Resolves when there is a connection, to be given back with {@link release}. Rejects if none becomes
   * free in time, and if the pool is closed or cannot open one.
   */
  acquire(purpose: Purpose): Promise<Connection> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      const line = purpose === "write" ? this.#writers : this.#readers;
      const timer = setTimeout(() => this.#giveUp(line, timer), this.#options.waitMilliseconds);
      line.push({ order: ++this.#order, timer, resolve, reject });
      this.#serve();
    });
  }

  /** Takes a connection back. `purpose` is what it was acquired for. */
  release(connection: Connection, purpose: Purpose): void {
    if (purpose === "write") this.#writing = false;
    if (!connection.ended) this.#idle.push(connection);
    this.#serve();
  }

  /** Refuses everybody from now on, and closes the connections after what they are doing. */
  async close(): Promise<void> {
    this.#refuse(new Error(`the repo on ${this.#options.path} has been stopped`));
    await Promise.all([...this.#connections].map((connection) => connection.close()));
  }

  #serve(): void {
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      const connection = this.#idle.pop();
      if (connection === undefined) return this.#open();
      if (line === this.#writers) this.#writing = true;
      const first = line.shift();
      clearTimeout(first?.timer);
      first?.resolve(connection);
    }
  }

  #giveUp(line: Waiting[], timer: NodeJS.Timeout): void {
    const index = line.findIndex((waiting) => waiting.timer === timer);
    const [waiting] = line.splice(index, 1);
    const { path, waitMilliseconds } = this.#options;
    const wanted =
      line === this.#writers && this.#writing ? "somebody else is still writing" : "all connections are in use";
    const advice = "Inside a transaction, use the transaction that the callback is given, and keep it short";
    waiting?.reject(new Error(`waited ${waitMilliseconds} ms for the database ${path}: ${wanted}. ${advice}.`));
  }

  /** The line whose first may go now, if a connection is there. */
  #nextLine(): Waiting[] | undefined {
    const reader = this.#readers[0];
    const writer = this.#writing ? undefined : this.#writers[0];
    if (reader === undefined) return writer && this.#writers;
    return writer !== undefined && writer.order < reader.order ? this.#writers : this.#readers;
  }

  #open(): void {
    if (this.#opening !== undefined || this.#connections.size >= this.#options.size || this.#closed !== undefined)
      return;
    const { path, busyTimeoutMilliseconds } = this.#options;
    const connection = new Connection({ path, busyTimeoutMilliseconds }, (lost, error) => this.#lost(lost, error));
    this.#opening = connection;
    this.#connections.add(connection);
    connection.opened.then(
      () => {
        this.#opening = undefined;
        if (!connection.ended) this.#idle.push(connection);
        this.#serve();
      },
      // The connection reports its loss as well, to #lost.
      () => {},
    );
  }

  #lost(connection: Connection, error: Error): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    // Nothing is left of a database in memory, and one that cannot be opened will not open for the next in line.
    if (this.#options.path === ":memory:" || this.#opening === connection) this.#fail(error);
    else this.#serve();
  }

  #fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#refuse(error);
    this.#options.onFailure(error);
  }

  #refuse(error: Error): void {
    this.#closed ??= error;
    for (const { reject, timer } of [...this.#readers.splice(0), ...this.#writers.splice(0)]) {
      clearTimeout(timer);
      reject(error);
    }
  }
}
