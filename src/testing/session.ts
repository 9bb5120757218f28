import type { SessionData } from "../plug/index.ts";
import { withNext } from "./put-request.ts";
import type { TestConn } from "./test-conn.ts";

/**
 * Puts values into the visitor's session, as if requests before had put them there: someone is logged in, say.
 *
 * They are put as soon as a plug of the application fetches the session, over what it holds, and are kept from then on
 * as everything in it, whatever the session is kept in.
 *
 * @param values as JSON; what JSON cannot say arrives as the application would get it back: dates as text.
 * @example
 * const visitor = initTestSession(conn(shop), { userId: 7 });
 * htmlResponse(await get(visitor, routes.account()), 200);
 */
export function initTestSession(conn: TestConn, values: SessionData): TestConn {
  return withNext(conn, { session: { ...conn.next.session, ...asJson(values) } });
}

/** Puts one value into the visitor's session, see {@link initTestSession}. */
export function putSession(conn: TestConn, key: string, value: unknown): TestConn {
  return initTestSession(conn, { [key]: value });
}

/**
 * Gives the visitor messages that the next page will show, as if the request before had left them.
 *
 * @example
 * const page = await get(initTestFlash(visitor, { info: "Saved." }), routes.home());
 * assert.match(page.body, /Saved\./);
 */
export function initTestFlash(conn: TestConn, messages: Readonly<Record<string, string>>): TestConn {
  return withNext(conn, { flash: { ...conn.next.flash, ...messages } });
}

/** Values as a session gives them back. */
export function asJson(values: SessionData): SessionData {
  return JSON.parse(JSON.stringify(values)) as SessionData;
}
