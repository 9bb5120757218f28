/** What a session holds, as plain JSON. */
export type SessionData = Readonly<Record<string, unknown>>;

/** The session's key that holds the secret of its CSRF tokens. */
export const forgerySecretKey = "_csrf_token";

/**
 * What the server remembers of a visitor from request to request, in the visitor's own cookie.
 *
 * **It is signed, not encrypted**: the visitor cannot change it, but can read it. Put ids into it, not
 * secrets, and little of them: the whole cookie holds 4096 bytes. It is plain JSON, too: a Date put in comes back as text.
 */
export class Session {
  #data: SessionData;
  #changed = false;

  /** @param data what the request's cookie said; {@link fetchSession} makes sessions. */
  constructor(data: SessionData) {
    this.#data = data;
  }

  /** All of it. Never changed in place: a change makes a new object. */
  get data(): SessionData {
    return this.#data;
  }

  /** Whether it has to be written: something was put, deleted, cleared or renewed. */
  get changed(): boolean {
    return this.#changed;
  }

  /** What was put under a key, or undefined. */
  get(key: string): unknown {
    return Object.hasOwn(this.#data, key) ? this.#data[key] : undefined;
  }

  /** Remembers a value, which must be JSON. */
  put(key: string, value: unknown): void {
    this.#data = { ...this.#data, [key]: value };
    this.#changed = true;
  }

  /** Forgets a value. Deleting what is not there changes nothing. */
  delete(key: string): void {
    if (!Object.hasOwn(this.#data, key)) return;
    const { [key]: _forgotten, ...rest } = this.#data;
    this.#data = rest;
    this.#changed = true;
  }

  /** Forgets everything, as when someone logs out. The cookie expires unless something is put again. */
  clear(): void {
    if (Object.keys(this.#data).length === 0) return;
    this.#data = {};
    this.#changed = true;
  }

  /**
   * Starts the session afresh with what it holds: **call it whenever someone logs in or gains rights.**
   * Forms rendered before become worthless, since their CSRF secret is dropped (someone may have planted
   * it), and the cookie is written anew, with a new age.
   */
  renew(): void {
    this.delete(forgerySecretKey);
    this.#changed = true;
  }
}
