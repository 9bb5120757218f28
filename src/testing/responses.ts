import { lookup } from "mrmime";
import { fail } from "./failure-report.ts";
import type { TestConn } from "./test-conn.ts";

/**
 * The body of an answer, once its status is asserted.
 *
 * @throws AssertionError for another status; it shows the answer, and what the application threw. So do the others here.
 * @example
 * assert.equal(response(await get(visitor, "/robots.txt"), 200), "User-agent: *");
 */
export function response(conn: TestConn, status: number): string {
  assertStatus(conn, status, response);
  return conn.body;
}

/** The text of a page: asserts the status, and that it is HTML. */
export function htmlResponse(conn: TestConn, status: number): string {
  assertStatus(conn, status, htmlResponse);
  assertFormat(conn, "html", htmlResponse);
  return conn.body;
}

/** The body of an answer in plain text: asserts the status, and the type. */
export function textResponse(conn: TestConn, status: number): string {
  assertStatus(conn, status, textResponse);
  assertFormat(conn, "txt", textResponse);
  return conn.body;
}

/**
 * The value of an answer in JSON: asserts the status, and that it is JSON, of whatever `+json` type.
 *
 * @typeParam Value what it is taken for; that is not checked, so compare it with `assert.deepEqual`, or parse it.
 */
export function jsonResponse<Value = unknown>(conn: TestConn, status: number): Value {
  assertStatus(conn, status, jsonResponse);
  assertFormat(conn, "json", jsonResponse);
  try {
    return JSON.parse(conn.body) as Value;
  } catch (error) {
    return fail(conn, `was to be answered with JSON, which this is not: ${(error as Error).message}`, jsonResponse);
  }
}

/**
 * The `content-type` of an answer, once it is asserted to be of a format.
 *
 * @param format `html`, `json`, `csv`, …
 */
export function responseContentType(conn: TestConn, format: string): string {
  return assertFormat(conn, format, responseContentType);
}

type Assertion = (...given: never[]) => unknown;

/** Asserts that there is an answer of a status. */
export function assertStatus(conn: TestConn, status: number, assertion: Assertion): void {
  const actual = conn.last?.answer?.status;
  if (actual === status) return;
  fail(conn, `was to be answered with ${status}`, assertion, { actual, expected: status });
}

function assertFormat(conn: TestConn, format: string, assertion: Assertion): string {
  const contentType = conn.last?.answer?.headers.get("content-type") ?? "";
  if (isOfFormat(contentType, format)) return contentType;
  const difference = { actual: contentType, expected: lookup(format) ?? format };
  return fail(conn, `was to be answered in ${format === "txt" ? "plain text" : format}`, assertion, difference);
}

/** The type of the format, or one of its kin: `application/problem+json` is JSON. */
function isOfFormat(contentType: string, format: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return type === lookup(format) || type.endsWith(`/${format}`) || type.endsWith(`+${format}`);
}
