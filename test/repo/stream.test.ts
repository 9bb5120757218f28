import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { collect, startRepo } from "./support.ts";

const numbers = Array.from({ length: 150 }, (_, index) => ({ text: `note ${index + 1}` }));

suite("streams", () => {
  test("bring every row once, in chunks", async (t) => {
    const { database } = await startRepo(t);
    await database.insertInto("notes").values(numbers).execute();
    const ids: number[] = [];
    for await (const { id } of database.selectFrom("notes").selectAll().orderBy("id").stream(10)) ids.push(id);
    assert.deepEqual(
      ids,
      numbers.map((_, index) => index + 1),
    );
  });

  test("end well after a whole number of chunks, and without rows", async (t) => {
    const { database } = await startRepo(t);
    const count = async () => (await collect(database.selectFrom("notes").selectAll().stream(75))).length;
    assert.equal(await count(), 0);
    await database.insertInto("notes").values(numbers).execute();
    assert.equal(await count(), 150);
  });

  test("give their connection back when the reader leaves early", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 1 } });
    await database.insertInto("notes").values(numbers).execute();
    for await (const _row of database.selectFrom("notes").selectAll().stream()) break;
    await database.deleteFrom("notes").execute();
    assert.deepEqual(await database.selectFrom("notes").selectAll().execute(), []);
  });

  test("of the same statement run side by side in one transaction", async (t) => {
    const { database } = await startRepo(t);
    await database.insertInto("notes").values(numbers).execute();
    await database.transaction().execute(async (transaction) => {
      const query = transaction.selectFrom("notes").selectAll();
      const [left, right, all] = await Promise.all([collect(query.stream()), collect(query.stream()), query.execute()]);
      assert.deepEqual([left.length, right.length, all.length], [150, 150, 150]);
    });
  });

  test("fail where they are read", async (t) => {
    const { database } = await startRepo(t, { pool: { size: 1 } });
    await assert.rejects(
      collect(
        database
          .selectFrom("nowhere" as "notes")
          .selectAll()
          .stream(),
      ),
      /no such table: nowhere/,
    );
    assert.deepEqual((await sql`select 1 as one`.execute(database)).rows, [{ one: 1 }]);
  });
});
