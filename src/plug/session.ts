/** What a session holds, as plain JSON. */
export type SessionData = Readonly<Record<string, unknown>>;

/** The session's key that holds the secret of its CSRF tokens. */
export const forgerySecretKey = "_csrf_token";

/**
 * What the server remembers of a visitor from request to request.
 *
 * It is kept in the visitor's own cookie, unless `fetchSession()` is told otherwise, and **the cookie is signed,
 * not encrypted**: the visitor cannot change what it holds, but can read it. Put ids into it, not secrets, and little
 * of them: the whole cookie holds 4096 bytes. The option `encrypt` hides what it holds, the option `store` keeps it on the
 * server. It is plain JSON in any case: a Date put in comes back as text.
 *
 * Of two requests at once that change a session in a cookie, the answer that arrives last wins. A session in a store
 * takes the changes of both.
 */
export class Session {
  #data: SessionData;
  #fate: SessionFate = "kept";
  /** Keys that were put or deleted, null if all were. */
  #touched: Set<string> | null | undefined = undefined;
  #renewed = false;

  /** @param data what the request's cookie said; {@link fetchSession} makes sessions. */
  constructor(data: SessionData) {
    this.#data = data;
  }

  /** All of it. Never changed in place: a change makes a new object. */
  get data(): SessionData {
    return this.#data;
  }

  /** Whether it has to be written: something was put, deleted, cleared, renewed or dropped. */
  get changed(): boolean {
    return this.#touched !== undefined || this.#renewed || this.#fate === "dropped";
  }

  /** Whether it gets a new identity. */
  get renewed(): boolean {
    return this.#renewed;
  }

  /** What becomes of it when the request is answered. */
  get fate(): SessionFate {
    return this.#fate;
  }

  /** What was put under a key, or undefined. */
  get(key: string): unknown {
    return Object.hasOwn(this.#data, key) ? this.#data[key] : undefined;
  }

  /** Remembers a value, which must be JSON. */
  put(key: string, value: unknown): void {
    this.#data = { ...this.#data, [key]: value };
    this.#touch(key);
  }

  /** Forgets a value. Deleting what is not there changes nothing. */
  delete(key: string): void {
    if (!Object.hasOwn(this.#data, key)) return;
    const { [key]: _forgotten, ...rest } = this.#data;
    this.#data = rest;
    this.#touch(key);
  }

  /**
   * Forgets everything, and with it the session's identity, as when someone logs out. The cookie expires unless
   * something is put again.
   */
  clear(): void {
    if (Object.keys(this.#data).length === 0) return;
    this.#data = {};
    this.#touched = null;
    this.#renewed = true;
  }

  /**
   * Gives the session a new identity, with what it holds: **call it whenever someone logs in or gains rights.** Else
   * who planted a session of their own in a visitor's browser shares it afterwards (session fixation).
   *
   * Forms rendered before become worthless, since their CSRF secret is dropped. The cookie is written anew, with a new
   * age; a session in a store gets a new id, and the old one ends.
   */
  renew(): void {
    this.delete(forgerySecretKey);
    this.#renewed = true;
  }

  /** Ends the session with this request, whatever is put into it still: in the store, and in the browser. */
  drop(): void {
    this.#fate = "dropped";
  }

  /** Empties the session for this request alone: nothing of what is changed from now on is kept, nor the cookie touched. */
  ignore(): void {
    this.#data = {};
    this.#fate = "ignored";
  }

  /**
   * Makes the changes of this request to data that was read at another time, and may have been changed by others
   * since. For whoever keeps sessions.
   */
  applyTo(stored: SessionData): SessionData {
    const touched = this.#touched;
    if (touched === null) return this.#data;
    if (touched === undefined) return stored;
    const entries = Object.entries(stored).filter(([key]) => !touched.has(key));
    for (const key of touched) if (Object.hasOwn(this.#data, key)) entries.push([key, this.#data[key]]);
    return Object.fromEntries(entries);
  }

  #touch(key: string): void {
    if (this.#touched === null) return;
    this.#touched ??= new Set();
    this.#touched.add(key);
  }
}

/** Kept as it then is, ended, or left as it was before the request. */
export type SessionFate = "kept" | "dropped" | "ignored";
