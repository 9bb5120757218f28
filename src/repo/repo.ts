import { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { type Behaviour, type ChildSpec, type Node, type Process, type Service, service } from "../process/index.ts";
import { sqliteDialect } from "./dialect.ts";
import { poolDriver } from "./driver.ts";
import { type QueryReport, repoQuery, repoSlowQuery } from "./events.ts";
import type { Report } from "./lease.ts";
import { migrate } from "./migrate.ts";
import { Pool } from "./pool.ts";

/** Which database, and how it is kept. */
export interface RepoOptions {
  /** Tells several repos of an application apart; default `repo`. */
  readonly name?: string;
  /** A file, `:memory:`, or a function that reads either from the environment. */
  readonly database: string | ((environment: NodeJS.ProcessEnv) => string);
  /** What makes the schema, by name: `001_messages`. Those not run yet are run at the start, ordered by name. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  readonly pool?: {
    /** How many connections there may be, each a thread; default 2. A database in memory has one. */
    readonly size?: number;
    /** How long a statement waits for a free one until it is refused; default 5,000. */
    readonly waitMilliseconds?: number;
  };
  /** A statement that takes longer is reported as {@link repoSlowQuery}; default 100. */
  readonly slowQueryMilliseconds?: number;
  /** How long a statement waits for another operating-system process that writes; default 5,000. */
  readonly busyTimeoutMilliseconds?: number;
}

/** A database as a child of an application, and the way to its queries. */
export interface Repo<Database> extends ChildSpec {
  /**
   * The queries of this repo on a node. Ask for them each time: a repo that was restarted has new ones.
   *
   * @throws if the repo does not run there: it has to stand among the application's children, before what uses it.
   */
  on(node: Node): Kysely<Database>;

  /**
   * The same repo over another database: a file, or `:memory:`. It takes the place of this one among an application's
   * children, and `on` finds it, so that tests and several instances in one JavaScript process need not share one.
   *
   * @example
   * application({ children: [Repo.at(":memory:"), endpoint({ router })] });
   */
  at(database: string): ChildSpec;
}

/**
 * Declares a database. As a child of an application it opens the file, runs the migrations that are
 * pending, and counts as started once both are done. Where it ends, and with a lost database it does,
 * its supervisor starts it again.
 *
 * Integers beyond 2^53 read back as `bigint`, all others as `number`; bytes as `Uint8Array`.
 *
 * @example
 * interface Database { messages: { id: Generated<number>; text: string } }
 *
 * export const Repo = repo<Database>({ database: "chat.db", migrations: { "001_messages": messages } });
 *
 * application({ children: [Repo, endpoint({ router })] });
 *
 * const latest = await Repo.on(socket.node).selectFrom("messages").selectAll().limit(50).execute();
 *
 * @throws RangeError if the pool's size is not a whole number above 0.
 */
export function repo<Database>(options: RepoOptions): Repo<Database> {
  const name = options.name ?? "repo";
  const size = options.pool?.size ?? 2;
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`repo "${name}": a pool of ${size} connections cannot be`);
  const key = service<Kysely<Database>>(`Repo "${name}"`);
  const child = (database: RepoOptions["database"]): ChildSpec => ({
    id: name,
    start: (node) =>
      node.spawn(`repo ${name}`, (process) => open(process, { ...options, database }, name, size, key), { name }),
  });
  return { ...child(options.database), on: (node) => node.service(key), at: child };
}

async function open<Database>(
  owner: Process,
  options: RepoOptions,
  name: string,
  size: number,
  key: Service<Kysely<Database>>,
): Promise<Behaviour> {
  const { database, migrations = {}, slowQueryMilliseconds = 100, busyTimeoutMilliseconds = 5_000 } = options;
  const path = typeof database === "function" ? database(process.env) : database;
  const pool = new Pool({
    path,
    busyTimeoutMilliseconds,
    size: path === ":memory:" ? 1 : size,
    waitMilliseconds: options.pool?.waitMilliseconds ?? 5_000,
    onFailure: (error) => owner.exit(error),
  });
  // Also when it is killed, where `terminate` is not called.
  owner.onExit(() => void pool.close());
  const driver = poolDriver(pool, reporter(owner.node.name, name, slowQueryMilliseconds));
  const queries = new Kysely<Database>({ dialect: sqliteDialect(driver) });
  try {
    pool.release(await pool.acquire("read"), "read");
    if (Object.keys(migrations).length > 0) await migrate(queries as Kysely<unknown>, migrations);
  } catch (error) {
    await pool.close();
    throw new Error(`repo "${name}" (${path}): ${(error as Error).message}`, { cause: error });
  }
  owner.node.provide(key, queries);
  return { receive() {}, terminate: () => pool.close() };
}

function reporter(node: string, repo: string, slowQueryMilliseconds: number): Report {
  return (sql, milliseconds, reply, error) => {
    const slow = reply.milliseconds > slowQueryMilliseconds && repoSlowQuery.hasSubscribers;
    if (!slow && !repoQuery.hasSubscribers) return;
    const duration = Math.round(reply.milliseconds * 1_000);
    const queueTime = Math.max(0, Math.round(milliseconds * 1_000) - duration);
    const report: QueryReport = { node, repo, sql, duration, queueTime, error };
    repoQuery.execute(report);
    if (slow) repoSlowQuery.execute(report);
  };
}
