import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";

/** A program that runs beside the test; it is killed when the test ends, if it has not ended by then. */
export class Program {
  readonly child: ChildProcess;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  #output = "";
  #heard: () => void = () => {};

  constructor(test: TestContext, words: readonly string[], environment: Record<string, string> = {}) {
    this.child = spawn(process.execPath, ["--conditions=anqa-source", ...words], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
    });
    this.ended = once(this.child, "close").then(([code, signal]) => code ?? signal);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#heard();
      });
    }
    test.after(async () => {
      this.child.kill("SIGKILL");
      await this.ended;
    });
  }

  /** All that it wrote so far, on both streams. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the match once the output has one; rejects if the program ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let over = false;
    const ended = this.ended.then(() => (over = true));
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (over) throw new Error(`the program ended without saying ${pattern}. It said:\n${this.#output}`);
      await Promise.race([new Promise<void>((resolve) => (this.#heard = resolve)), ended]);
    }
  }
}
