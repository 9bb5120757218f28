import { type Conn, type HeaderSet, headerSet } from "../plug/index.ts";
import { Raw, type Rendered, toHtml } from "../template/index.ts";
import { type Status, statusCode } from "./status.ts";

/**
 * Answers with markup as it is, without any layout. The content type is `text/html; charset=utf-8`, unless one was set
 * before.
 *
 * Text is no markup: what is not a template goes through `raw()`, which is the place to ask who wrote it.
 *
 * @param status `conn.status` if absent, or else 200.
 * @throws if the request is already answered.
 *
 * @example html(conn, html`<option>${city}</option>`)
 */
export function html(conn: Conn, markup: Rendered | Raw, status?: Status): void {
  sendAs(conn, htmlType, markup instanceof Raw ? markup.markup : toHtml(markup), status);
}

/**
 * Answers with JSON. The content type is `application/json; charset=utf-8`, unless one was set before.
 *
 * @param status `conn.status` if absent, or else 200.
 * @throws if the request is already answered, or if JSON cannot express the value.
 *
 * @example json(conn, { id: order.id }, "created")
 */
export function json(conn: Conn, value: unknown, status?: Status): void {
  sendAs(conn, jsonType, jsonText(conn, value), status);
}

/**
 * Answers with plain text. The content type is `text/plain; charset=utf-8`, unless one was set before.
 *
 * @param status `conn.status` if absent, or else 200.
 * @throws if the request is already answered.
 */
export function text(conn: Conn, body: string, status?: Status): void {
  sendAs(conn, textType, body, status);
}

/**
 * A value as JSON.
 *
 * @throws TypeError if JSON has no form for it.
 */
export function jsonText(conn: Conn, value: unknown): string {
  if (value instanceof Promise) {
    throw new TypeError(`${conn.method} ${conn.path}: JSON is to be made of a promise; await it first`);
  }
  const body = JSON.stringify(value) as string | undefined;
  if (body === undefined) {
    throw new TypeError(`${conn.method} ${conn.path}: json() was given ${typeof value}, which JSON has no form for`);
  }
  return body;
}

/** Sends a body under a content type, unless one was set before. */
export function sendAs(conn: Conn, type: HeaderSet, body: string | Uint8Array, status: Status | undefined): void {
  if (conn.getHeader("content-type") === undefined) conn.putHeaders(type);
  conn.send(status === undefined ? (conn.status ?? 200) : statusCode(status), body);
}

export const htmlType: HeaderSet = headerSet({ "content-type": "text/html; charset=utf-8" });
export const jsonType: HeaderSet = headerSet({ "content-type": "application/json; charset=utf-8" });
const textType = headerSet({ "content-type": "text/plain; charset=utf-8" });
