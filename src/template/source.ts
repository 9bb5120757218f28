import { fileURLToPath } from "node:url";
import type { Refusal } from "./refusals.ts";

/** Where a template was written, for messages to its author. */
export interface TemplateSource {
  /** The text between the holes, as it was written. */
  readonly strings: readonly string[];
  /** `file:line:column` of the opening backtick. */
  readonly location: string;
}

/** A place in a template: `offset` characters into the text that follows hole number `text - 1`. */
export interface Position {
  readonly text: number;
  readonly offset: number;
}

/**
 * Finds out who called `callee`. Costs a stack trace; meant for once per call site.
 *
 * @returns `file:line:column`, or a phrase that says that it is not known.
 */
export function callSiteOf(callee: (...values: never[]) => unknown): string {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callee);
  const frame = typeof holder.stack === "string" ? holder.stack.split("\n")[1] : undefined;
  const place = frame === undefined ? null : /([^\s()]+:\d+:\d+)\)?$/.exec(frame);
  if (place?.[1] === undefined) return "a place that the stack trace does not tell";
  return place[1].replace(/^file:.*(?=:\d+:\d+$)/, (url) => fileURLToPath(url));
}

/** Makes the error for something in a template that cannot be allowed, showing the line that it stands in. */
export function templateError(source: TemplateSource, position: Position, { problem, remedy }: Refusal): Error {
  return new Error(`${problem}\n  in the template at ${source.location}\n\n${excerpt(source, position)}\n\n${remedy}`);
}

/** The line of the position with an arrow below it; holes are shown as `${…}`. */
function excerpt({ strings }: TemplateSource, { text, offset }: Position): string {
  const hole = `\${…}`;
  const before = [...strings.slice(0, text), strings[text]?.slice(0, offset)].join(hole);
  const after = [strings[text]?.slice(offset), ...strings.slice(text + 1)].join(hole);
  const lineBefore = before
    .slice(before.lastIndexOf("\n") + 1)
    .trimStart()
    .slice(-60);
  const lineAfter = after.split("\n", 1)[0]?.trimEnd().slice(0, 40) ?? "";
  return `    ${lineBefore}${lineAfter}\n    ${" ".repeat(lineBefore.length)}^`;
}
