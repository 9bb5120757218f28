import { lookup } from "mrmime";
import { Conn, type HeaderSet, headerSet, type Plug } from "../plug/index.ts";

/**
 * Decides the format of the answer, whatever the client accepts: as a plug, for routes that speak one format only, or
 * at once, in an action or a plug of one's own. Error pages follow it as well.
 *
 * @param format the name of a file extension, `json`, or one of your own that your views have.
 *
 * @example
 * router(routes).pipeline("api", [putFormat("json"), parseBody()]);
 * putFormat(conn, "csv");
 */
export function putFormat(format: string): Plug;
export function putFormat(conn: Conn, format: string): void;
export function putFormat(first: Conn | string, format?: string): Plug | void {
  if (first instanceof Conn) {
    first.format = format;
    return;
  }
  return (conn) => {
    conn.format = first;
  };
}

/**
 * The content type that a format is sent with, ready to be put; undefined for a format that has none of its own.
 * Formats are written in code, so there are few of them.
 */
export function contentTypeOf(format: string): HeaderSet | undefined {
  const known = contentTypes.get(format);
  if (known !== undefined) return known;
  const type = lookup(format);
  if (type === undefined) return undefined;
  const set = headerSet({ "content-type": textual.test(type) ? `${type}; charset=utf-8` : type });
  contentTypes.set(format, set);
  return set;
}

/** No more than there are extensions: others have no type to be kept. */
const contentTypes = new Map<string, HeaderSet>();
const textual = /^text\/|^application\/(?:json|javascript|xml)$|[+](?:json|xml)$/;
