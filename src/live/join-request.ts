import { type FlashMessages, verifyFlash } from "../controller/index.ts";
import type { Endpoint } from "../endpoint/index.ts";
import { type Params, type SessionData, validCsrfToken } from "../plug/index.ts";
import { isObject } from "./event-payload.ts";
import { liveSessionOf } from "./live-session.ts";
import { type Location, locate } from "./location.ts";
import { verifySession, verifyStatic } from "./tokens.ts";
import type { LiveView } from "./view.ts";

/** A join that may go ahead: everything that the view is mounted with. */
export interface JoinRequest {
  readonly view: LiveView;
  readonly location: Location;
  /** Whether the client comes from another view, without having loaded the page. */
  readonly isNavigation: boolean;
  readonly session: SessionData;
  readonly connectParams: Params;
  readonly flash: FlashMessages;
}

/** Why a join is refused: what the client is told, and what the log is. */
export interface JoinRefusal {
  readonly reason: "stale" | "unauthorized";
  readonly detail: string;
}

/**
 * Checks a join, in the order of PROTOCOL section 13.
 *
 * @param session that of the connection; null if it has none that is valid.
 * @param payload what the client sent, unchecked.
 */
export function checkJoin(
  endpoint: Endpoint,
  session: SessionData | null,
  topic: string,
  payload: unknown,
): JoinRequest | JoinRefusal {
  if (!isObject(payload) || typeof payload.session !== "string") return stale("the payload has no session token");
  const { config } = endpoint;
  const token = verifySession(config, payload.session);
  if (token === undefined) return stale("its session token is not genuine or too old");
  if (topic !== `lv:${token.id}`) return stale("its session token is for another element");
  const statics = typeof payload.static === "string" ? verifyStatic(config, payload.static) : null;
  if (statics === undefined || (statics !== null && statics.id !== token.id))
    return stale("its static token is not genuine or too old");
  if (session === null) return stale(noSession);
  if (!validCsrfToken(session, token.visitor)) return stale("its session token was made for another session");

  const isNavigation = typeof payload.redirect === "string";
  const href = isNavigation ? payload.redirect : payload.url;
  const location = typeof href === "string" ? safelyLocate(endpoint, href) : undefined;
  if (location?.view === undefined) return unauthorized("its URL leads to no view");
  if (liveSessionOf(location.route) !== token.liveSession)
    return unauthorized("its URL belongs to another live session");
  if (!isNavigation && location.view.name !== token.view)
    return unauthorized("its URL leads to another view than its token");

  const connectParams = (isObject(payload.params) ? payload.params : {}) as Params;
  const shown = !isNavigation && connectParams._mounts === 0 ? statics?.flash : undefined;
  const flash = typeof payload.flash === "string" ? verifyFlash(config, payload.flash) : (shown ?? {});
  return { view: location.view, location, isNavigation, session, connectParams, flash };
}

const noSession =
  "the socket came without a session and a CSRF token of that session. The page's layout needs " +
  '<meta name="csrf-token"> with its csrfToken as content, and its pipeline fetchSession()';

function stale(detail: string): JoinRefusal {
  return { reason: "stale", detail };
}

function unauthorized(detail: string): JoinRefusal {
  return { reason: "unauthorized", detail };
}

function safelyLocate({ router }: Endpoint, href: string): Location | undefined {
  try {
    return locate(router, href);
  } catch {
    return undefined;
  }
}
