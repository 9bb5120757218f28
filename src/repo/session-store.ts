import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Node } from "../process/index.ts";
import type { Repo } from "./repo.ts";

/** What a session holds, as plain JSON. */
type SessionData = Readonly<Record<string, unknown>>;

/** Keeps HTTP sessions in a table; the session store of `anqa/plug`, see there. */
export interface RepoSessionStore {
  get(id: string): Promise<SessionData | undefined>;
  put(id: string, data: SessionData, maxAgeSeconds: number): Promise<void>;
  update(id: string, change: (data: SessionData) => SessionData, maxAgeSeconds: number): Promise<boolean>;
  delete(id: string): Promise<void>;
}

/** Names the table of {@link repoSessionStore}, where it cannot be `sessions`. */
export interface SessionTableOptions {
  readonly table?: string;
}

/**
 * Keeps HTTP sessions in a table of a repo, for the option `store` of sessions. {@link sessionsMigration} makes the table.
 *
 * Of requests that change a session at the same time none is lost, also between several servers on one database.
 * Sessions that are over are deleted with the writes of others, at most once a minute.
 *
 * @example
 * export const Repo = repo<Database>({ database: "shop.db", migrations: { "001_sessions": sessionsMigration() } });
 *
 * endpoint({ router, session: { store: repoSessionStore(Repo), maxAge: 14 * 24 * 60 * 60, sliding: true } });
 */
export function repoSessionStore<Database>(
  repo: Repo<Database>,
  { table = "sessions" }: SessionTableOptions = {},
): (node: Node) => RepoSessionStore {
  const stores = new WeakMap<Node, RepoSessionStore>();
  return (node) => {
    let store = stores.get(node);
    if (store === undefined) {
      // A repo that was started again has other queries.
      store = new TableSessionStore(() => repo.on(node) as unknown as Kysely<SessionTables>, table);
      stores.set(node, store);
    }
    return store;
  };
}

/** The migration that makes the table of {@link repoSessionStore}; an entry of the repo's option `migrations`. */
export function sessionsMigration({ table = "sessions" }: SessionTableOptions = {}): Migration {
  return {
    async up(database) {
      await database.schema
        .createTable(table)
        .addColumn("id", "text", (column) => column.primaryKey().notNull())
        .addColumn("data", "text", (column) => column.notNull())
        .addColumn("expires_at", "integer", (column) => column.notNull())
        .execute();
      await database.schema.createIndex(`${table}_expires_at`).on(table).column("expires_at").execute();
    },
    async down(database) {
      await database.schema.dropTable(table).execute();
    },
  };
}

interface SessionTables {
  readonly [table: string]: {
    readonly id: string;
    /** JSON. */
    readonly data: string;
    /** Milliseconds since 1970. */
    readonly expires_at: number;
  };
}

/** Somebody else's change makes one more attempt needed, so that this many mean that something is wrong. */
const mostAttempts = 100;
const sweepMilliseconds = 60_000;
/** Rows that one sweep deletes at most: SQLite has one writer, who must not be kept waiting. */
const rowsPerSweep = 500;

class TableSessionStore implements RepoSessionStore {
  readonly #queries: () => Kysely<SessionTables>;
  readonly #table: string;
  #nextSweep = 0;

  constructor(queries: () => Kysely<SessionTables>, table: string) {
    this.#queries = queries;
    this.#table = table;
  }

  async get(id: string): Promise<SessionData | undefined> {
    const json = await this.#read(id);
    return json === undefined ? undefined : (JSON.parse(json) as SessionData);
  }

  async put(id: string, data: SessionData, maxAgeSeconds: number): Promise<void> {
    const row = { data: JSON.stringify(data), expires_at: expiry(maxAgeSeconds) };
    await this.#queries()
      .insertInto(this.#table)
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
      .execute();
    this.#sweepSometimes();
  }

  /** Writes only over what was read: whoever comes in between makes it read again, and no lock is held meanwhile. */
  async update(id: string, change: (data: SessionData) => SessionData, maxAgeSeconds: number): Promise<boolean> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const present = await this.#read(id);
      if (present === undefined) return false;
      const data = JSON.stringify(change(JSON.parse(present) as SessionData));
      const { numUpdatedRows } = await this.#queries()
        .updateTable(this.#table)
        .set({ data, expires_at: expiry(maxAgeSeconds) })
        .where("id", "=", id)
        .where("data", "=", present)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) {
        this.#sweepSometimes();
        return true;
      }
    }
    throw new Error(`a session in "${this.#table}" was changed by others ${mostAttempts} times while it was written`);
  }

  async delete(id: string): Promise<void> {
    await this.#queries().deleteFrom(this.#table).where("id", "=", id).execute();
  }

  async #read(id: string): Promise<string | undefined> {
    const row = await this.#queries()
      .selectFrom(this.#table)
      .select("data")
      .where("id", "=", id)
      .where("expires_at", ">", Date.now())
      .executeTakeFirst();
    return row?.data;
  }

  #sweepSometimes(): void {
    const now = Date.now();
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + sweepMilliseconds;
    // Nobody waits for it. That it failed is in the repo's telemetry, and the next one makes up for it.
    this.#sweep(now).catch(() => {});
  }

  async #sweep(now: number): Promise<void> {
    const queries = this.#queries();
    const over = queries.selectFrom(this.#table).select("id").where("expires_at", "<=", now).limit(rowsPerSweep);
    const { numDeletedRows } = await queries.deleteFrom(this.#table).where("id", "in", over).executeTakeFirst();
    // There may be more: the next write goes on.
    if (Number(numDeletedRows) === rowsPerSweep) this.#nextSweep = 0;
  }
}

function expiry(maxAgeSeconds: number): number {
  return Date.now() + maxAgeSeconds * 1000;
}
