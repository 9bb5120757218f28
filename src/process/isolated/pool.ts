import { availableParallelism } from "node:os";
import { IsolatedCrash, IsolatedOverload } from "./errors.ts";
import type { Job } from "./job.ts";
import { Slot, type SlotKind, type SlotOwner } from "./slot.ts";

export interface IsolatedPoolOptions {
  /** Functions at work at most; default: one less than the machine runs at the same time, at least 1. */
  readonly size?: number;
  /** Calls that may wait for their turn, default 1,000. */
  readonly queueLimit?: number;
  /** Milliseconds after which a process or thread without work ends, default 30,000. */
  readonly idleAfter?: number;
}

const defaultQueueLimit = 1_000;
const defaultIdleAfter = 30_000;

/**
 * Slots, started when they are needed, and the jobs that wait for one.
 *
 * Invariant: jobs wait only while every place is taken, or is about to become free.
 */
export class IsolatedPool implements SlotOwner {
  readonly #size: number;
  readonly #queueLimit: number;
  readonly #idleAfter: number;
  /** Called when the last slot has ended. */
  readonly #emptied: (() => void) | undefined;
  readonly #slots = new Set<Slot>();
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

  /** Does a job as soon as there is a slot for it. */
  run(job: Job): void {
    if (this.#end !== undefined) return job.reject(this.#end);
    if (this.#assign(job)) return;
    if (this.#waiting.size >= this.#queueLimit) return job.reject(new IsolatedOverload(job.name, this.#waiting.size));
    this.#waiting.add(job);
  }

  /** Makes a job fail, and ends the slot that is at it. */
  cancel(job: Job, error: unknown): void {
    this.#waiting.delete(job);
    for (const slot of this.#slots) if (slot.isAt(job)) void slot.end(error);
    job.reject(error);
  }

  /** Ends all slots, whatever they are at, and resolves when their threads and processes have ended. */
  async end(): Promise<void> {
    this.#end ??= new Error("the pool has ended, and with it what it was at");
    for (const job of this.#waiting) job.reject(this.#end);
    this.#waiting.clear();
    await Promise.all(Array.from(this.#slots, (slot) => slot.end(this.#end)));
  }

  slotFree(slot: Slot): void {
    this.#assignWaiting();
    if (slot.free) slot.endIfIdleFor(this.#idleAfter);
  }

  slotEnded(slot: Slot): void {
    this.#slots.delete(slot);
    this.#assignWaiting();
    if (this.#slots.size === 0) this.#emptied?.();
  }

  #assignWaiting(): void {
    for (const job of this.#waiting) {
      if (!this.#assign(job)) return;
      this.#waiting.delete(job);
    }
  }

  #assign(job: Job): boolean {
    try {
      const slot = this.#slotFor(job.options);
      slot?.take(job);
      return slot !== undefined;
    } catch (error) {
      // The system has no process or thread to give.
      job.reject(new IsolatedCrash(`${job.name} could not be started: ${String(error)}`, { cause: error }));
      return true;
    }
  }

  /** A free slot of this kind, an old one or a new one. Makes room for a new one if others are free. */
  #slotFor(kind: SlotKind): Slot | undefined {
    const free = Array.from(this.#slots).filter((slot) => slot.free);
    const fitting = free.find((slot) => slot.fits(kind));
    if (fitting !== undefined) return fitting;
    if (this.#slots.size < this.#size) {
      const slot = new Slot(this, kind);
      this.#slots.add(slot);
      return slot;
    }
    void free[0]?.end(undefined);
    return undefined;
  }
}
