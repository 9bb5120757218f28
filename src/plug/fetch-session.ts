import { parseCookie } from "cookie";
import type { SessionOptions } from "./config.ts";
import type { Conn } from "./conn.ts";
import { sessionRejected } from "./events.ts";
import type { Plug } from "./plug.ts";
import { Session, type SessionData } from "./session.ts";
import { signToken, verifyToken } from "./token.ts";

const defaultName = "_anqa_key";

/**
 * Provides `conn.session`, kept in a signed cookie: readable for the visitor, but not changeable.
 *
 * The cookie is `HttpOnly`, `SameSite=Lax` and, where `config.url.scheme` is https, `Secure`. It is written
 * only when the session changed, and may have 4096 bytes; with `maxAge` a session lives that long after its last change. A cookie
 * with a bad signature or too old gives an empty session and the telemetry event `anqa.plug.session.rejected`.
 *
 * @param options those of `config.session` if absent; sockets read the session by these as well.
 */
export function fetchSession(options?: SessionOptions): Plug {
  const store = (conn: Conn): void => storeSession(conn, options);
  return (conn) => {
    conn.installSession(new Session(readSession(conn.request.headers.cookie, conn, options) ?? {}));
    conn.beforeSend(store);
  };
}

/**
 * The session that a cookie header carries, for those who have no conn: sockets read it from their upgrade request.
 *
 * **A socket must not trust it alone**: browsers send cookies with sockets that other sites open. Check the
 * origin, and the CSRF token with `validCsrfToken` (PROTOCOL section 12).
 *
 * @param server what the request reached: the endpoint, or a conn.
 * @returns null if there is none, or none that is valid.
 */
export function readSession(
  cookieHeader: string | undefined,
  { node, config }: Pick<Conn, "node" | "config">,
  options: SessionOptions | undefined = config.session,
): SessionData | null {
  if (cookieHeader === undefined) return null;
  const name = options?.name ?? defaultName;
  const token = parseCookie(cookieHeader)[name];
  if (token === undefined || token === "") return null;
  const verified = verifyToken<SessionData>(config, saltFor(name), token, { maxAge: options?.maxAge ?? Infinity });
  if (verified.ok) return verified.data;
  sessionRejected.execute({ node: node.name, cookie: name, reason: verified.reason });
  return null;
}

function storeSession(conn: Conn, options: SessionOptions | undefined = conn.config.session): void {
  const { session, config } = conn;
  if (!session.changed) return;
  const name = options?.name ?? defaultName;
  const { sameSite = "lax", domain, maxAge } = options ?? {};
  const scope = domain === undefined ? {} : { domain };
  if (Object.keys(session.data).length > 0) {
    const lifetime = maxAge === undefined ? {} : { maxAge };
    conn.putCookie(name, signToken(config, saltFor(name), session.data), { sameSite, ...scope, ...lifetime });
  } else if (conn.cookies[name] !== undefined) {
    conn.deleteCookie(name, scope);
  }
}

/** A session signed for one cookie is worthless in another: an application may have several, of different rights. */
function saltFor(name: string): string {
  return `anqa session ${name}`;
}
