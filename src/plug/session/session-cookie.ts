import type { ServerConfig } from "../config.ts";
import type { Conn } from "../conn.ts";
import type { SessionData } from "../session.ts";
import { presentSeconds, withinAge } from "../token/token-age.ts";
import { openEnvelope, sealEnvelope } from "../token/token-envelope.ts";
import type { SessionSettings } from "./session-options.ts";

/** What became of the session that a request came with. */
export type FoundSession =
  | {
      readonly ok: true;
      readonly data: SessionData;
      /** Whether it is to be written again, though nothing changed: half its age has passed, or its secret was replaced. */
      readonly due: boolean;
    }
  | { readonly ok: false; readonly reason: "invalid" | "expired" };

/**
 * Reads a session that its cookie holds.
 *
 * @param values of the cookies with the session's name; the first genuine one counts.
 */
export function openSession(config: ServerConfig, settings: SessionSettings, values: readonly string[]): FoundSession {
  let refused: FoundSession = invalid;
  for (const value of values) {
    const envelope = openEnvelope(config, settings.purpose, settings.salt, value);
    if (envelope === undefined || !isSessionData(envelope.data)) continue;
    const age = presentSeconds() - envelope.signed;
    if (withinAge(age, settings.maxAge)) {
      return { ok: true, data: envelope.data, due: envelope.outdated || age > settings.refreshAge };
    }
    refused = expired;
  }
  return refused;
}

/** Puts a session into its cookie, signed or encrypted. */
export function sealSession(config: ServerConfig, settings: SessionSettings, data: SessionData): string {
  return sealEnvelope(config, settings.purpose, settings.salt, { signed: presentSeconds(), data });
}

/**
 * Makes the browser keep a session that its cookie holds.
 *
 * @throws if it is larger than a cookie may be.
 */
export function putSessionCookie(conn: Conn, settings: SessionSettings, data: SessionData): void {
  try {
    conn.putCookie(settings.name, sealSession(conn.config, settings, data), settings.cookie);
  } catch (cause) {
    throw new Error(
      `the session is too large for its cookie: ${(cause as Error).message}. With the option store of the session, all ` +
        "that it holds stays on the server",
      { cause },
    );
  }
}

const invalid = Object.freeze({ ok: false, reason: "invalid" } as const);
const expired = Object.freeze({ ok: false, reason: "expired" } as const);

/** Everything that these keys made is a session, unless the application used their salt for something else. */
export function isSessionData(value: unknown): value is SessionData {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
