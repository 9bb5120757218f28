import type { Conn } from "../plug/index.ts";
import { offerCsrfToken } from "./forgery-token.ts";
import type { NextRequest } from "./test-conn.ts";

/**
 * Gives a conn that begins its way through the plugs what its visitor is to have: values in the session and the flash as
 * soon as a plug provides these, and a CSRF token for who asks.
 *
 * Waiting for the plug leaves to the application how it keeps its sessions, and whether it has any.
 *
 * @returns says what is left to give to the next request.
 */
export function prepareConn(served: Conn, next: NextRequest): () => NextRequest {
  let left = next;
  const { installSession, installFlash } = served;
  served.installSession = (session) => {
    for (const [key, value] of Object.entries(next.session)) session.put(key, value);
    left = { ...left, session: {} };
    installSession.call(served, session);
  };
  served.installFlash = (flash) => {
    for (const [kind, message] of Object.entries(next.flash)) flash.put(kind, message);
    left = { ...left, flash: {} };
    installFlash.call(served, flash);
  };
  if (next.csrfToken) offerCsrfToken(served);
  return () => left;
}
