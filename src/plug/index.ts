/**
 * The conn, the pipeline it travels, and the plugs that every application needs.
 *
 * A request becomes a {@link Conn}, which passes through plain functions, the plugs, one after another: each
 * does one thing, such as reading the session or refusing a forgery, and what they have left on the conn is
 * what the action sees. Because a plug is only a function, an application's own are written and tested like
 * any other, and because a pipeline is composed once at start, passing through it costs no more than the calls.
 *
 * @example
 * const browser = compilePipeline([
 *   requestId(), accepts("html"), parseBody(), fetchSession(), protectFromForgery(), putSecureBrowserHeaders(),
 *   (conn) => { conn.assigns.locale = conn.cookies.locale ?? "en"; },
 * ]);
 *
 * @module
 */
export { accepts } from "./accepts.ts";
export type { ServerConfig, SessionOptions } from "./config.ts";
export { Conn } from "./conn.ts";
export type { CookieOptions } from "./cookie-header.ts";
export { forgeryRefused, sessionRejected } from "./events.ts";
export { fetchSession, readSession } from "./fetch-session.ts";
export type { Flash } from "./flash.ts";
export { csrfToken, validCsrfToken } from "./forgery-token.ts";
export { type HeaderSet, headerSet } from "./headers.ts";
export { HttpError, reasonPhrase } from "./http-error.ts";
export type { Params, ParamValue } from "./params.ts";
export { parseBody } from "./parse-body.ts";
export { compilePipeline, type Plug } from "./plug.ts";
export { protectFromForgery } from "./protect-from-forgery.ts";
export { decodeQuery } from "./query.ts";
export { RandomPool } from "./random-pool.ts";
export { requestId } from "./request-id.ts";
export { contentSecurityPolicy, putSecureBrowserHeaders } from "./secure-headers.ts";
export { Session, type SessionData } from "./session.ts";
export { signToken, type Verified, verifyToken } from "./token.ts";
