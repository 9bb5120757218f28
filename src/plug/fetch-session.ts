import { toError } from "../process/index.ts";
import type { Conn } from "./conn.ts";
import { findCookies } from "./cookie/find-cookies.ts";
import { sessionRejected, sessionStoreFailed } from "./events.ts";
import type { Plug } from "./plug.ts";
import { type FoundSession, openSession, putSessionCookie } from "./session/session-cookie.ts";
import {
  checkSessionOptions,
  type SessionOptions,
  type SessionSettings,
  sessionSettings,
} from "./session/session-options.ts";
import type { SessionStore, SessionStoreOption } from "./session/session-store.ts";
import { loadStored, type StoredSession, saveStored, storeOf } from "./session/stored-session.ts";
import { Session, type SessionData } from "./session.ts";

/**
 * Provides `conn.session`: in a signed cookie, readable for the visitor but not changeable; with the option `encrypt`
 * not readable either; with the option `store` on the server, and only a random id in the cookie.
 *
 * The cookie is `HttpOnly`, `SameSite=Lax` and, where the site is https, `Secure`. It is written only when the session
 * changed, and may have 4096 bytes; with `maxAge` a session lives that long after its last change. A cookie that is
 * forged, too old or of no session gives an empty one and the telemetry event `anqa.plug.session.rejected`. Of several
 * cookies of the name, the first genuine one counts.
 *
 * With a store, requests without the cookie wait for nothing; the others until the session is read. An answer leaves when
 * the session is written. If the store fails, the request does, with status 503, and the session is as it was.
 *
 * Several in a pipeline count as one, the first. What a session holds that was installed before, as tests do, is put into
 * the one that came.
 *
 * @param options those of `config.session` if absent; sockets read the session by these as well.
 * @throws at start, if options contradict each other.
 *
 * @example
 * const browser = compilePipeline([fetchSession({ name: "__Host-shop", maxAge: 14 * 24 * 60 * 60, sliding: true })]);
 */
export function fetchSession(options?: SessionOptions): Plug {
  checkSessionOptions(options);
  return (conn) => {
    if (conn.getPrivate(fetched) === true) return;
    conn.putPrivate(fetched, true);
    const settings = sessionSettings(options ?? conn.config.session);
    const values = findCookies(conn.request.headers.cookie, settings.name);
    const { store } = settings;
    if (store === undefined) provide(conn, settings, values);
    else return provideStored(conn, settings, store, values);
  };
}

/**
 * The session that a cookie header carries, for those who have no conn: sockets read it from their upgrade request.
 *
 * **A socket must not trust it alone**: browsers send cookies with sockets that other sites open. Check the
 * origin, and the CSRF token with `validCsrfToken` (PROTOCOL section 12).
 *
 * @param server what the request reached: the endpoint, or a conn.
 * @returns null if there is none, or none that is valid; a promise if sessions are kept in a store, which rejects with
 * HttpError 503 if the store fails.
 */
export function readSession(
  cookieHeader: string | undefined,
  { node, config }: Pick<Conn, "node" | "config">,
  options: SessionOptions | undefined = config.session,
): SessionData | null | Promise<SessionData | null> {
  const settings = sessionSettings(options);
  const values = findCookies(cookieHeader, settings.name);
  if (values.length === 0) return null;
  if (settings.store === undefined) {
    const found = openSession(config, settings, values);
    if (!found.ok) report(node.name, settings, found.reason);
    return found.ok ? found.data : null;
  }
  return loadStored(storeOf(settings.store, node), settings, values).then((stored) => {
    if (typeof stored !== "string") return stored.data;
    report(node.name, settings, stored);
    return null;
  });
}

const fetched = Symbol("session fetched");
const none: FoundSession = Object.freeze({ ok: true, data: Object.freeze({}), due: false });

function provide(conn: Conn, settings: SessionSettings, values: readonly string[]): void {
  const found = values.length === 0 ? none : openSession(conn.config, settings, values);
  if (!found.ok) report(conn.node.name, settings, found.reason);
  install(conn, found.ok ? found.data : {});
  conn.beforeSend(() => {
    const { session } = conn;
    if (session.fate === "ignored" || !(session.changed || (found.ok && found.due))) return;
    if (session.fate === "kept" && Object.keys(session.data).length > 0) {
      putSessionCookie(conn, settings, session.data);
    } else if (values.length > 0) conn.deleteCookie(settings.name, settings.scope);
  });
}

/** Provides a session; what one held that was there before goes on top. */
function install(conn: Conn, data: SessionData): void {
  const session = new Session(data);
  if (conn.hasSession) for (const [key, value] of Object.entries(conn.session.data)) session.put(key, value);
  conn.installSession(session);
}

function provideStored(
  conn: Conn,
  settings: SessionSettings,
  option: SessionStoreOption,
  values: readonly string[],
): void | Promise<void> {
  const store = storeOf(option, conn.node);
  if (values.length === 0) return installStored(conn, settings, store, false, undefined);
  return loadStored(store, settings, values).then((loaded) => {
    if (typeof loaded === "string") report(conn.node.name, settings, loaded);
    installStored(conn, settings, store, true, typeof loaded === "string" ? undefined : loaded);
  });
}

function installStored(
  conn: Conn,
  settings: SessionSettings,
  store: SessionStore,
  hadCookie: boolean,
  loaded: StoredSession | undefined,
): void {
  install(conn, loaded?.data ?? {});
  conn.beforeSend(() => {
    const { session } = conn;
    if (session.fate === "ignored" || !(session.changed || loaded?.due)) return;
    const { cookie, written } = saveStored(store, settings, session, loaded, conn.config);
    const tell = () => {
      if (cookie.kind === "new") conn.putCookie(settings.name, cookie.id, settings.cookie);
      else if (cookie.kind === "none" && hadCookie) conn.deleteCookie(settings.name, settings.scope);
    };
    return written === undefined ? tell() : written.then(tell, (thrown) => failed(conn, thrown));
  });
}

/** What the answer says may rely on the session, so that it is not given. */
function failed({ node, method, path }: Conn, thrown: unknown): never {
  sessionStoreFailed.execute({ node: node.name, method, path, error: toError(thrown) });
  throw thrown;
}

function report(node: string, { name }: SessionSettings, reason: "invalid" | "expired" | "unknown"): void {
  sessionRejected.execute({ node, cookie: name, reason });
}
