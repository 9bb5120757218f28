import { type FieldErrors, HttpError, InvalidParamsError } from "../plug/index.ts";

/**
 * The HTTP status that an error is answered with: its own `status` if that is one from 400 to 599, or else 500.
 *
 * Never throws, whatever was thrown.
 */
export function statusOf(error: unknown): number {
  const status = propertyOf(error, "status");
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599 ? (status as number) : 500;
}

/**
 * The headers that an error wants on its response, such as `allow`. Of an `HttpError` all; of other errors only those
 * that tell what to do about the status, for what other libraries throw may carry the headers of somebody else's answer.
 */
export function headersOf(error: unknown): readonly (readonly [name: string, value: string])[] {
  const headers = propertyOf(error, "headers");
  if (typeof headers !== "object" || headers === null) return [];
  const trusted = error instanceof HttpError;
  return Object.entries(headers).flatMap(([name, value]) =>
    (trusted || adviceHeaders.has(name.toLowerCase())) && (typeof value === "string" || typeof value === "number")
      ? [[name, String(value)] as const]
      : [],
  );
}

/** What was wrong with the params, by field, if that is what the error is about. */
export function fieldsOf(error: unknown): FieldErrors | undefined {
  return error instanceof InvalidParamsError ? error.errors : undefined;
}

/** A property of anything; undefined if it cannot be had. */
export function propertyOf(value: unknown, name: string): unknown {
  try {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 9110, sections 10.2.1, 10.2.3, 11.6.1, 11.7.1 and 14.4. */
const adviceHeaders: ReadonlySet<string> = new Set([
  "allow",
  "content-range",
  "proxy-authenticate",
  "retry-after",
  "www-authenticate",
]);
