import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path/posix";
import { fileURLToPath } from "node:url";

// The extension is this file's own: the sources run as .ts, the build as .js, and no compiler rewrites it in a string.
const program = fileURLToPath(
  new URL(`./run-application${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
);

/**
 * Megabytes of one half of the young heap. V8 lets it grow to 16 or more as objects are made, and gives little
 * of it back: with 8 many idle connections take measurably less memory.
 */
const semiSpace = "--max-semi-space-size";
const semiSpaceMegabytes = 8;

/** How a child ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not even be started. */
  readonly error?: Error;
}

/**
 * Starts the application in a process of its own, with the Node.js and the options of this one.
 *
 * The channel between both carries nothing: that it closes tells the child that its parent is gone.
 */
export function startChild(file: string, nodeOptions: readonly string[]): ChildProcess {
  const options = [...process.execArgv, ...nodeOptions];
  const chosen = `${options.join(" ")} ${process.env.NODE_OPTIONS ?? ""}`.replaceAll("_", "-");
  if (!chosen.includes(semiSpace)) options.push(`${semiSpace}=${semiSpaceMegabytes}`);
  return fork(program, [file], { execArgv: options, stdio: "inherit" });
}

/** Resolves when the child has ended. */
export function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
}
