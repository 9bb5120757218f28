import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { type Ended, endOf, startChild } from "./child-process.ts";
import { RestartDelays, type RestartLimits, usualLimits } from "./restart-delays.ts";

export interface ServerSettings {
  /** Absolute path of the application's file. */
  readonly file: string;
  /** Options for the child's Node.js, besides those of this process. */
  readonly nodeOptions?: readonly string[];
  readonly limits?: RestartLimits;
}

/** Milliseconds within which a second signal is the echo of the first: the terminal sends Ctrl-C to all, and npm passes it on. */
const sameGesture = 1_000;

/**
 * Keeps an application running in a child process until it ends of its own accord, is asked to end by SIGTERM
 * or SIGINT, or keeps ending.
 *
 * This process lives as long as the application and holds nothing: it imports the rest of Anqa only to name
 * the reason of an unexpected end.
 *
 * @returns the exit code: the child's, or 1 if it kept ending.
 */
export async function keepRunning({ file, nodeOptions = [], limits = usualLimits }: ServerSettings): Promise<number> {
  const delays = new RestartDelays(limits);
  let child: ChildProcess | undefined;
  let stopping: NodeJS.Signals | undefined;
  let wake: () => void = () => {};
  let stoppingSince = 0;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping === undefined) {
      stopping = signal;
      stoppingSince = performance.now();
      child?.kill(signal);
    } else if (performance.now() - stoppingSince > sameGesture) child?.kill("SIGKILL");
    wake();
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  try {
    for (;;) {
      const startedAt = performance.now();
      child = startChild(file, nodeOptions);
      const ended = await endOf(child);
      child = undefined;
      if (stopping !== undefined) return ended.signal === stopping ? 0 : exitCodeOf(ended);
      const verdict = await judge(ended, performance.now() - startedAt, delays);
      if ("exitCode" in verdict) return verdict.exitCode;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, verdict.delay);
      });
      if (stopping !== undefined) return 0;
    }
  } finally {
    process.off("SIGTERM", stop).off("SIGINT", stop);
  }
}

/** Whether to start the child again, and when; tells people about it. */
async function judge(
  ended: Ended,
  ran: number,
  delays: RestartDelays,
): Promise<{ readonly delay: number } | { readonly exitCode: number }> {
  if (ended.code === 0) return { exitCode: 0 };
  const { describeExit, exitCodes } = await import("../../process/index.ts");
  if (ended.code === exitCodes.noApplication) return { exitCode: ended.code };
  const reason = ended.error === undefined ? describeExit(ended.code, ended.signal) : ended.error.message;
  const happened = `the application ended after ${seconds(ran)}: ${reason}`;
  const delay = delays.afterEnd(ran);
  if (delay === undefined) {
    process.stderr.write(`anqa server: ${happened}. That was its ${delays.quickEnds}. quick end in a row: gives up\n`);
    return { exitCode: exitCodes.failed };
  }
  process.stderr.write(`anqa server: ${happened}. Starts it again in ${seconds(delay)}\n`);
  return { delay };
}

/** As a shell has it: 128 and the signal's number for a process that a signal ended. */
function exitCodeOf({ code, signal }: Ended): number {
  return code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
