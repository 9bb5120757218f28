import { url as inspectorUrl } from "node:inspector";
import { extname } from "node:path/posix";
import { Worker } from "node:worker_threads";
import { currentProcess } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Node } from "./node.ts";
import { formatPid } from "./pid.ts";
import type { ChildSpec } from "./supervisor.ts";
import { eventLoopStall } from "./watchdog/events.ts";
import { Heartbeat } from "./watchdog/heartbeat.ts";
import { type MainThread, milliseconds, type StallReport, type WatchdogSettings } from "./watchdog/settings.ts";

// The extension is this file's own: the sources run as .ts, the build as .js, and no compiler rewrites it in a string.
const threadUrl = new URL(`./watchdog/thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

const registeredName = "anqa watchdog";

/** Milliseconds between two beats at most: an idle application is woken twice a second. */
const longestInterval = 500;

/** Megabytes of heap for the thread: the debugger names every script of the application to it. */
const threadHeap = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

export interface WatchdogOptions {
  /** Milliseconds that the event loop may stand still until that is reported, default 1,000. */
  readonly softLimit?: number;
  /** Milliseconds that it may stand still until the operating-system process is ended, default 30,000. */
  readonly hardLimit?: number;
  /** What is running now, for the report; by default the process that is. Called while the main thread is stopped. */
  readonly describe?: () => string | undefined;
}

/**
 * A child that watches the event loop from a thread of its own.
 *
 * JavaScript cannot be taken away from a handler that computes without end: nothing else in the same
 * operating-system process gets its turn again, no timer, no signal handler. So after `softLimit` the thread
 * writes to the standard error what is running and where, once per stall, and the event
 * {@link eventLoopStall} follows when the loop runs again. After `hardLimit` it ends the operating-system process with
 * `exitCodes.eventLoopBlocked`, or with SIGKILL if the main thread is in native code, and whoever started it
 * (`anqa server`, systemd, Docker) starts it again.
 *
 * `anqa server` brings one with the default limits; an application with a watchdog of its own replaces it. It
 * watches nothing while a debugger can be attached (`--inspect`).
 *
 * @example application({ children: [watchdog({ hardLimit: 10_000 }), endpoint({ router })] });
 */
export function watchdog(options: WatchdogOptions = {}): ChildSpec {
  return {
    id: "watchdog",
    start: (node) =>
      node.spawn(
        "watchdog",
        (process) => {
          const stop = startWatchdog(options, (error) => process.exit(error));
          process.onExit(stop);
          return { receive() {} };
        },
        { name: registeredName },
      ),
  };
}

/** Whether the application on this node brings a watchdog of its own. */
export function hasWatchdog(node: Node): boolean {
  return node.whereis(registeredName) !== undefined;
}

/**
 * Starts what {@link watchdog} does outside of any node.
 *
 * @param onLost called if its thread fails, which then watches no more.
 * @returns a function that ends it.
 */
export function startWatchdog(options: WatchdogOptions = {}, onLost: (error: Error) => void = () => {}): () => void {
  const { softLimit = 1_000, hardLimit = 30_000, describe = runningProcess } = options;
  if (!(softLimit > 0 && hardLimit > softLimit)) {
    throw new Error(
      `a watchdog with softLimit ${softLimit} and hardLimit ${hardLimit}: both are milliseconds, and the soft one is the shorter`,
    );
  }
  const interval = Math.min(longestInterval, softLimit / 2);
  const heartbeat = new Heartbeat();
  const key = `anqa.watchdog.${crypto.randomUUID()}`;
  const mainThread: MainThread = { describe, end: becomeExit };
  // The debugger can call only what it finds by a name, and there is no name in all modules but a global one.
  Object.defineProperty(globalThis, Symbol.for(key), { value: mainThread, configurable: true });

  let lastBeat = milliseconds();
  let lastStall = 0;
  const beat = () => {
    const now = milliseconds();
    const late = now - lastBeat - interval;
    if (late >= softLimit) lastStall = late;
    lastBeat = now;
    heartbeat.beat(now, inspectorUrl() !== undefined);
  };
  beat();
  const timer = setInterval(beat, interval).unref();

  const settings: WatchdogSettings = {
    memory: heartbeat.memory,
    interval,
    softLimit,
    hardLimit,
    mainThread: key,
    exitCode: exitCodes.eventLoopBlocked,
  };
  const worker = new Worker(threadUrl, {
    workerData: settings,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    name: "anqa watchdog",
    resourceLimits: threadHeap,
  });
  worker.on("error", onLost);
  worker.on("message", ({ kind, process, stack }: StallReport) => {
    if (kind !== "stall") return;
    beat(); // the loop runs again, and may come to messages before it comes to timers
    eventLoopStall.execute({ milliseconds: lastStall, process, stack });
  });
  worker.unref(); // the last: a listener keeps the loop alive
  return () => {
    clearInterval(timer);
    Reflect.deleteProperty(globalThis, Symbol.for(key));
    void worker.terminate();
  };
}

function runningProcess(): string | undefined {
  const process = currentProcess();
  return process === undefined ? undefined : `${process.label} ${formatPid(process.pid)}`;
}

/**
 * Ends this program by making another one of it, which does nothing but end with the code. Unlike an exit that
 * waits for nothing: neither for the application's exit handlers, nor for threads that are in native code, nor
 * for debuggers, of which the watchdog is one. And it is a way out for process 1 of a container, which nothing
 * in there can kill.
 */
function becomeExit(): void {
  const program = `process.exit(${exitCodes.eventLoopBlocked})`;
  process.execve?.(process.execPath, [process.execPath, "--eval", program], {});
}
