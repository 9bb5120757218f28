import type { Conn } from "./conn.ts";
import { forgeryRefused } from "./events.ts";
import { validCsrfToken } from "./forgery-token.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";
import { forgerySecretKey } from "./session.ts";

/**
 * Refuses requests that another site makes in a visitor's name (CSRF).
 *
 * A browser sends the session cookie along with whatever a foreign page posts to us. So everything but GET,
 * HEAD and OPTIONS must carry a token that only our own pages know, made by `csrfToken(conn)`: as the param
 * `_csrf_token` of the body, or in the header `x-csrf-token`. Tokens in the query are not accepted, since
 * URLs end up in logs and referrers.
 *
 * A foreign page can also load our answers to GET as a `<script>`, cookies included, and see what it does.
 * So JavaScript is answered only to requests that no such tag can make: of our own origin, typed by the user,
 * or with `x-requested-with: XMLHttpRequest`.
 *
 * It does not protect from scripts that run in our own pages, nor GET routes that change something: have none.
 *
 * Stands after `fetchSession()`; `parseBody()` must have run for forms. A refusal throws an HttpError 403 and
 * executes the telemetry event `anqa.plug.forgery.refused`.
 */
export function protectFromForgery(): Plug {
  return (conn) => {
    const { method } = conn;
    if (method === "GET" || method === "HEAD") conn.beforeSend(refuseForeignScript);
    else if (method !== "OPTIONS") requireToken(conn);
  };
}

function requireToken(conn: Conn): void {
  const token = conn.requestHeader("x-csrf-token") || conn.bodyParams?._csrf_token;
  if (typeof token === "string" && validCsrfToken(conn.session.data, token)) return;
  throw refusal(conn, typeof token === "string" ? wrongToken(conn) : missingToken(conn));
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

/** Runs before every answer to a GET; see {@link protectFromForgery}. */
function refuseForeignScript(conn: Conn): void {
  const type = conn.getHeader("content-type");
  if (type === undefined || !javaScript.test(type)) return;
  if (conn.requestHeader("x-requested-with") === "XMLHttpRequest") return;
  const site = conn.requestHeader("sec-fetch-site");
  // "none" is the user's own doing (address bar, bookmark). Browsers too old to say are treated as foreign.
  if (site === "same-origin" || site === "none") return;
  throw refusal(
    conn,
    "it answers with JavaScript, which another site's <script> could run. Request it from a page of the same origin, " +
      "with the header x-requested-with: XMLHttpRequest, or serve it by a route that does not pass protectFromForgery()",
  );
}

function refusal(conn: Conn, reason: string): HttpError {
  const { node, method, path, remoteAddress } = conn;
  forgeryRefused.execute({ node: node.name, method, path, remoteAddress, reason });
  return new HttpError(403, `${method} ${path} was refused: ${reason}`);
}

const javaScript = /^\s*(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script\b/i;
