import { hash } from "node:crypto";
import type { Node } from "../../process/index.ts";
import { HttpError } from "../http-error.ts";
import { randomPool } from "../random-pool.ts";
import type { Session, SessionData } from "../session.ts";
import { presentSeconds, withinAge } from "../token/token-age.ts";
import { isSessionData } from "./session-cookie.ts";
import type { SessionSettings } from "./session-options.ts";
import { type SessionStore, type SessionStoreOption, updateStored } from "./session-store.ts";

/** A session that its store has. */
export interface StoredSession {
  /** What stands in the cookie. */
  readonly id: string;
  readonly data: SessionData;
  /** Whether it is to be written again, though nothing changed: half its age has passed. */
  readonly due: boolean;
}

/**
 * Looks for a session by the ids that came in cookies. An id that the store does not know is nobody's, and is never
 * taken over: ids are made here only, so nobody can plant one.
 *
 * @returns why it was not found, if it was not.
 * @throws HttpError 503 if the store fails or is too slow.
 */
export async function loadStored(
  store: SessionStore,
  settings: SessionSettings,
  ids: readonly string[],
): Promise<StoredSession | "invalid" | "unknown"> {
  const possible = ids.filter((id) => wellFormed.test(id));
  for (const id of possible) {
    const found = await withinDeadline("read", () => store.get(storedId(id)));
    if (!isSessionData(found)) continue;
    const { [writtenKey]: written, ...data } = found;
    const age = typeof written === "number" ? presentSeconds() - written : Infinity;
    return { id, data, due: !withinAge(age, settings.refreshAge) };
  }
  return possible.length === 0 ? "invalid" : "unknown";
}

/**
 * Brings a store up to date with what a request did to a session.
 *
 * @param loaded what the request came with, if the store had it.
 * @returns what the browser is told, and when the store has it, undefined if nothing has to be written. `written` rejects with
 * HttpError 503 if the store fails or is too slow: then the session that was loaded is as it was, and the browser must not be told.
 */
export function saveStored(
  store: SessionStore,
  settings: SessionSettings,
  session: Session,
  loaded: StoredSession | undefined,
  config: object,
): { readonly cookie: NewCookie; readonly written: Promise<void> | undefined } {
  const { maxAge } = settings;
  const old = loaded === undefined ? undefined : storedId(loaded.id);
  const save = (cookie: NewCookie, work: () => Promise<unknown>) => ({
    cookie,
    written: withinDeadline("written", work).then(() => {}),
  });
  const change = (present: SessionData) => stamp(settings, session.applyTo(present));
  const isFresh = old === undefined || session.renewed;
  // One that was emptied by deletes stays: somebody else may be putting something into it.
  if (session.fate === "dropped" || (isFresh && Object.keys(session.data).length === 0)) {
    return old === undefined
      ? { cookie: { kind: "none" }, written: undefined }
      : save({ kind: "none" }, () => store.delete(old));
  }
  // If another request has ended it meanwhile, that one has told the browser.
  if (!isFresh) return save({ kind: "same" }, () => updateStored(store, old, change, maxAge));
  const id = randomPool(config).text(idBytes);
  return save({ kind: "new", id }, async () => {
    // Read again: another request may have changed it, and what that one forgot must not come back.
    const present = old === undefined ? undefined : await store.get(old);
    await store.put(storedId(id), change(isSessionData(present) ? present : {}), maxAge);
    if (old !== undefined) await store.delete(old);
  });
}

/** What the cookie says after a request: a new id, the same as before, or nothing any more. */
export type NewCookie =
  | { readonly kind: "new"; readonly id: string }
  | { readonly kind: "same" }
  | { readonly kind: "none" };

/** The store of a node. */
export function storeOf(option: SessionStoreOption, node: Node): SessionStore {
  return typeof option === "function" ? option(node) : option;
}

const idBytes = 32;
const wellFormed = /^[\w-]{43}$/;
const deadline = 5_000;

/** Under this key a store is given the time when a session was written, if that is needed to know its age. */
const writtenKey = "_written";

function stamp({ refreshAge }: SessionSettings, data: SessionData): SessionData {
  return refreshAge === Infinity ? data : { ...data, [writtenKey]: presentSeconds() };
}

/** Who reads a store learns no ids that a cookie could carry; and its index is not searched for what strangers send. */
function storedId(id: string): string {
  return hash("sha256", id, "base64url");
}

async function withinDeadline<T>(done: "read" | "written", work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${deadline} ms`)), deadline);
  try {
    return await Promise.race([work(), late.promise]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError(503, `the session could not be ${done}, since its store failed: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
