import { extname } from "node:path/posix";
import { type Transferable, Worker } from "node:worker_threads";
import { describeError } from "./described-error.ts";
import type { End, Order, Report } from "./protocol.ts";
import type { Runner, RunnerEvents } from "./runner.ts";

// The extension is this file's own: the sources run as .ts, the build as .js, and no compiler rewrites it in a string.
const workerUrl = new URL(`./worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/** Bytes of buffers that V8 may leave lying before it collects them. */
const uncollectedBuffers = 256 * 1024 ** 2;

/** A worker thread. */
export class Thread implements Runner {
  readonly #worker: Worker;
  #cause: unknown;

  /** @param megabytes the heap at which V8 ends it, or, if one step goes far beyond, the operating-system process. */
  constructor(megabytes: number, events: RunnerEvents) {
    this.#worker = new Worker(workerUrl, {
      name: "anqa isolated",
      resourceLimits: { maxOldGenerationSizeMb: megabytes },
    });
    this.#worker.unref();
    this.#worker.on("message", (report: Report) => events.reported(report));
    this.#worker.on("messageerror", (error) => events.reported({ kind: "failed", error: describeError(error) }));
    this.#worker.on("error", (error) => {
      this.#cause = error;
    });
    this.#worker.on("exit", (code) => events.ended(endOf(this.#cause, code)));
  }

  order(order: Order, transfer: readonly Transferable[]): void {
    this.#worker.ref();
    this.#worker.postMessage(order, transfer);
  }

  rest(): void {
    this.#worker.unref();
  }

  /** Native code that it is in may keep it for longer. */
  end(): void {
    // Others may wait for its place, and nothing else might keep the program alive.
    this.#worker.ref();
    this.#worker.terminate();
  }

  /**
   * Bytes of its objects, and of its buffers beyond those that may be garbage. Answered also by a thread in a loop,
   * but not by one in native code.
   */
  async memory(): Promise<number> {
    const { used_heap_size: heap, external_memory: buffers } = await this.#worker.getHeapStatistics();
    return heap + Math.max(0, buffers - uncollectedBuffers);
  }
}

function endOf(cause: unknown, code: number): End {
  if ((cause as { code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return { kind: "memory", cause: undefined };
  }
  if (cause !== undefined) {
    return { kind: "crash", words: `crashed: ${String(cause)}`, cause: describeError(cause) };
  }
  return { kind: "crash", words: `ended its thread with code ${code}, as process.exit does`, cause: undefined };
}
