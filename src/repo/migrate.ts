import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

/**
 * Runs the migrations that have not been run, in the order of their names: all of them or none.
 *
 * @throws naming the migration that failed, with its error as the cause.
 */
export async function migrate(
  database: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const checked = Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [name, withCheck(migration)]),
  );
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => checked } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === "Error")?.migrationName;
  const what =
    failed === undefined ? "the migrations could not be run" : `migration "${failed}" failed, and nothing was changed`;
  throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** Foreign keys are off while migrations run; that none is broken is seen afterwards. */
function withCheck(migration: Migration): Migration {
  return {
    ...migration,
    async up(database) {
      await migration.up(database);
      const { rows } = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(database);
      const [broken] = rows;
      if (broken === undefined) return;
      throw new Error(
        `it leaves ${rows.length} rows with broken foreign keys, first in "${broken.table}" to "${broken.parent}"`,
      );
    },
  };
}
