import type { Node } from "../../process/index.ts";
import type { SessionData } from "../session.ts";

/**
 * Where sessions live that are kept on the server: a table, a cache, a map.
 *
 * Ids are texts of 43 characters that nobody can guess. They are not what stands in the cookie, but its hash:
 * who can read the store cannot take sessions over. What sessions hold is plain JSON.
 *
 * A method that rejects makes the request fail with status 503; one that takes longer than 5 seconds as well.
 */
export interface SessionStore {
  /** What a session holds; undefined if there is none, or none any more. */
  get(id: string): Promise<SessionData | undefined>;
  /** Keeps a new session, to be forgotten after so many seconds. */
  put(id: string, data: SessionData, maxAgeSeconds: number): Promise<void>;
  /** Forgets a session, at once. */
  delete(id: string): Promise<void>;
  /**
   * Changes a session that exists, in one step that no other change comes between, and never makes one: a request that
   * is slow must not bring back the session that another has ended. Without this method `get` and `put` are called one
   * after the other, and what requests change at the same moment may be lost.
   *
   * @param change makes the new data of the present; may be called several times, and changes nothing else.
   * @returns whether there was such a session.
   */
  update?(id: string, change: (data: SessionData) => SessionData, maxAgeSeconds: number): Promise<boolean>;
}

/** A store, or what finds the store of a node: applications that run in one JavaScript process share none. */
export type SessionStoreOption = SessionStore | ((node: Node) => SessionStore);

/** Changes a session that exists, by whatever way its store offers. */
export async function updateStored(
  store: SessionStore,
  id: string,
  change: (data: SessionData) => SessionData,
  maxAgeSeconds: number,
): Promise<boolean> {
  if (store.update !== undefined) return store.update(id, change, maxAgeSeconds);
  const present = await store.get(id);
  if (present === undefined) return false;
  await store.put(id, change(present), maxAgeSeconds);
  return true;
}
