import { startTimer } from "../timer.ts";
import { ChildProcess } from "./child-process.ts";
import { errorFrom } from "./described-error.ts";
import { IsolatedCrash, IsolatedOutOfMemory, IsolatedTimeout } from "./errors.ts";
import type { Job } from "./job.ts";
import type { End, Isolation, Report } from "./protocol.ts";
import type { Runner, RunnerEvents } from "./runner.ts";
import { WatchedThread } from "./watched-thread.ts";

/** Milliseconds that it gets to come up, before the time of its first job begins. */
const startPatience = 30_000;

/** Who has slots. */
export interface SlotOwner {
  /** The slot has nothing to do. */
  slotFree(slot: Slot): void;
  /** What did the work has ended: the slot takes no place any more. */
  slotEnded(slot: Slot): void;
}

/** What a job asks of the slot that does it. */
export interface SlotKind {
  readonly isolation: Isolation;
  readonly maxOldSpaceMegabytes: number;
}

/**
 * A thread, or a process, and the job that it is at, if any. It keeps the program alive only while it has one.
 *
 * Invariant: a job that it was given is settled by it, once; after {@link Slot.end} it takes no more.
 */
export class Slot {
  readonly kind: SlotKind;
  /** Resolves when the thread or process has ended. */
  readonly exited: Promise<void>;
  readonly #owner: SlotOwner;
  readonly #runner: Runner;
  #ready = false;
  #ending = false;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: SlotOwner, { isolation, maxOldSpaceMegabytes }: SlotKind) {
    const exited = Promise.withResolvers<void>();
    this.#owner = owner;
    this.kind = { isolation, maxOldSpaceMegabytes };
    this.exited = exited.promise;
    this.#runner = start(this.kind, {
      reported: (report) => this.#reported(report),
      ended: (end) => {
        this.#ending = true;
        this.#settle((job) => job.reject(this.#errorOf(end, job)));
        clearTimeout(this.#timer);
        owner.slotEnded(this);
        exited.resolve();
      },
    });
  }

  /** Whether it would take a job now. */
  get free(): boolean {
    return this.#job === undefined && !this.#ending;
  }

  /** Whether it is made as this job asks. */
  fits({ isolation, maxOldSpaceMegabytes }: SlotKind): boolean {
    return this.kind.isolation === isolation && this.kind.maxOldSpaceMegabytes === maxOldSpaceMegabytes;
  }

  /** Whether this is the job that it is at. */
  isAt(job: Job): boolean {
    return this.#job === job;
  }

  /** Gives it a job. It has to be free, and to fit. */
  take(job: Job): void {
    this.#job = job;
    clearTimeout(this.#timer);
    this.#startClock(job);
    this.#runner.order(...job.handOver());
  }

  /** Ends it if it is still free after so many milliseconds, which keep nothing alive. */
  endIfIdleFor(milliseconds: number): void {
    this.#timer = startTimer(() => this.end(undefined), milliseconds)?.unref();
  }

  /** Ends it, whatever it is at. Its job fails at once; native code may keep a thread for longer. */
  end(error: unknown): Promise<void> {
    this.#ending = true;
    this.#settle((job) => job.reject(error));
    this.#runner.end();
    return this.exited;
  }

  #startClock(job: Job): void {
    clearTimeout(this.#timer);
    const milliseconds = this.#ready ? job.options.timeout : startPatience;
    this.#timer = startTimer(() => this.end(new IsolatedTimeout(job.name, milliseconds)), milliseconds);
  }

  #reported(report: Report): void {
    const job = this.#job;
    if (this.#ending) return;
    if (report.kind === "ready") {
      this.#ready = true;
      if (job !== undefined) this.#startClock(job);
    } else if (report.kind === "ending") {
      void this.end(job && this.#errorOf(report.end, job));
    } else if (job !== undefined) {
      this.#settle(() => {
        if (report.kind === "done") job.resolve(report.value);
        else job.reject(crash(job, errorFrom(report.error)));
      });
      this.#runner.rest();
      this.#owner.slotFree(this);
    }
  }

  #settle(how: (job: Job) => void): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#job = undefined;
    clearTimeout(this.#timer);
    how(job);
  }

  #errorOf(end: End, job: Job): Error {
    const options = end.cause === undefined ? undefined : { cause: errorFrom(end.cause) };
    if (end.kind === "crash") return new IsolatedCrash(`${job.name} ${end.words}`, options);
    return new IsolatedOutOfMemory(job.name, this.kind.maxOldSpaceMegabytes, options);
  }
}

function start({ isolation, maxOldSpaceMegabytes }: SlotKind, events: RunnerEvents): Runner {
  if (isolation === "thread") return new WatchedThread(maxOldSpaceMegabytes, events);
  return new ChildProcess(maxOldSpaceMegabytes, events);
}

function crash(job: Job, cause: unknown): IsolatedCrash {
  return new IsolatedCrash(`${job.name} crashed: ${String(cause)}`, { cause });
}
