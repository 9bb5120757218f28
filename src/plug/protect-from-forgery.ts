import { originMatcher } from "./address/origin-pattern.ts";
import type { Conn } from "./conn.ts";
import { forgeryRefused } from "./events.ts";
import { foreignScript } from "./forgery/foreign-script.ts";
import { validCsrfToken } from "./forgery/forgery-token.ts";
import { foreignSource } from "./forgery/request-source.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";
import { forgerySecretKey } from "./session.ts";

/** What {@link protectFromForgery} can be told. */
export interface ForgeryProtectionOptions {
  /**
   * What happens to a request that looks forged: it is refused with status 403 (`exception`, the default), or goes on
   * without a session (`clear_session`): an empty one for this request alone, of which nothing is kept.
   */
  readonly with?: "exception" | "clear_session";
  /** Origins of other sites whose pages may send requests here, with a token: `https://shop.example.org`, `https://*.example.org`. */
  readonly allowOrigins?: readonly string[];
  /** Hosts besides the one that the request names, of which tokens made by `csrfTokenFor()` are good here. */
  readonly allowHosts?: readonly string[];
}

/**
 * Refuses requests that another site makes in a visitor's name (CSRF).
 *
 * A browser sends the session cookie along with whatever a foreign page posts to us. So everything but GET,
 * HEAD and OPTIONS must carry a token that only our own pages know, made by `csrfToken(conn)`: as the param
 * `_csrf_token` of the body, or in the header `x-csrf-token`. Tokens in the query are not accepted, since
 * URLs end up in logs and referrers. What the browser itself says of where the request comes from is a second
 * line: a request of another site, or of another subdomain, is refused even with a token.
 *
 * A foreign page can also load our answers to GET as a `<script>`, cookies included, and see what it does.
 * So JavaScript is answered only to requests that no such tag can make: of our own origin, typed by the user,
 * or with `x-requested-with: XMLHttpRequest`.
 *
 * It does not protect from scripts that run in our own pages, nor GET routes that change something: have none.
 *
 * Stands after `fetchSession()`; `parseBody()` must have run for forms. A refusal throws an HttpError 403 and
 * executes the telemetry event `anqa.plug.forgery.refused`.
 *
 * @throws at start, if an allowed origin is none, or an option is unknown.
 */
export function protectFromForgery(options: ForgeryProtectionOptions = {}): Plug {
  const isTrusted = originMatcher(options.allowOrigins ?? [], "protectFromForgery({ allowOrigins })");
  const { allowHosts = [] } = options;
  const answer = options.with ?? "exception";
  if (answer !== "exception" && answer !== "clear_session") {
    throw new Error(`protectFromForgery({ with: ${JSON.stringify(answer)} }): it is "exception" or "clear_session"`);
  }
  return (conn) => {
    if (conn.getPrivate(skipped) === true) return;
    const { method } = conn;
    // A method that was overridden counts as well: what came as POST may come from a form of any site.
    if (isSafe(method) && isSafe(conn.request.method)) {
      if (method !== "OPTIONS") conn.beforeSend(refuseForeignScript);
      return;
    }
    const reason = foreignSource(conn, isTrusted) ?? tokenProblem(conn, allowHosts);
    if (reason === undefined) return;
    if (answer === "exception") throw refusal(conn, reason);
    report(conn, `${reason}. It went on without its session`);
    conn.session.ignore();
  };
}

/**
 * Turns {@link protectFromForgery} off for one request: for those that other servers make, which prove themselves
 * in another way. It stands before it in the pipeline. **What follows must not trust the session.**
 *
 * @example
 * const browser = [fetchSession(), (conn: Conn) => { if (isSignedWebhook(conn)) skipForgeryProtection(conn); }, protectFromForgery()];
 */
export function skipForgeryProtection(conn: Conn): void {
  conn.putPrivate(skipped, true);
}

const skipped = Symbol("forgery protection skipped");

/** Those that by definition change nothing (RFC 9110, section 9.2.1), as far as a router knows them. */
function isSafe(method: string | undefined): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}

function tokenProblem(conn: Conn, allowHosts: readonly string[]): string | undefined {
  const token = conn.requestHeader("x-csrf-token") || conn.bodyParams?._csrf_token;
  if (typeof token !== "string") return missingToken(conn);
  const { data } = conn.session;
  if (validCsrfToken(data, token) || validCsrfToken(data, token, [conn.host, ...allowHosts])) return undefined;
  return wrongToken(conn);
}

function missingToken(conn: Conn): string {
  return (
    "no CSRF token came with it. Send csrfToken(conn) in the header x-csrf-token, or in a hidden input of the form, " +
    (conn.bodyParams === undefined
      ? "named _csrf_token; forms are read by parseBody(), which has to run before protectFromForgery()"
      : "named _csrf_token")
  );
}

function wrongToken(conn: Conn): string {
  return conn.session.get(forgerySecretKey) === undefined
    ? "its CSRF token came without a session. Either the browser sent no valid session cookie (cookies blocked, or " +
        "a Secure cookie over http), or the session was cleared since the page was rendered: load the page anew"
    : "its CSRF token belongs to another session, as when someone logged in or out since the page was rendered: " +
        "load the page anew";
}

/** Runs before every answer to a GET. */
function refuseForeignScript(conn: Conn): void {
  if (conn.getPrivate(skipped) === true) return;
  const reason = foreignScript(conn);
  if (reason !== undefined) throw refusal(conn, reason);
}

function refusal(conn: Conn, reason: string): HttpError {
  report(conn, reason);
  return new HttpError(403, `${conn.method} ${conn.path} was refused: ${reason}`);
}

function report({ node, method, path, remoteAddress }: Conn, reason: string): void {
  forgeryRefused.execute({ node: node.name, method, path, remoteAddress, reason });
}
