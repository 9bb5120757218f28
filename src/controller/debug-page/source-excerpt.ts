import { readFileSync, statSync } from "node:fs";
import type { StackFrame } from "./stack-frames.ts";

/** Some lines of a source file around the one that matters. */
export interface SourceExcerpt {
  readonly frame: StackFrame;
  readonly lines: readonly { readonly number: number; readonly text: string }[];
}

const linesAround = 5;
const longestLine = 400;
const largestFile = 4_000_000;
const sourceFile = /\.[cm]?[jt]sx?$/;

/**
 * The source around the topmost frame that lies in the application's own files.
 *
 * @returns undefined if there is none, or its file cannot be read.
 */
export function sourceExcerpt(frames: readonly StackFrame[]): SourceExcerpt | undefined {
  const frame = frames.find(({ origin, file }) => origin === "application" && file !== undefined);
  if (frame?.file === undefined || !sourceFile.test(frame.file)) return undefined;
  try {
    if (statSync(frame.file).size > largestFile) return undefined;
    const lines = linesOf(readFileSync(frame.file, "utf8").split("\n"), frame.line);
    return lines.length === 0 ? undefined : { frame, lines };
  } catch {
    return undefined;
  }
}

function linesOf(text: readonly string[], line: number): SourceExcerpt["lines"] {
  const first = Math.max(1, line - linesAround);
  const lines = text.slice(first - 1, line + linesAround);
  return lines.map((content, index) => ({ number: first + index, text: content.slice(0, longestLine) }));
}
