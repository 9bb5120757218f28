import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CompiledQuery, Kysely } from "kysely";
import { sqliteDialect } from "../../src/repo/dialect.ts";
import { poolDriver } from "../../src/repo/driver.ts";
import { Pool } from "../../src/repo/pool.ts";
import { purposeOf } from "../../src/repo/purpose.ts";
import type { Notes } from "./support.ts";

const pool = new Pool({ path: ":memory:", busyTimeoutMilliseconds: 0, size: 1, waitMilliseconds: 0, onFailure() {} });
const database = new Kysely<Notes>({ dialect: sqliteDialect(poolDriver(pool, () => {})) });
const purposeOfText = (sql: string) => purposeOf(CompiledQuery.raw(sql));

suite("the purpose of a statement", () => {
  test("is reading for every select that Kysely builds", () => {
    const recent = database.selectFrom("notes").selectAll();
    assert.equal(purposeOf(recent.compile()), "read");
    assert.equal(
      purposeOf(
        database
          .with("recent", () => recent)
          .selectFrom("recent")
          .selectAll()
          .compile(),
      ),
      "read",
    );
  });

  test("is writing for what Kysely builds to change something", () => {
    assert.equal(purposeOf(database.insertInto("notes").values({ text: "a" }).compile()), "write");
    assert.equal(purposeOf(database.deleteFrom("notes").compile()), "write");
    assert.equal(purposeOf(database.schema.dropTable("notes").compile()), "write");
  });

  test("is read off a text that plainly reads", () => {
    assert.equal(purposeOfText("  SELECT 1"), "read");
    assert.equal(purposeOfText("explain query plan delete from notes"), "read");
    assert.equal(purposeOfText("with a as (select 1) select * from a"), "read");
  });

  test("is writing in doubt", () => {
    assert.equal(purposeOfText("with a as (select 1) delete from notes"), "write");
    assert.equal(purposeOfText("pragma user_version = 3"), "write");
    assert.equal(purposeOfText("-- a comment\nselect 1"), "write");
  });
});
