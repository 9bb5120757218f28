/** Runs the applications of the guides as their readers do: as programs, with what they print. */
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import type { Readable } from "node:stream";
import { after, before, type TestContext } from "node:test";
import { Browser, type TestServer } from "../live/support.ts";
import { guide, outputOf, programsOf, writeApplication } from "./extract.ts";

type Variables = Readonly<Record<string, string>>;

/** What {@link useGuide} gives to the tests of a file. */
export interface GuideForTests {
  /** Where the application has been written. */
  readonly folder: string;
  /** The files that the guide runs by `node`, and shows the output of. */
  readonly programs: readonly string[];
  /** What the guide says that a command prints. */
  output(command: string): string;
  /**
   * Starts a file of the application, in development and on any port; it is stopped when the test ends.
   *
   * @param words the file, or all that `node` is given.
   */
  start(test: TestContext, words: string | readonly string[], variables?: Variables): Program;
  /** Starts a file that listens, and waits until it does. */
  serve(test: TestContext, file?: string, variables?: Variables): Promise<Server>;
  /** Runs a file to its end, which has to be a good one, and returns what it printed. */
  run(test: TestContext, file: string, variables?: Variables): Promise<string>;
}

/** A program that listens. */
export interface Server {
  readonly program: Program;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** Writes the application of a guide into a folder of its own, for all tests of the calling file. */
export function useGuide(name: string): GuideForTests {
  const page = guide(name);
  let folder = "";
  before(() => {
    folder = writeApplication(name);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start: GuideForTests["start"] = (test, words, variables = {}) => {
    const program = new Program(folder, [words].flat(), variables);
    test.after(() => program.stop());
    return program;
  };
  return {
    get folder() {
      return folder;
    },
    programs: programsOf(page),
    output: (command) => outputOf(page, command),
    start,
    async serve(test, file = "app.ts", variables) {
      const program = start(test, file, variables);
      const [, port] = await program.prints(/listens at http:\/\/[^:\s]+:(\d+)/);
      return { program, url: `http://127.0.0.1:${port}` };
    },
    async run(test, file, variables) {
      const program = start(test, file, variables);
      assert.equal(await program.exitCode, 0, program.printed);
      return program.printed;
    },
  };
}

/** A file of an application, run by Node. */
export class Program {
  readonly exitCode: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #printed = "";
  #ended = false;
  /** Settled whenever there is more to look at. */
  #news = Promise.withResolvers<void>();

  constructor(folder: string, words: readonly string[], variables: Variables) {
    this.#child = spawn(process.execPath, ["--conditions=anqa-source", ...words], {
      cwd: folder,
      env: { ...environment(), PORT: "0", ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#printed += text;
        this.#tell();
      });
    }
    this.exitCode = once(this.#child, "close").then(([code]) => {
      this.#ended = true;
      this.#tell();
      return code as number | null;
    });
  }

  /** All that was printed until now. */
  get printed(): string {
    return this.#printed;
  }

  /** Resolves with the match once the program has printed something that fits. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#printed);
      if (found !== null) return found;
      if (this.#ended) assert.fail(`it ended without printing ${pattern}:\n${this.#printed}`);
      await this.#news.promise;
    }
  }

  /** Sends a signal that the program listens to, and goes on after. */
  signal(name: "SIGHUP"): void {
    this.#child.kill(name);
  }

  /** Asks the program to stop, as an operating system does; the code that it ends with. */
  async stop(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<number | null> {
    this.#child.kill(signal);
    return this.exitCode;
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** The variables of this program without those that say that it is a test. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _context, NODE_ENV: _environment, NODE_OPTIONS: _options, ...rest } = process.env;
  return rest;
}

/** A browser with a cookie jar that also submits forms and shows live pages. */
export class Visitor extends Browser {
  constructor({ url }: Server) {
    // A browser knows of its server no more than the address.
    super({ url } as TestServer);
  }

  /** Submits a form, without following redirects. */
  async post(path: string, fields: Readonly<Record<string, string>>): Promise<this> {
    const response = await fetch(this.server.url + path, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: this.cookieHeader },
      body: new URLSearchParams(fields),
    });
    return this.#take(path, response);
  }

  /** Follows the redirect that was answered. */
  async follow(): Promise<this> {
    return this.get(this.location ?? assert.fail(`${this.path} answered ${this.status}, which is no redirect`));
  }

  /** The token in the form that the page shows. */
  get formToken(): string {
    return /name="_csrf_token" value="([^"]+)"/.exec(this.body)?.[1] ?? assert.fail(`no form in: ${this.body}`);
  }

  async #take(path: string, response: Response): Promise<this> {
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.path = path;
    this.status = response.status;
    this.location = response.headers.get("location");
    this.body = await response.text();
    return this;
  }
}
