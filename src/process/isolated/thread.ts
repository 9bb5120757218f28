import { extname } from "node:path/posix";
import { Worker } from "node:worker_threads";
import { startTimer } from "../timer.ts";
import { errorFrom } from "./described-error.ts";
import { IsolatedCrash, IsolatedOutOfMemory, IsolatedTimeout } from "./errors.ts";
import { engineLimit, watchHeap } from "./heap-limit.ts";
import type { Job } from "./job.ts";
import type { Report } from "./protocol.ts";

// The extension is this file's own: the sources run as .ts, the build as .js, and no compiler rewrites it in a string.
const workerUrl = new URL(`./worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/** Milliseconds that a thread gets to come up, before the time of its first job begins. */
const startPatience = 30_000;

/** Who has threads. */
export interface ThreadOwner {
  /** The thread has nothing to do. */
  threadFree(thread: Thread): void;
  /** The thread has ended: it takes no place any more. */
  threadEnded(thread: Thread): void;
}

/**
 * A thread and the job that it is at, if any. It keeps the operating-system process alive only while it has one.
 *
 * Invariant: a job that it was given is settled by it, once; after {@link Thread.end} it takes no more.
 */
export class Thread {
  readonly maxOldSpaceMegabytes: number;
  /** Resolves when the thread has ended. */
  readonly exited: Promise<void>;
  readonly #owner: ThreadOwner;
  readonly #worker: Worker;
  #ready = false;
  #ending = false;
  #job: Job | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;
  /** Why it ends, if it does not end on its own. */
  #cause: unknown;

  constructor(owner: ThreadOwner, maxOldSpaceMegabytes: number) {
    this.#owner = owner;
    this.maxOldSpaceMegabytes = maxOldSpaceMegabytes;
    this.#worker = new Worker(workerUrl, {
      name: "anqa isolated",
      resourceLimits: { maxOldGenerationSizeMb: engineLimit(maxOldSpaceMegabytes) },
    });
    this.#worker.unref();
    this.#worker.on("message", (report: Report) => this.#reported(report));
    this.#worker.on("messageerror", (error) => this.end(error));
    this.#worker.on("error", (error) => {
      this.#cause = error;
    });
    this.exited = new Promise((resolve) => {
      this.#worker.on("exit", (code) => {
        this.#ending = true;
        this.#settle((job) => job.reject(this.#whyEnded(job, code)));
        clearTimeout(this.#timer);
        owner.threadEnded(this);
        resolve();
      });
    });
  }

  /** Whether it would take a job now. */
  get free(): boolean {
    return this.#job === undefined && !this.#ending;
  }

  /** Whether this is the job that it is at. */
  isAt(job: Job): boolean {
    return this.#job === job;
  }

  /** Gives it a job. It has to be free. */
  take(job: Job): void {
    this.#job = job;
    clearTimeout(this.#timer);
    this.#worker.ref();
    this.#startClock();
    this.#unwatch = watchHeap(this.#worker, this.maxOldSpaceMegabytes, () => this.end(this.#outOfMemory(job)));
    const [order, transfer] = job.handOver();
    this.#worker.postMessage(order, transfer);
  }

  /** Ends it if it is still free after so many milliseconds, which keep nothing alive. */
  endIfIdleFor(milliseconds: number): void {
    this.#timer = startTimer(() => this.end(undefined), milliseconds)?.unref();
  }

  /** Ends it, whatever it is at. Its job fails at once; native code may keep the thread for longer. */
  end(error: unknown): Promise<void> {
    this.#ending = true;
    this.#settle((job) => job.reject(error));
    // Others may wait for its place, and nothing else might keep the program alive.
    this.#worker.ref();
    this.#worker.terminate();
    return this.exited;
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const job = this.#job as Job;
    const milliseconds = this.#ready ? job.options.timeout : startPatience;
    this.#timer = startTimer(() => this.end(new IsolatedTimeout(job.name, milliseconds)), milliseconds);
  }

  #reported(report: Report): void {
    if (this.#ending) return;
    if (report.kind === "ready") {
      this.#ready = true;
      if (this.#job !== undefined) this.#startClock();
      return;
    }
    if (this.#job === undefined) return;
    this.#settle((job) => {
      if (report.kind === "done") job.resolve(report.value);
      else job.reject(crash(job, errorFrom(report.error)));
    });
    this.#worker.unref();
    this.#owner.threadFree(this);
  }

  #settle(how: (job: Job) => void): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#job = undefined;
    clearTimeout(this.#timer);
    this.#unwatch?.();
    how(job);
  }

  #outOfMemory(job: Job): Error {
    return new IsolatedOutOfMemory(job.name, this.maxOldSpaceMegabytes);
  }

  #whyEnded(job: Job, code: number): Error {
    if ((this.#cause as { code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY") {
      return this.#outOfMemory(job);
    }
    if (this.#cause !== undefined) return crash(job, this.#cause);
    return new IsolatedCrash(`${job.name} ended its thread with code ${code}, as process.exit does`);
  }
}

function crash(job: Job, cause: unknown): IsolatedCrash {
  return new IsolatedCrash(`${job.name} crashed: ${String(cause)}`, { cause });
}
