import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { application, createNode } from "../../src/process/index.ts";
import { QueryError, repo } from "../../src/repo/index.ts";
import { migrations, type Notes, startRepo, temporaryFile } from "./support.ts";

suite("a repo", () => {
  test("opens the database, runs the migrations and answers typed queries", async (t) => {
    const { database } = await startRepo(t);
    const inserted = await database.insertInto("notes").values({ text: "first" }).executeTakeFirstOrThrow();
    assert.equal(inserted.insertId, 1n);
    assert.equal(inserted.numInsertedOrUpdatedRows, 1n);
    assert.deepEqual(await database.selectFrom("notes").selectAll().execute(), [{ id: 1, text: "first" }]);
    const deleted = await database.deleteFrom("notes").where("id", "=", 1).executeTakeFirstOrThrow();
    assert.equal(deleted.numDeletedRows, 1n);
  });

  test("returns rows of statements that write", async (t) => {
    const { database } = await startRepo(t);
    const rows = await database
      .insertInto("notes")
      .values([{ text: "a" }, { text: "b" }])
      .returningAll()
      .execute();
    assert.deepEqual(rows, [
      { id: 1, text: "a" },
      { id: 2, text: "b" },
    ]);
  });

  test("keeps its data when the application is started again", async (t) => {
    const path = await temporaryFile(t);
    const first = await startRepo(t, { database: path });
    await first.database.insertInto("notes").values({ text: "kept" }).execute();
    await first.running.stop();
    const second = await startRepo(t, { database: path });
    assert.deepEqual(await second.database.selectFrom("notes").select("text").execute(), [{ text: "kept" }]);
  });

  test("leaves one file behind when it is stopped: the log has been written back", async (t) => {
    const path = await temporaryFile(t, "only.db");
    const { database, running } = await startRepo(t, { database: path });
    await database.insertInto("notes").values({ text: "a" }).execute();
    await running.stop();
    assert.deepEqual(readdirSync(dirname(path)), ["only.db"]);
  });

  test("refuses queries once it has been stopped", async (t) => {
    const { database, running } = await startRepo(t);
    await running.stop();
    await assert.rejects(database.selectFrom("notes").selectAll().execute(), /has been stopped/);
  });

  test("reads its path from the environment", async (t) => {
    const path = await temporaryFile(t);
    process.env.ANQA_TEST_DATABASE = path;
    t.after(() => delete process.env.ANQA_TEST_DATABASE);
    await startRepo(t, { database: (environment) => environment.ANQA_TEST_DATABASE ?? "missing" });
    assert.ok(readdirSync(dirname(path)).includes("test.db"));
  });

  test("keeps a database in memory on one connection, whatever the pool's size", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:", pool: { size: 4 } });
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        database
          .insertInto("notes")
          .values({ text: `${index}` })
          .execute(),
      ),
    );
    const counts = await Promise.all(
      Array.from({ length: 8 }, () =>
        database
          .selectFrom("notes")
          .select(({ fn }) => fn.countAll().as("count"))
          .execute(),
      ),
    );
    assert.deepEqual(counts, Array(8).fill([{ count: 8 }]));
  });

  test("stands beside another of a different name", async (t) => {
    const One = repo<Notes>({ name: "one", database: ":memory:", migrations });
    const Two = repo<Notes>({ name: "two", database: ":memory:", migrations });
    const running = await application({ children: [One, Two] }).start();
    t.after(() => running.stop());
    await One.on(running.node).insertInto("notes").values({ text: "in one" }).execute();
    assert.deepEqual(await Two.on(running.node).selectFrom("notes").selectAll().execute(), []);
  });

  test("is another one on every node", async (t) => {
    const Repo = repo<Notes>({ database: ":memory:", migrations });
    const left = await application({ children: [Repo] }).start({ nodeName: "left" });
    const right = await application({ children: [Repo] }).start({ nodeName: "right" });
    t.after(() => Promise.all([left.stop(), right.stop()]));
    await Repo.on(left.node).insertInto("notes").values({ text: "left" }).execute();
    assert.deepEqual(await Repo.on(right.node).selectFrom("notes").selectAll().execute(), []);
  });

  test("is the same one over another database", async (t) => {
    const Repo = repo<Notes>({ database: "never-opened.db", migrations });
    const path = await temporaryFile(t);
    const left = await application({ children: [Repo.at(path)] }).start({ nodeName: "left" });
    const right = await application({ children: [Repo.at(":memory:")] }).start({ nodeName: "right" });
    t.after(() => Promise.all([left.stop(), right.stop()]));
    await Repo.on(left.node).insertInto("notes").values({ text: "left" }).execute();
    assert.deepEqual(await Repo.on(right.node).selectFrom("notes").selectAll().execute(), []);
    assert.ok(readdirSync(dirname(path)).includes("test.db"));
    assert.equal(existsSync("never-opened.db"), false);
  });

  test("says what to do on a node where it does not run", () => {
    const Repo = repo<Notes>({ database: ":memory:" });
    assert.throws(() => Repo.on(createNode()), /no Repo "repo": add it to the application's children/);
  });

  test("keeps an application from starting if the file cannot be opened, and names it", async (t) => {
    const path = `${await temporaryFile(t)}/not-a-folder/x.db`;
    await assert.rejects(startRepo(t, { database: path }), (error: Error) => {
      assert.match(error.message, /the database could not be opened: unable to open database file/);
      assert.ok(error.message.includes(path));
      return true;
    });
  });

  test("refuses a pool without connections", () => {
    assert.throws(() => repo({ database: ":memory:", pool: { size: 0 } }), RangeError);
  });
});

suite("what the database refuses", () => {
  test("names the statement and keeps SQLite's message and codes", async (t) => {
    const { database } = await startRepo(t);
    await database.insertInto("notes").values({ text: "taken" }).execute();
    await assert.rejects(database.insertInto("notes").values({ text: "taken" }).execute(), (error: QueryError) => {
      assert.ok(error instanceof QueryError);
      assert.match(error.message, /UNIQUE constraint failed: notes\.text\n {2}in: insert into "notes"/);
      assert.equal(error.code, "ERR_SQLITE_ERROR");
      assert.equal(error.errcode, 2067);
      assert.equal(error.sql, 'insert into "notes" ("text") values (?)');
      assert.match(error.stack ?? "", /repo\.test\.ts/, "the stack leads to who asked");
      return true;
    });
  });

  test("leaves the connection usable after a syntax error", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 1 } });
    await assert.rejects(sql`selec 1`.execute(database), /near "selec": syntax error\n {2}in: selec 1/);
    assert.deepEqual((await sql`select 1 as one`.execute(database)).rows, [{ one: 1 }]);
  });

  test("keeps parameters out of the error", async (t) => {
    const { database } = await startRepo(t);
    await assert.rejects(sql`select ${"secret"} from nowhere`.execute(database), (error: QueryError) => {
      assert.ok(!JSON.stringify([error.message, error.sql, error.stack]).includes("secret"));
      return true;
    });
  });

  test("shortens a long statement in the message only", async (t) => {
    const { database } = await startRepo(t);
    const text = `select ${"1,".repeat(1_000)} from`;
    await assert.rejects(sql.raw(text).execute(database), (error: QueryError) => {
      assert.ok(error.message.length < 700);
      assert.equal(error.sql, text);
      return true;
    });
  });

  test("enforces foreign keys", async (t) => {
    const { database } = await startRepo(t);
    await sql`create table replies (note integer references notes (id))`.execute(database);
    await assert.rejects(sql`insert into replies values (7)`.execute(database), /FOREIGN KEY constraint failed/);
  });
});
