/** The thread of a watchdog: sleeps until the main thread should have shown life, and looks whether it has. */
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { Heartbeat } from "./heartbeat.ts";
import { pauseMainThread } from "./paused-main-thread.ts";
import { milliseconds, type StallReport, type WatchdogSettings } from "./settings.ts";

const standardError = 2;

/** Milliseconds until the main thread is taken to be in native code, when that is only to be reported. */
const softPatience = 1_000;

/** The same when it is to be ended, and milliseconds that the exit may take then. */
const hardPatience = 3_000;

const { memory, interval, softLimit, hardLimit, mainThread, exitCode } = workerData as WatchdogSettings;
const heartbeat = new Heartbeat(memory);
/** How the {@link MainThread} is written in an expression. */
const there = `globalThis[Symbol.for(${JSON.stringify(mainThread)})]`;
/** The beat before the stall that has been reported already. */
let reportedBeat: number | undefined;
/** Before this nobody looked. */
let observedFrom = milliseconds();
parentPort?.ref(); // a session of the debugger does not keep the thread alive
look();

function look(): void {
  const { last, debugged } = heartbeat;
  const now = milliseconds();
  // A beat may have been followed by another `interval` of life.
  const stoodStill = now - Math.max(last, observedFrom) - interval;
  if (debugged) sleep(interval + softLimit);
  else if (stoodStill >= hardLimit) void end(last);
  else if (stoodStill >= softLimit && reportedBeat !== last) void report(last);
  else if (reportedBeat === last) sleep(Math.min(interval, hardLimit - stoodStill));
  else sleep(softLimit - stoodStill);
}

function sleep(duration: number): void {
  const wakeAt = milliseconds() + duration;
  setTimeout(() => {
    const now = milliseconds();
    // This thread did not run either: the machine slept or is overloaded, which is nobody's endless loop.
    if (now - wakeAt > softLimit) observedFrom = now;
    look();
  }, duration);
}

async function report(beat: number): Promise<void> {
  reportedBeat = beat;
  const paused = await pauseMainThread(softPatience);
  if (heartbeat.last !== beat) await paused?.resume();
  else {
    const process = (await paused?.evaluate(`${there}.describe()`)) as string | undefined;
    const stack = paused?.stack;
    await paused?.resume();
    write(`the event loop has stood still for ${duration(beat)}${where(process, stack)}`);
    parentPort?.postMessage({ kind: "stall", process, stack } satisfies StallReport);
  }
  look();
}

/**
 * Ends the operating-system process, through the main thread if it can be stopped, since only that one can
 * choose the exit code.
 */
async function end(beat: number): Promise<void> {
  const paused = await pauseMainThread(hardPatience);
  if (heartbeat.last !== beat) {
    await paused?.resume();
    return look();
  }
  const process = await paused?.evaluate(`${there}.describe()`);
  const deed = paused === undefined ? "kills this process" : `ends this process with code ${exitCode}`;
  const place = where(process as string | undefined, paused?.stack);
  write(`the event loop has stood still for ${duration(beat)}: ${deed}${place}`);
  paused?.leave(`${there}.end()`).catch(() => {}); // then it is killed
  setTimeout(kill, paused === undefined ? 0 : hardPatience);
}

/** For a main thread that is in native code. */
function kill(): void {
  process.kill(process.pid, "SIGKILL");
}

function duration(beat: number): string {
  return `${((milliseconds() - beat - interval) / 1000).toFixed(1)} s`;
}

function where(process: string | undefined, stack: string | undefined): string {
  const who = process === undefined ? "" : ` in ${process}`;
  return stack === undefined ? `${who}, in native code` : `${who}:\n${stack}`;
}

/** At once and in one piece: the main thread, through which a thread's output goes otherwise, is not there. */
function write(sentence: string): void {
  try {
    writeSync(standardError, `anqa watchdog: ${sentence}\n`);
  } catch {
    // nobody reads
  }
}
