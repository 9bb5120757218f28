import { type Conn, type HeaderSet, headerSet } from "../plug/index.ts";

/**
 * Answers with JSON. The content type is `application/json; charset=utf-8`, unless one was set before.
 *
 * @param status `conn.status` if absent, or else 200.
 * @throws if the request is already answered, or if JSON cannot express the value.
 *
 * @example json(conn, { id: order.id }, 201)
 */
export function json(conn: Conn, value: unknown, status?: number): void {
  const body = JSON.stringify(value) as string | undefined;
  if (body === undefined) {
    throw new TypeError(`${conn.method} ${conn.path}: json() was given ${typeof value}, which JSON has no form for`);
  }
  sendAs(conn, jsonType, body, status);
}

/**
 * Answers with plain text. The content type is `text/plain; charset=utf-8`, unless one was set before.
 *
 * @param status `conn.status` if absent, or else 200.
 * @throws if the request is already answered.
 */
export function text(conn: Conn, body: string, status?: number): void {
  sendAs(conn, textType, body, status);
}

const jsonType = headerSet({ "content-type": "application/json; charset=utf-8" });
const textType = headerSet({ "content-type": "text/plain; charset=utf-8" });

function sendAs(conn: Conn, type: HeaderSet, body: string, status: number | undefined): void {
  if (conn.getHeader("content-type") === undefined) conn.putHeaders(type);
  conn.send(status ?? conn.status ?? 200, body);
}
