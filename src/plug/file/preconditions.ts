import type { Conn } from "../conn.ts";

/** What tells one version of a resource from another. */
export interface Validators {
  /** With its quotes, and `W/` if it is weak. */
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
}

/**
 * What the conditions of a request come to (RFC 9110, section 13.2.2): 304 if a GET or HEAD has the present version
 * already, 412 if what the request was meant for is not the present version, undefined if it is to be served.
 */
export function failedPrecondition(conn: Conn, { etag, lastModified }: Validators): 304 | 412 | undefined {
  const { headers, method } = conn.request;
  const reads = method === "GET" || method === "HEAD";
  const modified = lastModified === undefined ? undefined : wholeSeconds(lastModified);
  if (headers["if-match"] !== undefined) {
    if (!matches(headers["if-match"], etag, isSameStrong)) return 412;
  } else {
    const unmodifiedSince = httpDate(headers["if-unmodified-since"]);
    if (unmodifiedSince !== undefined && modified !== undefined && modified > unmodifiedSince) return 412;
  }
  if (headers["if-none-match"] !== undefined) {
    return matches(headers["if-none-match"], etag, isSameWeak) ? (reads ? 304 : 412) : undefined;
  }
  const modifiedSince = reads ? httpDate(headers["if-modified-since"]) : undefined;
  return modifiedSince !== undefined && modified !== undefined && modified <= modifiedSince ? 304 : undefined;
}

/**
 * Whether the range that a request asks for is of the present version, by its `if-range` header (section 13.1.5). A
 * weak etag is not enough: the parts would be put together byte by byte.
 */
export function rangeIsCurrent(conn: Conn, { etag, lastModified }: Validators): boolean {
  const condition = conn.requestHeader("if-range");
  if (condition === undefined) return true;
  if (condition.endsWith('"')) return etag !== undefined && isSameStrong(condition, etag);
  const date = httpDate(condition);
  return date !== undefined && lastModified !== undefined && wholeSeconds(lastModified) === date;
}

function matches(header: string, etag: string | undefined, same: (left: string, right: string) => boolean): boolean {
  if (header.trim() === "*") return true;
  return etag !== undefined && (header.match(entityTag) ?? []).some((given) => same(given, etag));
}

const entityTag = /(?:W\/)?"[^"]*"/g;

function isSameStrong(left: string, right: string): boolean {
  return left === right && !left.startsWith("W/");
}

function isSameWeak(left: string, right: string): boolean {
  return left.replace("W/", "") === right.replace("W/", "");
}

/** In milliseconds since 1970; undefined for what is no date, which counts as absent (section 13.1.3). */
function httpDate(text: string | undefined): number | undefined {
  const time = text === undefined || !httpDateForm.test(text) ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Those of section 5.6.7 begin with a weekday; `Date.parse` alone would take `1` for a year. */
const httpDateForm = /^[A-Z][a-z]{2,8},? /;

/** Dates of HTTP have no fractions of seconds. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
