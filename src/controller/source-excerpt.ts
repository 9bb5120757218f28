import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Some lines of a source file around the one that matters. */
export interface SourceExcerpt {
  readonly file: string;
  /** The line that matters, counted from 1. */
  readonly line: number;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

const linesAround = 5;
const framework = new URL("..", import.meta.url).href;

/**
 * The source around the topmost stack frame that lies in the application's own files, for development pages.
 *
 * @param stack frames as V8 writes them: `at show (file:///app/web/posts.ts:12:7)`.
 * @returns undefined if no such frame's file can be read.
 */
export function sourceExcerpt(stack: readonly string[]): SourceExcerpt | undefined {
  const frame = stack.find((line) => line.includes("file:///") && !isForeign(line));
  const [, url, lineText] = frame?.match(/(file:\/\/\/[^)]*?):(\d+):\d+\)?$/) ?? [];
  if (url === undefined) return undefined;
  try {
    const file = fileURLToPath(url);
    return { file, ...excerpt(readFileSync(file, "utf8").split("\n"), Number(lineText)) };
  } catch {
    return undefined;
  }
}

function isForeign(frame: string): boolean {
  return frame.includes("/node_modules/") || frame.includes(framework);
}

function excerpt(text: readonly string[], line: number): Omit<SourceExcerpt, "file"> {
  const first = Math.max(1, line - linesAround);
  const lines = text.slice(first - 1, line + linesAround);
  return { line, lines: lines.map((content, index) => ({ number: first + index, text: content })) };
}
