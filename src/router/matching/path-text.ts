import { HttpError } from "../../plug/index.ts";

/**
 * Decodes the escapes of a path, except those of `/` and `%`: so an encoded slash does not become a separator, and
 * the two that stay can be told from text (see {@link decodeRest}).
 *
 * @throws HttpError 400 if an escape is malformed, or what the escapes stand for is not UTF-8 or has a NUL, at which
 * databases and file systems end or refuse a text.
 */
export function decodePath(path: string): string {
  if (path.includes("%00")) throw new HttpError(400, `the path ${path} has a NUL, which no param may have`);
  try {
    return decodeURIComponent(path.replace(/%(?=2f|25)/gi, "%25"));
  } catch {
    throw new HttpError(400, `the path ${path} has a percent escape that is not UTF-8 (RFC 3986, section 2.1)`);
  }
}

/** Decodes the escapes that {@link decodePath} has left in a segment. */
export function decodeRest(text: string): string {
  return text.replace(/%2f|%25/gi, (found) => (found === "%25" ? "%" : "/"));
}

/** Where the path ends if one slash at its end is left out; `//` at the end is not one. */
export function innerEnd(path: string): number {
  const last = path.length - 1;
  return last > 0 && path.endsWith("/") && path[last - 1] !== "/" ? last : path.length;
}
