import { type ChildProcess as Child, fork } from "node:child_process";
import type { Socket } from "node:net";
import { extname } from "node:path/posix";
import { describeExit } from "../exit-codes.ts";
import { fromBytes } from "./bytes.ts";
import { childOptions } from "./child-options.ts";
import { describeError } from "./described-error.ts";
import { DyingWords } from "./dying-words.ts";
import { killGroup, ownGroup } from "./process-group.ts";
import type { End, Order, Report } from "./protocol.ts";
import type { Runner, RunnerEvents } from "./runner.ts";

const guardUrl = new URL(`./guard${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/**
 * An operating-system process with one worker thread, see `guard.ts`. Whatever it dies of, nothing else does: an
 * allocation that V8 cannot survive, a crash in native code, the kernel's choice when memory runs out.
 */
export class ChildProcess implements Runner {
  readonly #child: Child;
  readonly #words = new DyingWords((text) => process.stderr.write(text));
  #resting = true;

  /** @param megabytes of its objects; its buffers and native code may take as much again. */
  constructor(megabytes: number, events: RunnerEvents) {
    this.#child = fork(guardUrl, [String(megabytes)], {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      execArgv: childOptions(process.execArgv),
      detached: ownGroup,
    });
    this.rest();
    this.#child.on("message", (report: Report) => {
      // Node.js talks over this line as well: with --watch it names the files that it loads.
      if (report.kind !== undefined) events.reported(readable(report));
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words.hear(text);
      if (this.#resting) this.#words.release();
    });
    this.#whenGone(events.ended);
  }

  order(order: Order): void {
    this.#hold();
    // If it cannot be sent, then because it is ending, which is heard.
    this.#child.send(order, () => {});
  }

  rest(): void {
    this.#resting = true;
    this.#words.release();
    for (const handle of this.#handles()) handle?.unref();
  }

  end(): void {
    this.#hold();
    if (this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      killGroup(this.#child.pid);
    }
  }

  #hold(): void {
    this.#resting = false;
    for (const handle of this.#handles()) handle?.ref();
  }

  #handles() {
    return [this.#child, this.#child.channel, this.#child.stderr as Socket | null];
  }

  /** When it has ended, and all that it said has been heard, which comes in any order. */
  #whenGone(ended: (end: End) => void): void {
    const child = this.#child;
    const unstarted = new Promise<End>((resolve) => {
      child.on("error", (error) => {
        const words = `got no process: ${error.message}`;
        if (child.pid === undefined) resolve({ kind: "crash", words, cause: describeError(error) });
      });
    });
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const disconnected = new Promise<void>((resolve) => child.once("disconnect", () => resolve()));
    // What the function has started goes on otherwise, and keeps the pipe open.
    if (ownGroup) child.once("exit", () => killGroup(child.pid as number));
    const gone = Promise.all([closed, disconnected]).then(() => this.#endOf());
    void Promise.race([unstarted, gone]).then(ended);
  }

  #endOf(): End {
    const said = this.#words.outOfMemory();
    if (said !== undefined) return { kind: "memory", cause: describeError(new Error(said)) };
    const { exitCode, signalCode } = this.#child;
    return { kind: "crash", words: `ended its process: ${describeExit(exitCode, signalCode)}`, cause: undefined };
  }
}

/** The result is read here, so that what cannot be read is an ordinary failure. */
function readable(report: Report): Report {
  if (report.kind !== "done") return report;
  try {
    return { kind: "done", value: fromBytes(report.value as Uint8Array) };
  } catch (error) {
    return { kind: "failed", error: describeError(error) };
  }
}
