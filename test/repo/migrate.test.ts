import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import { migrations, startRepo, temporaryFile } from "./support.ts";

/** Migrations that note their runs. */
function noted(runs: string[], names: string[]): Record<string, Migration> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        async up(database) {
          runs.push(name);
          await sql`create table ${sql.table(name)} (x)`.execute(database);
        },
      } satisfies Migration,
    ]),
  );
}

suite("migrations", () => {
  test("run once, ordered by name", async (t) => {
    const database = await temporaryFile(t);
    const runs: string[] = [];
    const first = await startRepo(t, { database, migrations: noted(runs, ["002_b", "001_a"]) });
    await first.running.stop();
    await startRepo(t, { database, migrations: noted(runs, ["001_a", "002_b", "003_c"]) });
    assert.deepEqual(runs, ["001_a", "002_b", "003_c"]);
  });

  test("run once when several applications start at the same time", async (t) => {
    for (let round = 0; round < 3; round++) {
      const database = await temporaryFile(t);
      const runs: string[] = [];
      await Promise.all(
        Array.from({ length: 4 }, () => startRepo(t, { database, migrations: noted(runs, ["001_a", "002_b"]) })),
      );
      assert.deepEqual(runs, ["001_a", "002_b"]);
    }
  });

  test("that fail are named, and undo those that ran before them", async (t) => {
    const database = await temporaryFile(t);
    const broken: Migration = { up: (queries) => sql`create tabel oops (x)`.execute(queries).then(() => {}) };
    await assert.rejects(
      startRepo(t, { database, migrations: { ...migrations, "003_broken": broken } }),
      /repo "repo" \(.*test\.db\): migration "003_broken" failed, and nothing was changed: near "tabel": syntax error/,
    );
    const { database: queries } = await startRepo(t, { database, migrations: {} });
    assert.deepEqual((await sql`select * from kysely_migration`.execute(queries)).rows, []);
  });

  test("that are gone from the code are reported", async (t) => {
    const database = await temporaryFile(t);
    const { running } = await startRepo(t, { database });
    await running.stop();
    const { "001_notes": notes } = migrations;
    await assert.rejects(
      startRepo(t, { database, migrations: { "001_notes": notes as Migration } }),
      /the migrations could not be run: .*002_counters is missing/,
    );
  });

  test("can rebuild a table that others refer to", async (t) => {
    const database = await temporaryFile(t);
    const tables: Migration = {
      async up(queries) {
        await sql`create table parents (id integer primary key, name text)`.execute(queries);
        await sql`create table children (parent integer references parents (id) on delete cascade)`.execute(queries);
        await sql`insert into parents values (1, 'a')`.execute(queries);
        await sql`insert into children values (1)`.execute(queries);
      },
    };
    const rebuild: Migration = {
      async up(queries) {
        await sql`create table next (id integer primary key, name text not null)`.execute(queries);
        await sql`insert into next select * from parents`.execute(queries);
        await sql`drop table parents`.execute(queries);
        await sql`alter table next rename to parents`.execute(queries);
      },
    };
    const { database: queries } = await startRepo(t, { database, migrations: { "1": tables, "2": rebuild } });
    assert.deepEqual((await sql`select * from children`.execute(queries)).rows, [{ parent: 1 }]);
    await assert.rejects(
      sql`insert into children values (2)`.execute(queries),
      /FOREIGN KEY/,
      "foreign keys are on again",
    );
  });

  test("may not leave broken foreign keys", async (t) => {
    const breaking: Migration = {
      async up(queries) {
        await sql`create table replies (note integer references notes (id))`.execute(queries);
        await sql`insert into replies values (1)`.execute(queries);
      },
    };
    await assert.rejects(
      startRepo(t, { migrations: { ...migrations, "003_replies": breaking } }),
      /migration "003_replies" failed.*1 rows with broken foreign keys, first in "replies" to "notes"/,
    );
  });

  test("are told when a text holds more than one statement", async (t) => {
    const both: Migration = {
      up: (queries) => sql`create table a (x); create table b (x)`.execute(queries).then(() => {}),
    };
    await assert.rejects(startRepo(t, { migrations: { both } }), /more than one statement; run each on its own/);
  });
});
