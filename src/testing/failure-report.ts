import assert from "node:assert";
import { isUtf8 } from "node:buffer";
import type { Outcome, TestConn } from "./test-conn.ts";

/** What did not hold, as test runners show it beside the message. */
export interface Difference {
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Fails a test because of how a request was answered, and says all that one wants to know then: status, location, the
 * beginning of the body, and what the application threw.
 *
 * @param expected continues "GET /posts": `was to be answered with 200`.
 * @param assertion where the shown stack begins: the caller of this function.
 * @throws AssertionError, always.
 */
export function fail(
  conn: TestConn,
  expected: string,
  assertion: (...given: never[]) => unknown,
  difference?: Difference,
): never {
  const { last } = conn;
  const message =
    last === undefined
      ? "no request was made yet: assign what get() and the like resolve with, page = await get(visitor, path)"
      : `${last.request.method} ${last.request.target} ${expected}${describeOutcome(last)}`;
  throw new assert.AssertionError({ message, ...difference, operator: assertion.name, stackStartFn: assertion });
}

/** An error for people: with its stack and its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${JSON.stringify(error)}`;
  const { stack = String(error), cause } = error;
  const relevant = stack
    .split("\n")
    .filter((line) => !line.includes(thisRoom) && !line.includes("/node_modules/light-my-request/"))
    .join("\n");
  return cause === undefined ? relevant : `${relevant}\nCaused by: ${describeError(cause)}`;
}

/** How the request came to the application is no part of the mistake. */
const thisRoom = new URL(".", import.meta.url).href;

const excerptLength = 600;

function describeOutcome({ answer, error, route, served }: Outcome): string {
  if (answer === undefined) return `, but the plug did not answer${served?.halted ? ", although it halted" : ""}`;
  const { status, headers, body } = answer;
  const location = headers.get("location");
  const lines = [
    `, but the answer was ${status}${headers.has("content-type") ? ` (${headers.get("content-type")})` : ""}`,
    ...(location === null ? [] : [`  location: ${location}`]),
    ...(route === undefined ? [] : [`  served by: ${route.targetName} for ${route.method} ${route.pattern}`]),
    ...describeThrown(status, error),
    ...(body.length === 0 ? ["  without a body"] : [`  body: ${excerpt(body)}`]),
  ];
  return lines.join("\n");
}

/** Where a mistake was made matters, where a request was refused does not. */
function describeThrown(status: number, error: unknown): string[] {
  if (error === undefined) return [];
  if (status >= 500 || !(error instanceof Error)) return [`  the application failed: ${indent(describeError(error))}`];
  return [`  because of ${error.name}: ${indent(error.message)}`];
}

function excerpt(body: Buffer): string {
  const text = body.toString("utf8", 0, 50 * excerptLength);
  if (!isUtf8(body) || text.includes("\0")) return `${body.length} bytes that are no text`;
  const visible = withoutCode(text);
  return indent(
    visible.length <= excerptLength ? visible : `${visible.slice(0, excerptLength)}… (${body.length} bytes)`,
  );
}

/** Of a page what people see, without the styles and scripts before it. */
function withoutCode(text: string): string {
  return text.replace(/<(style|script)\b[^>]*>[\s\S]*?<\/\1>/gi, "").replace(/^\s*\n/gm, "");
}

function indent(text: string): string {
  return text.trimEnd().replaceAll("\n", "\n    ");
}
