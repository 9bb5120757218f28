import {
  type Dialect,
  type Driver,
  type Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from "kysely";

/** Kysely's SQLite, told that there are several connections and that SQLite rolls back changes of the schema. */
export function sqliteDialect(driver: Driver): Dialect {
  return {
    createDriver: () => driver,
    createAdapter: () => new PooledSqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}

class PooledSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** All pending migrations run in one immediate transaction: that is also the lock against another application. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /**
   * Called before that transaction, on its connection. With foreign keys on, SQLite's way of changing a
   * table (make a new one, copy, drop the old one, rename) would delete what refers to it; inside a
   * transaction they could no longer be turned off.
   */
  override async acquireMigrationLock(database: Kysely<unknown>): Promise<void> {
    await sql`pragma foreign_keys = off`.execute(database);
  }

  override async releaseMigrationLock(database: Kysely<unknown>): Promise<void> {
    await sql`pragma foreign_keys = on`.execute(database);
  }
}
