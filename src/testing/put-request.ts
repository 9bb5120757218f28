import { lookup } from "mrmime";
import { type NextRequest, TestConn } from "./test-conn.ts";

/**
 * Puts a header onto the next request. `accept`, `accept-language` and `authorization` stay for those after it.
 *
 * @example
 * const visitor = putReqHeader(conn(shop), "authorization", `Bearer ${token}`);
 */
export function putReqHeader(conn: TestConn, name: string, value: string): TestConn {
  return withNext(conn, { headers: { ...conn.next.headers, [name.toLowerCase()]: value } });
}

/** Takes a header off the next request. */
export function deleteReqHeader(conn: TestConn, name: string): TestConn {
  const { [name.toLowerCase()]: _dropped, ...headers } = conn.next.headers;
  return withNext(conn, { headers });
}

/** Gives the visitor a cookie. It is encoded; to send one as it stands, put the header `cookie`. */
export function putReqCookie(conn: TestConn, name: string, value: string): TestConn {
  return withNext(conn, { cookies: conn.next.cookies.put(name, value) });
}

/** Takes a cookie away from the visitor. */
export function deleteReqCookie(conn: TestConn, name: string): TestConn {
  return withNext(conn, { cookies: conn.next.cookies.delete(name) });
}

/**
 * Asks for a format, from now on.
 *
 * @param format `html`, `json`, … or a media type.
 * @throws if no media type of that format is known.
 * @example
 * jsonResponse(await get(accept(visitor, "json"), routes.posts.index()), 200);
 */
export function accept(conn: TestConn, format: string): TestConn {
  const type = format.includes("/") ? format : lookup(format);
  if (type === undefined) throw new Error(`accept(): no media type is known for "${format}": give the type itself`);
  return putReqHeader(conn, "accept", type);
}

/** Changes what the next request is made from. What was answered before does not belong to that any more. */
export function withNext(conn: TestConn, changes: Partial<NextRequest>): TestConn {
  return new TestConn(conn.endpoint, { ...conn.next, ...changes });
}
