import { availableParallelism } from "node:os";
import { IsolatedOverload } from "./errors.ts";
import type { Job } from "./job.ts";
import { Thread, type ThreadOwner } from "./thread.ts";

export interface IsolatedPoolOptions {
  /** Threads at most; default: one less than the machine runs at the same time, at least 1. */
  readonly size?: number;
  /** Calls that may wait for a thread, default 1,000. */
  readonly queueLimit?: number;
  /** Milliseconds after which a thread without work ends, default 30,000. */
  readonly idleAfter?: number;
}

const defaultQueueLimit = 1_000;
const defaultIdleAfter = 30_000;

/**
 * Threads, started when they are needed, and the jobs that wait for one.
 *
 * Invariant: jobs wait only while every place is taken, or is about to become free.
 */
export class IsolatedPool implements ThreadOwner {
  readonly #size: number;
  readonly #queueLimit: number;
  readonly #idleAfter: number;
  /** Called when the last thread has ended. */
  readonly #emptied: (() => void) | undefined;
  readonly #threads = new Set<Thread>();
  readonly #waiting = new Set<Job>();
  #end: Error | undefined;

  constructor(options: IsolatedPoolOptions = {}, emptied?: () => void) {
    this.#size = options.size ?? Math.max(1, availableParallelism() - 1);
    this.#queueLimit = options.queueLimit ?? defaultQueueLimit;
    this.#idleAfter = options.idleAfter ?? defaultIdleAfter;
    this.#emptied = emptied;
  }

  /** Whether it takes no more jobs. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Threads that have not ended. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Does a job as soon as there is a thread for it. */
  run(job: Job): void {
    if (this.#end !== undefined) return job.reject(this.#end);
    if (this.#assign(job)) return;
    if (this.#waiting.size >= this.#queueLimit) return job.reject(new IsolatedOverload(job.name, this.#waiting.size));
    this.#waiting.add(job);
  }

  /** Makes a job fail, and ends the thread that is at it. */
  cancel(job: Job, error: unknown): void {
    this.#waiting.delete(job);
    for (const thread of this.#threads) if (thread.isAt(job)) thread.end(error);
    job.reject(error);
  }

  /** Ends all threads, whatever they are at, and resolves when they have ended. */
  async end(): Promise<void> {
    this.#end ??= new Error("the pool of threads has ended, and with it what it was at");
    for (const job of this.#waiting) job.reject(this.#end);
    this.#waiting.clear();
    await Promise.all(Array.from(this.#threads, (thread) => thread.end(this.#end)));
  }

  threadFree(thread: Thread): void {
    this.#assignWaiting();
    if (thread.free) thread.endIfIdleFor(this.#idleAfter);
  }

  threadEnded(thread: Thread): void {
    this.#threads.delete(thread);
    this.#assignWaiting();
    if (this.#threads.size === 0) this.#emptied?.();
  }

  #assignWaiting(): void {
    for (const job of this.#waiting) {
      if (!this.#assign(job)) return;
      this.#waiting.delete(job);
    }
  }

  #assign(job: Job): boolean {
    const thread = this.#threadFor(job.options.maxOldSpaceMegabytes);
    thread?.take(job);
    return thread !== undefined;
  }

  /** A free thread with this limit, an old one or a new one. Makes room for a new one if others are free. */
  #threadFor(maxOldSpaceMegabytes: number): Thread | undefined {
    const free = Array.from(this.#threads).filter((thread) => thread.free);
    const fitting = free.find((thread) => thread.maxOldSpaceMegabytes === maxOldSpaceMegabytes);
    if (fitting !== undefined) return fitting;
    if (this.#threads.size < this.#size) {
      const thread = new Thread(this, maxOldSpaceMegabytes);
      this.#threads.add(thread);
      return thread;
    }
    free[0]?.end(undefined);
    return undefined;
  }
}
