import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { suite, test } from "node:test";
import { prepare, StatementCache } from "../../src/repo/statement-cache.ts";

suite("the statement cache", () => {
  test("prepares a text once", () => {
    const cache = new StatementCache(new DatabaseSync(":memory:"));
    assert.equal(cache.get("select 1"), cache.get("select 1"));
    assert.equal(cache.size, 1);
  });

  test("forgets what was used longest ago", () => {
    const cache = new StatementCache(new DatabaseSync(":memory:"), 2);
    const one = cache.get("select 1");
    const two = cache.get("select 2");
    cache.get("select 1");
    cache.get("select 3");
    assert.equal(cache.size, 2);
    assert.equal(cache.get("select 1"), one);
    assert.notEqual(cache.get("select 2"), two);
  });

  test("keeps statements valid when the schema changes", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("create table t (a integer); insert into t values (1)");
    const cache = new StatementCache(database);
    cache.get("select * from t").statement.all();
    database.exec("alter table t add column b default 2");
    assert.deepEqual({ ...cache.get("select * from t").statement.get() }, { a: 1n, b: 2n });
  });

  test("knows which statements return rows", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("create table t (a integer)");
    const reads = (sql: string) => prepare(database, sql).reads;
    assert.equal(reads("select 1"), true);
    assert.equal(reads("insert into t values (1) returning a"), true);
    assert.equal(reads("insert into t values (1)"), false);
    assert.equal(reads("create table u (a)"), false);
  });

  test("refuses a second statement, but not a semicolon or a comment at the end", () => {
    const database = new DatabaseSync(":memory:");
    assert.throws(() => prepare(database, "select 1; drop table t"), /more than one statement/);
    prepare(database, "select 1 ; -- done\n /* really; */ ;");
    prepare(database, "-- why\nselect ';'");
  });
});
