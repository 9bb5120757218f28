import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Transferable } from "node:worker_threads";
import { currentProcess, outsideProcesses } from "./context.ts";
import { Job } from "./isolated/job.ts";
import { poolOf } from "./isolated/pool-process.ts";
import type { Isolation } from "./isolated/protocol.ts";
import type { ExitReason } from "./message.ts";
import type { Node } from "./node.ts";
import { TaskEnded } from "./task/errors.ts";

export interface IsolatedOptions {
  /**
   * Milliseconds that it may run, counted from when it begins, without the time that it waits for its turn;
   * `Infinity` is allowed. To bound both, give `signal` an `AbortSignal.timeout`.
   */
  readonly timeout: number;
  /** Aborting it ends the function, at work or waiting; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * What stands between the function and the program, default `"process"`: its thread is in an operating-system
   * process of its own, and nothing that happens there ends or slows down the program.
   *
   * `"thread"`: a thread of the program, for code that is trusted and large data, since memory can be handed over
   * (`transfer`) and shared (`SharedArrayBuffer`). **One allocation that V8 cannot make** (an array of 300 million
   * elements, say) **ends the program then, and native code** (the parsing of a gigantic JSON text) **goes on
   * after the deadline**, though the call fails in time.
   */
  readonly isolation?: Isolation;
  /**
   * Megabytes that its objects may fill, default 512. In a process its buffers and native code may take as much
   * again, and 128 MB more. In a thread, which is looked at 20 times a second while the main thread runs, objects
   * and buffers may grow to twice that (above 512: four times) and 256 MB of buffers more, garbage included; what
   * native code and WebAssembly take is not seen there.
   */
  readonly maxOldSpaceMegabytes?: number;
  /** The export of the module that is the function; default `default`. */
  readonly export?: string;
  /** Objects in the argument that are handed over instead of copied: buffers, ports, streams. Only to a `"thread"`. */
  readonly transfer?: readonly Transferable[];
  /** The node whose pool it takes; default: that of the process that is running. */
  readonly node?: Node;
}

/** What an isolated function gets besides its argument. */
export interface IsolatedContext {
  /**
   * Makes `objects`, which are in `value`, be handed over instead of copied when it is returned from a thread of
   * the program. From a process everything is copied.
   *
   * @example return transfer(pixels, [pixels.buffer]);
   */
  transfer<Value>(value: Value, objects: readonly Transferable[]): Value;
}

const noTransfer =
  'Task.isolated was given transfer, but memory can be handed over only within one operating-system process: leave transfer out, and the argument is copied, or add isolation: "thread", and read there what may go wrong then';

/**
 * Runs a function in a worker thread elsewhere: for work that computes, and for code that cannot be trusted to end.
 *
 * JavaScript cannot be interrupted from within its own thread, so a loop without end stops everybody there. This
 * function is ended at its time-out wherever it is, and child processes that it has started with it. What it throws,
 * its `process.exit`, its exhaustion of memory and a crash in native code come back as errors.
 *
 * The argument is copied when the call is made, and the result when it is there (structured clone), so
 * functions and class instances do not cross over, nor `Blob`s and keys. Processes and threads are used again,
 * with what their modules have kept in variables. When the process that calls ends, so does the function; when the
 * program ends, however that happens, so does everything. **This is no wall against hostile code**: it may do all
 * that the program may.
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
  const { timeout, signal, isolation = "process", transfer = [], maxOldSpaceMegabytes = 512 } = options;
  if (!(timeout > 0)) throw new RangeError(`timeout is ${timeout}: it has to be a number of milliseconds, or Infinity`);
  if (!(maxOldSpaceMegabytes > 0 && maxOldSpaceMegabytes < Infinity)) {
    throw new RangeError(`maxOldSpaceMegabytes is ${maxOldSpaceMegabytes}: it has to be a number of megabytes`);
  }
  if (isolation === "process" && transfer.length > 0) throw new TypeError(noTransfer);
  signal?.throwIfAborted();
  const owner = currentProcess();
  const node = options.node ?? owner?.node ?? noNode();
  const job = new Job({
    module: urlOf(module),
    export: options.export ?? "default",
    argument,
    transfer,
    timeout,
    isolation,
    maxOldSpaceMegabytes,
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
  throw new Error("Task.isolated was called outside of a process: give it the node whose pool it is to take");
}
