import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Transferable } from "node:worker_threads";
import { currentProcess, outsideProcesses } from "./context.ts";
import { Job } from "./isolated/job.ts";
import { poolOf } from "./isolated/pool-process.ts";
import type { ExitReason } from "./message.ts";
import type { Node } from "./node.ts";
import { TaskEnded } from "./task/errors.ts";

export interface IsolatedOptions {
  /**
   * Milliseconds that it may run, counted from when a thread begins with it, without the time that it waits for
   * one; `Infinity` is allowed. To bound both, give `signal` an `AbortSignal.timeout`.
   */
  readonly timeout: number;
  /** Aborting it ends the function, at work or waiting; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Megabytes that its objects may fill, default 512. Looked at 20 times a second, and counted with some garbage:
   * it is ended when its heap has grown to twice that (above 512: four times). **Buffers are not counted, and one
   * single operation that allocates a gigabyte or more** (an array of 300 million elements, say) **may end the
   * whole program**, as it would without a thread.
   */
  readonly maxOldSpaceMegabytes?: number;
  /** The export of the module that is the function; default `default`. */
  readonly export?: string;
  /** Objects in the argument that are handed over instead of copied: buffers, ports, streams. */
  readonly transfer?: readonly Transferable[];
  /** The node whose threads it takes; default: that of the process that is running. */
  readonly node?: Node;
}

/** What an isolated function gets besides its argument. */
export interface IsolatedContext {
  /**
   * Makes `objects`, which are in `value`, be handed over instead of copied when it is returned.
   *
   * @example return transfer(pixels, [pixels.buffer]);
   */
  transfer<Value>(value: Value, objects: readonly Transferable[]): Value;
}

const defaultMegabytes = 512;

/**
 * Runs a function in a thread of its own: for work that computes, and for code that cannot be trusted to end.
 *
 * JavaScript cannot be interrupted from within its own thread, so a loop without end stops everybody there. A
 * thread can be: at its time-out this function is ended wherever it is. What it throws, its `process.exit` and
 * its exhaustion of memory come back as errors.
 *
 * The argument is copied when the call is made, and the result when it is there (structured clone), so
 * functions and class instances do not cross over. Threads are used again, with what their modules have kept in
 * variables. When the process that calls ends, so does the function. **A thread is no wall against hostile
 * code**: it may do all that the program may, and native code that crashes takes the program with it.
 *
 * @param module the module that exports the function: a URL, or an absolute path. Relative to the caller it is
 * `new URL("./resize.ts", import.meta.url)`; of a package, `import.meta.resolve("package")`.
 * @throws (as a rejection) {@link IsolatedTimeout}, {@link IsolatedCrash} with what it threw as `cause`,
 * {@link IsolatedOutOfMemory}, {@link IsolatedOverload}, the reason of `signal`, or `DataCloneError` if the
 * argument cannot be copied.
 * @example
 * const thumbnail = await Task.isolated<Uint8Array>(new URL("./resize.ts", import.meta.url), image, {
 *   timeout: 2_000,
 *   maxOldSpaceMegabytes: 128,
 * });
 */
export async function isolated<Value = unknown>(
  module: URL | string,
  argument: unknown,
  options: IsolatedOptions,
): Promise<Value> {
  const { timeout, signal } = options;
  if (!(timeout > 0)) throw new RangeError(`timeout is ${timeout}: it has to be a number of milliseconds, or Infinity`);
  signal?.throwIfAborted();
  const owner = currentProcess();
  const node = options.node ?? owner?.node ?? noNode();
  const job = new Job({
    module: urlOf(module),
    export: options.export ?? "default",
    argument,
    transfer: options.transfer ?? [],
    timeout,
    maxOldSpaceMegabytes: options.maxOldSpaceMegabytes ?? defaultMegabytes,
  });
  const pool = poolOf(node);
  const abort = () => pool.cancel(job, signal?.reason);
  const ownerEnded = (reason: ExitReason) => pool.cancel(job, new TaskEnded(job.name, reason));
  signal?.addEventListener("abort", abort, { once: true });
  owner?.onExit(ownerEnded);
  try {
    outsideProcesses(() => pool.run(job));
    return (await job.result) as Value;
  } finally {
    signal?.removeEventListener("abort", abort);
    owner?.offExit(ownerEnded);
    // Who waited is no more: what came of it goes nowhere.
    if (owner?.ended === true) await new Promise(() => {});
  }
}

function urlOf(module: URL | string): string {
  if (module instanceof URL) return module.href;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  if (URL.canParse(module)) return module;
  throw new TypeError(
    `Task.isolated cannot tell where "${module}" is: give it new URL("${module}", import.meta.url), or import.meta.resolve("${module}") for a package`,
  );
}

function noNode(): never {
  throw new Error("Task.isolated was called outside of a process: give it the node whose threads it is to take");
}
