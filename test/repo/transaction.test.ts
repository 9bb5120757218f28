import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { startRepo, temporaryFile } from "./support.ts";

suite("transactions", () => {
  test("keep what they did when they end well", async (t) => {
    const { database } = await startRepo(t);
    await database.transaction().execute(async (transaction) => {
      await transaction.insertInto("notes").values({ text: "a" }).execute();
      await transaction.insertInto("notes").values({ text: "b" }).execute();
    });
    assert.equal((await database.selectFrom("notes").selectAll().execute()).length, 2);
  });

  test("are rolled back by a throw, which reaches the caller", async (t) => {
    const { database } = await startRepo(t);
    const changed = database.transaction().execute(async (transaction) => {
      await transaction.insertInto("notes").values({ text: "a" }).execute();
      throw new Error("changed my mind");
    });
    await assert.rejects(changed, /changed my mind/);
    assert.deepEqual(await database.selectFrom("notes").selectAll().execute(), []);
  });

  test("are seen by nobody else before they end", async (t) => {
    const { database } = await startRepo(t);
    await database.transaction().execute(async (transaction) => {
      await transaction.insertInto("notes").values({ text: "hidden" }).execute();
      assert.deepEqual(await database.selectFrom("notes").selectAll().execute(), []);
      assert.equal((await transaction.selectFrom("notes").selectAll().execute()).length, 1);
    });
  });

  test("lose nothing when fifty read, think and write at once", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 3 } });
    await Promise.all(
      Array.from({ length: 50 }, () =>
        database.transaction().execute(async (transaction) => {
          const { value } = await transaction.selectFrom("counters").select("value").executeTakeFirstOrThrow();
          await new Promise(setImmediate);
          await transaction
            .updateTable("counters")
            .set({ value: value + 1 })
            .execute();
        }),
      ),
    );
    assert.deepEqual(await database.selectFrom("counters").select("value").execute(), [{ value: 50 }]);
  });

  test("lose nothing when two applications write into one file", async (t) => {
    const path = await temporaryFile(t);
    const both = await Promise.all([startRepo(t, { database: path }), startRepo(t, { database: path })]);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        both[index % 2]?.database
          .insertInto("notes")
          .values({ text: `${index}` })
          .execute(),
      ),
    );
    const { rows } = await sql`select count(*) as count from notes`.execute(both[0].database);
    assert.deepEqual(rows, [{ count: 40 }]);
  });

  test("go back to a savepoint", async (t) => {
    const { database } = await startRepo(t);
    const transaction = await database.startTransaction().execute();
    await transaction.insertInto("notes").values({ text: "kept" }).execute();
    const afterSave = await transaction.savepoint('odd "name"').execute();
    await afterSave.insertInto("notes").values({ text: "undone" }).execute();
    const undone = await afterSave.rollbackToSavepoint('odd "name"').execute();
    await undone.releaseSavepoint('odd "name"').execute();
    await transaction.commit().execute();
    assert.deepEqual(await database.selectFrom("notes").select("text").execute(), [{ text: "kept" }]);
  });

  test("that are read only cannot write, and wait for no writer", async (t) => {
    const { database } = await startRepo(t);
    await database.transaction().execute(async (writer) => {
      await writer.insertInto("notes").values({ text: "a" }).execute();
      const reading = database.transaction().setAccessMode("read only");
      assert.deepEqual(await reading.execute((reader) => reader.selectFrom("notes").selectAll().execute()), []);
      const writing = reading.execute((reader) => reader.insertInto("notes").values({ text: "b" }).execute());
      await assert.rejects(writing, /attempt to write a readonly database/);
    });
    await Promise.all([
      database.insertInto("notes").values({ text: "c" }).execute(),
      database.insertInto("notes").values({ text: "d" }).execute(),
    ]);
    assert.equal((await database.selectFrom("notes").selectAll().execute()).length, 3);
  });

  test("are rolled back if a commit is refused", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 1 } });
    await sql`create table replies (note integer references notes (id) deferrable initially deferred)`.execute(
      database,
    );
    const broken = database
      .transaction()
      .execute((transaction) => sql`insert into replies values (1)`.execute(transaction));
    await assert.rejects(broken, /FOREIGN KEY constraint failed\n {2}in: commit/);
    assert.deepEqual((await sql`select * from replies`.execute(database)).rows, []);
  });

  test("left open by hand are rolled back when the connection is given back", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 1 } });
    await database.connection().execute(async (session) => {
      await sql`begin`.execute(session);
      await session.insertInto("notes").values({ text: "forgotten" }).execute();
    });
    await database.insertInto("notes").values({ text: "next" }).execute();
    assert.deepEqual(await database.selectFrom("notes").select("text").execute(), [{ text: "next" }]);
  });
});

suite("a session", () => {
  test("stays on one connection, even if its first queries are asked at once", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 3 } });
    await database.connection().execute(async (session) => {
      await Promise.all([
        sql`create temp table mine (x)`.execute(session),
        sql`insert into mine values (1)`.execute(session),
      ]);
      assert.deepEqual((await sql`select x from mine`.execute(session)).rows, [{ x: 1 }]);
    });
  });
});
