import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** One line of a stack. */
export interface StackFrame {
  /** Whose code it is. */
  readonly origin: "application" | "framework" | "dependency" | "node";
  /** What was called there: `show`, `async Object.create`; empty at the top of a file. */
  readonly name: string;
  /** The absolute path, of frames in files. */
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  /** Where it is, for people: `web/posts.ts:12:7`. */
  readonly place: string;
  /** As V8 wrote it: `at show (file:///app/web/posts.ts:12:7)`. */
  readonly text: string;
}

const mostFrames = 100;
const longestLine = 1_000;
const framework = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Takes the stack of an error apart.
 *
 * @param message that of the error. The stack begins with it, and **a message may look like frames**: those would make a
 * page show whatever file they name.
 */
export function stackFrames(stack: string, message: string): StackFrame[] {
  const start = stack.indexOf(message);
  const frames = start === -1 ? stack : stack.slice(start + message.length);
  return frames
    .split("\n")
    .filter((line) => /^ {4}at /.test(line) && line.length <= longestLine)
    .slice(0, mostFrames)
    .map((line) => parseFrame(line.trim()));
}

function parseFrame(text: string): StackFrame {
  const [, named, inside] = /^at (.*) \((.*)\)$/.exec(text) ?? [];
  const [, url = "", line = "", column = ""] = /^(.*):(\d+):(\d+)$/.exec(inside ?? text.slice("at ".length)) ?? [];
  const file = fileOf(url.replace(/^async /, ""));
  const name = named ?? "";
  if (file === undefined) {
    const origin = url === "" || url.startsWith("node:") ? "node" : "dependency";
    return { origin, name, file, line: 0, column: 0, place: inside ?? text.slice("at ".length), text };
  }
  const place = `${shortPath(file)}:${line}:${column}`;
  return { origin: originOf(file), name, file, line: Number(line), column: Number(column), place, text };
}

function fileOf(url: string): string | undefined {
  if (/^(?:\/|[a-z]:\\)/i.test(url)) return url;
  try {
    return url.startsWith("file://") ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

function originOf(file: string): StackFrame["origin"] {
  if (file.startsWith(framework)) return "framework";
  return /[\\/]node_modules[\\/]/.test(file) ? "dependency" : "application";
}

/** From the current directory, if it lies below it. */
function shortPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") || short === "" ? file : short;
}
