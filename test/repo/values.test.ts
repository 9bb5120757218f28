import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sql } from "kysely";
import { startRepo } from "./support.ts";

suite("values", () => {
  const same: [string, unknown][] = [
    ["null", null],
    ["text", "grüße 🐦‍🔥"],
    ["empty text", ""],
    ["zero", 0],
    ["an integer", -42],
    ["a fraction", 1.5],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER],
    ["the smallest safe integer", Number.MIN_SAFE_INTEGER],
    ["an integer beyond 2^53", 9_007_199_254_740_993n],
    ["the smallest integer of SQLite", -(2n ** 63n)],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a float beyond 2^53", 1e300],
    ["bytes", new Uint8Array([0, 1, 255])],
    ["no bytes", new Uint8Array()],
  ];
  for (const [name, value] of same) {
    test(`${name} reads back as it was written`, async (t) => {
      const { database } = await startRepo(t, { database: ":memory:" });
      await sql`create table kept (value)`.execute(database);
      await sql`insert into kept values (${value})`.execute(database);
      assert.deepEqual((await sql`select value from kept`.execute(database)).rows, [{ value }]);
    });
  }

  test("a Buffer crosses as its own bytes, without the pool that it is cut from", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:" });
    const { rows } = await sql<{ value: Uint8Array }>`select ${Buffer.from("abc")} as value`.execute(database);
    assert.deepEqual(rows[0]?.value, new Uint8Array([97, 98, 99]));
  });

  test("booleans become 1 and 0, small bigints numbers", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:" });
    const { rows } = await sql`select ${true} as yes, ${false} as no, ${7n} as seven`.execute(database);
    assert.deepEqual(rows, [{ yes: 1, no: 0, seven: 7 }]);
  });

  test("whole numbers are integers to SQLite", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:" });
    const { rows } = await sql`select 'page ' || ${1} as page, typeof(${1.5}) as fraction`.execute(database);
    assert.deepEqual(rows, [{ page: "page 1", fraction: "real" }]);
  });

  const refused: [string, unknown, RegExp][] = [
    ["undefined", undefined, /parameter 1 of the statement is undefined: pass null/],
    ["a Date", new Date(0), /is a Date: SQLite has no such type; pass toISOString/],
    ["NaN", Number.NaN, /is NaN: SQLite would store NULL/],
    ["an object", { a: 1 }, /is an object: .*JSON\.stringify/],
    ["a symbol", Symbol("s"), /is a symbol/],
    ["a bigint of more than 64 bits", 2n ** 70n, /BigInt value is too large to bind\.\n {2}in: select \?/],
  ];
  for (const [name, value, message] of refused) {
    test(`${name} is refused`, async (t) => {
      const { database } = await startRepo(t, { database: ":memory:" });
      await assert.rejects(sql`select ${value}`.execute(database), message);
      assert.deepEqual((await sql`select 1 as one`.execute(database)).rows, [{ one: 1 }]);
    });
  }
});
