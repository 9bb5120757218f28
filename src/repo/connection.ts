import { extname } from "node:path/posix";
import { Worker } from "node:worker_threads";
import type { ConnectionSettings, Reply, Request } from "./request.ts";

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

// The extension is this file's own: the sources run as .ts, the build as .js, and no compiler rewrites it in a string.
const workerUrl = new URL(`./connection-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/**
 * A connection to the database, held by a thread.
 *
 * Invariant: the thread answers in the order of the requests, so replies need no numbers. It keeps the
 * operating-system process alive only while an answer is due.
 */
export class Connection {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #waiting: Waiting[] = [];
  readonly #exited: Promise<void>;
  #cause: unknown;
  #end: Error | undefined;
  #open = false;
  #closing = false;
  #inTransaction = false;

  /** Resolves once the database is open; rejects with why it could not be. */
  readonly opened: Promise<unknown>;

  /** @param onLost called if the connection ends without having been closed. */
  constructor(settings: ConnectionSettings, onLost: (connection: Connection, error: Error) => void) {
    this.#path = settings.path;
    // Node 24 warns about node:sqlite and about type stripping in every thread.
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    this.#worker = new Worker(workerUrl, { workerData: settings, execArgv, name: `anqa repo ${settings.path}` });
    this.opened = this.#answer();
    this.#worker.on("message", (reply: Reply) => this.#replied(reply));
    this.#worker.on("error", (error) => {
      this.#cause = error;
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        const error = this.#lost(code);
        resolve();
        if (!this.#closing) onLost(this, error);
      });
    });
  }

  /** Whether it is of no more use. */
  get ended(): boolean {
    return this.#end !== undefined || this.#closing;
  }

  /** Whether a transaction is open, as of the last reply. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Asks the thread. Rejects only if the connection is lost; what the database refuses is in the reply. */
  request(request: Request): Promise<Reply> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#closing) return Promise.reject(new Error(`the connection to ${this.#path} has been closed`));
    const answer = this.#answer();
    this.#worker.postMessage(request);
    return answer;
  }

  /** Lets the thread finish what it was asked, closes the database and ends the thread. */
  async close(): Promise<void> {
    if (!this.ended) {
      // Whether it answers or dies first: all that matters is that the thread ends.
      this.request({ kind: "close" }).catch(() => {});
      this.#closing = true;
    }
    this.#worker.ref();
    await this.#exited;
  }

  #answer(): Promise<Reply> {
    if (this.#waiting.length === 0) this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #replied(reply: Reply): void {
    this.#open = true;
    this.#inTransaction = reply.inTransaction;
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0 && !this.#closing) this.#worker.unref();
    waiting?.resolve(reply);
  }

  #lost(code: number): Error {
    const why = this.#cause instanceof Error ? this.#cause.message : `its thread ended with code ${code}`;
    const what = this.#open ? "the connection to the database was lost" : "the database could not be opened";
    this.#end = new Error(`${what}: ${why} (${this.#path})`, { cause: this.#cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
    return this.#end;
  }
}
