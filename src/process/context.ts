import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { toError } from "./message.ts";
import type { Process } from "./process.ts";

/** Which process the code belongs to that is running; follows it through awaits, timers and callbacks. */
const running = new AsyncLocalStorage<Process | undefined>();

/** The process whose code is running, also after awaits and in its timers; undefined outside of processes. */
export function currentProcess(): Process | undefined {
  return running.getStore();
}

/**
 * The process whose code is running, also after awaits and in its timers.
 *
 * @throws outside of processes, for example in a controller.
 */
export function self(): Process {
  const process = running.getStore();
  if (process === undefined) {
    throw new Error(
      "self() was called outside of a process: call it in what a process runs, or use the process that spawn gave you",
    );
  }
  return process;
}

/**
 * Ties a callback to the process that is running now: whoever calls it, what it throws ends that process,
 * and what it starts belongs to it. For callbacks given to emitters and pools that others use as well, which
 * would otherwise run in the name of whoever makes them fire, and hurt them when they throw.
 *
 * @throws outside of processes.
 * @example emitter.on("change", bind((value) => socket.assign({ value })));
 */
export function bind<Arguments extends unknown[]>(
  callback: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const owner = self();
  const context = contextOf(owner);
  return (...given) => {
    if (owner.ended) return;
    try {
      context.runInAsyncScope(callback, undefined, ...given);
    } catch (thrown) {
      owner.exit(toError(thrown));
    }
  };
}

/**
 * Runs a function that belongs to no process: for servers, pools and timers that a process starts but that
 * work for everybody. What fails in them is reported, and ends no process.
 */
export function outsideProcesses<Result>(work: () => Result): Result {
  return running.run(undefined, work);
}

/** The way into a process's context. Entering costs a hundredth of making it, so processes keep it while they are awake. */
export function contextOf(process: Process): AsyncResource {
  return running.run(process, () => new AsyncResource("anqa.process"));
}
