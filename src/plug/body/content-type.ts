import { MIMEType } from "node:util";
import { HttpError } from "../http-error.ts";

/** The media type of a content type, lower-case and without parameters: `text/html`. */
export function mediaType(contentType: string): string {
  const semicolon = contentType.indexOf(";");
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/** A parameter of a content type, such as `charset`, or undefined. */
export function contentTypeParameter(contentType: string, name: string): string | undefined {
  if (!contentType.includes(";")) return undefined;
  try {
    return new MIMEType(contentType).params.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Refuses texts that say they are not UTF-8: read as if they were, they would become other texts.
 *
 * @param what what has the content type, for the message.
 * @throws HttpError 415.
 */
export function requireUtf8(contentType: string, what: string): void {
  if (!contentType.includes(";") || endsInUtf8.test(contentType)) return;
  const charset = contentTypeParameter(contentType, "charset");
  if (charset !== undefined && !utf8.test(charset)) {
    throw new HttpError(415, `${what} is in the charset ${JSON.stringify(charset)}: send it as UTF-8`);
  }
}

/** The usual way to say it, seen without taking the content type apart. */
const endsInUtf8 = /^[^;]*;\s*charset=utf-8$/i;
const utf8 = /^utf-?8$/i;

/**
 * Compiles patterns of media types: `text/csv`, `text/*`, `application/*+json`, or everything.
 *
 * @param option the option that they come from, for the message.
 * @throws if one of them is none.
 */
export function mediaTypeMatcher(patterns: readonly string[], option: string): (type: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const ranges = patterns.filter((pattern) => pattern.includes("*")).map((pattern) => pattern.split("*"));
  for (const pattern of patterns) {
    if (!mediaRange.test(pattern)) {
      throw new Error(
        `${option}: ${JSON.stringify(pattern)} is no content type in lower case, as "text/csv", "text/*", ` +
          '"application/*+json" or "*/*"',
      );
    }
  }
  if (patterns.includes("*/*")) return () => true;
  return (type) =>
    exact.has(type) || ranges.some(([start, end]) => type.startsWith(start as string) && type.endsWith(end as string));
}

const mediaRange = /^(?:\*\/\*|[a-z0-9!#$&^_.+-]+\/(?:[a-z0-9!#$&^_.+-]+|\*(?:\+[a-z0-9!#$&^_.-]+)?))$/;
