import type { Node } from "../../process/index.ts";
import type { SessionData } from "../session.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * Keeps sessions in the memory of the server, for tests and for what runs on one machine: they end with the program.
 *
 * @param options.maxSessions how many it keeps, per node; of more, those not written for the longest time are forgotten.
 * Default 100,000.
 *
 * @example
 * endpoint({ router, session: { store: memorySessionStore(), maxAge: 60 * 60 } });
 */
export function memorySessionStore(options: { readonly maxSessions?: number } = {}): (node: Node) => SessionStore {
  const { maxSessions = 100_000 } = options;
  const stores = new WeakMap<Node, SessionStore>();
  return (node) => {
    let store = stores.get(node);
    if (store === undefined) {
      store = new MemorySessionStore(maxSessions);
      stores.set(node, store);
    }
    return store;
  };
}

interface Entry {
  /** JSON: what one request is given, another cannot change, and nothing is kept that a database could not. */
  readonly json: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

class MemorySessionStore implements SessionStore {
  readonly #maxSessions: number;
  /** Ordered by when they were written, the oldest first. */
  readonly #entries = new Map<string, Entry>();

  constructor(maxSessions: number) {
    this.#maxSessions = maxSessions;
  }

  async get(id: string): Promise<SessionData | undefined> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (entry.expires > Date.now()) return JSON.parse(entry.json) as SessionData;
    this.#entries.delete(id);
    return undefined;
  }

  async put(id: string, data: SessionData, maxAgeSeconds: number): Promise<void> {
    this.#entries.delete(id);
    this.#entries.set(id, { json: JSON.stringify(data), expires: Date.now() + maxAgeSeconds * 1000 });
    this.#forgetOldest();
  }

  async update(id: string, change: (data: SessionData) => SessionData, maxAgeSeconds: number): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.expires <= Date.now()) return false;
    await this.put(id, change(JSON.parse(entry.json) as SessionData), maxAgeSeconds);
    return true;
  }

  async delete(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  /** Drops what is over from the old end of the list, and then whatever is too many. */
  #forgetOldest(): void {
    const now = Date.now();
    for (const [id, { expires }] of this.#entries) {
      if (expires > now && this.#entries.size <= this.#maxSessions) return;
      this.#entries.delete(id);
    }
  }
}
