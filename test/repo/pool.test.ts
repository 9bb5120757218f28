import assert from "node:assert/strict";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { suite, type TestContext, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { sql } from "kysely";
import { Pool, type PoolOptions } from "../../src/repo/pool.ts";
import { migrations, startRepo, temporaryFile } from "./support.ts";

/** Threads started while the test runs, oldest first. */
function watchThreads(t: TestContext): Worker[] {
  const threads: Worker[] = [];
  const listener = (worker: Worker) => threads.push(worker);
  process.on("worker", listener);
  t.after(() => process.off("worker", listener));
  return threads;
}

async function startPool(t: TestContext, options: Partial<PoolOptions> = {}): Promise<Pool> {
  const path = options.path ?? (await temporaryFile(t));
  const pool = new Pool({
    path,
    busyTimeoutMilliseconds: 5_000,
    size: 2,
    waitMilliseconds: 5_000,
    onFailure: () => {},
    ...options,
  });
  t.after(() => pool.close());
  return pool;
}

/** Keeps a thread busy for a while: SQLite counts up to `count`. */
function slowSelect(count = 2_000_000) {
  return sql<{ count: number }>`
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
    select count(*) as count from numbers`;
}

suite("a slow query", () => {
  test("does not stop the event loop", async (t) => {
    const { database } = await startRepo(t);
    let turns = 0;
    let pending = true;
    const slow = slowSelect()
      .execute(database)
      .finally(() => {
        pending = false;
      });
    while (pending) {
      turns++;
      await new Promise(setImmediate);
    }
    assert.deepEqual((await slow).rows, [{ count: 2_000_000 }]);
    assert.ok(turns > 20, `the event loop turned ${turns} times while the query ran`);
  });

  test("does not keep others from reading and writing", async (t) => {
    const { database } = await startRepo(t);
    const order: string[] = [];
    const slow = slowSelect(6_000_000)
      .execute(database)
      .then(() => order.push("slow"));
    await database.insertInto("notes").values({ text: "quick" }).execute();
    await database.selectFrom("notes").selectAll().execute();
    order.push("quick");
    await slow;
    assert.deepEqual(order, ["quick", "slow"]);
  });
});

suite("the pool", () => {
  test("opens connections only when they are needed, and no more than its size", async (t) => {
    const pool = await startPool(t);
    assert.equal(pool.size, 0);
    const first = await pool.acquire("read");
    assert.equal(pool.size, 1);
    pool.release(first, "read");
    assert.equal(await pool.acquire("read"), first);
    await pool.acquire("read");
    assert.equal(pool.size, 2);
    const third = pool.acquire("read");
    pool.release(first, "read");
    assert.equal(await third, first);
    assert.equal(pool.size, 2);
  });

  test("lends one connection at a time for writing, and lets readers pass", async (t) => {
    const pool = await startPool(t);
    const order: string[] = [];
    const writer = await pool.acquire("write");
    const second = pool.acquire("write").then(() => order.push("second writer"));
    const reader = await pool.acquire("read");
    order.push("reader");
    pool.release(reader, "read");
    pool.release(writer, "write");
    await second;
    assert.deepEqual(order, ["reader", "second writer"]);
  });

  test("serves who has waited longest, writers and readers alike", async (t) => {
    const pool = await startPool(t, { size: 1 });
    const order: string[] = [];
    const visit = async (name: string, purpose: "read" | "write") => {
      const connection = await pool.acquire(purpose);
      order.push(name);
      pool.release(connection, purpose);
    };
    await Promise.all([visit("1", "read"), visit("2", "write"), visit("3", "read"), visit("4", "write")]);
    assert.deepEqual(order, ["1", "2", "3", "4"]);
  });

  test("refuses who has waited too long, and says what may be wrong", async (t) => {
    const { database } = await startRepo(t);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    await database.transaction().execute(async (transaction) => {
      await transaction.insertInto("notes").values({ text: "inside" }).execute();
      const outside = database.insertInto("notes").values({ text: "outside" }).execute();
      await new Promise(setImmediate);
      t.mock.timers.tick(5_000);
      await assert.rejects(outside, /waited 5000 ms .*: somebody else is still writing\. Inside a transaction, use/);
    });
    assert.deepEqual(await database.selectFrom("notes").select("text").execute(), [{ text: "inside" }]);
  });

  test("refuses also who only reads, if all connections stay lent", async (t) => {
    const pool = await startPool(t, { size: 1 });
    const lent = await pool.acquire("read");
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const late = pool.acquire("read");
    t.mock.timers.tick(5_000);
    await assert.rejects(late, /all connections are in use/);
    pool.release(lent, "read");
    assert.equal(await pool.acquire("read"), lent);
  });

  test("refuses those who wait when it is closed", async (t) => {
    const pool = await startPool(t, { size: 1 });
    await pool.acquire("read");
    const waiting = pool.acquire("read");
    const refused = assert.rejects(waiting, /has been stopped/);
    await pool.close();
    await refused;
    await assert.rejects(pool.acquire("write"), /has been stopped/);
  });

  test("finishes what was asked before it closes", async (t) => {
    const pool = await startPool(t);
    const connection = await pool.acquire("write");
    const query = connection.request({ kind: "query", sql: "select 1 as one", parameters: [] });
    await pool.close();
    assert.deepEqual((await query).rows, [{ one: 1 }]);
    await assert.rejects(connection.request({ kind: "close" }), /has been closed|was lost/);
  });

  test("can be closed while it opens, and twice", async (t) => {
    const pool = await startPool(t);
    const waiting = assert.rejects(pool.acquire("read"), /has been stopped/);
    await Promise.all([pool.close(), pool.close()]);
    await waiting;
  });

  test("reports once that it cannot open the database, and refuses from then on", async (t) => {
    const failures: Error[] = [];
    const path = `${await temporaryFile(t)}/none/x.db`;
    const pool = await startPool(t, { path, onFailure: (error) => failures.push(error) });
    const results = await Promise.allSettled([pool.acquire("read"), pool.acquire("write")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(failures.length, 1);
    await assert.rejects(pool.acquire("read"), /could not be opened/);
  });
});

suite("a thread that dies", () => {
  test("rejects what it was asked, and is replaced", async (t) => {
    const threads = watchThreads(t);
    const { database } = await startRepo(t);
    await database.insertInto("notes").values({ text: "safe" }).execute();
    const slow = assert.rejects(slowSelect().execute(database), /the connection to the database was lost/);
    await new Promise(setImmediate);
    await Promise.all(threads.map((thread) => thread.terminate()));
    await slow;
    assert.deepEqual(await database.selectFrom("notes").select("text").execute(), [{ text: "safe" }]);
  });

  test("takes its transaction with it, and nothing else", async (t) => {
    const threads = watchThreads(t);
    const { database } = await startRepo(t);
    const broken = database.transaction().execute(async (transaction) => {
      await transaction.insertInto("notes").values({ text: "half" }).execute();
      await Promise.all(threads.map((thread) => thread.terminate()));
      await transaction.insertInto("notes").values({ text: "other half" }).execute();
    });
    await assert.rejects(broken, /the connection to the database was lost/);
    await database.insertInto("notes").values({ text: "whole" }).execute();
    assert.deepEqual(await database.selectFrom("notes").select("text").execute(), [{ text: "whole" }]);
  });

  test("while it is idle costs nobody anything", async (t) => {
    const threads = watchThreads(t);
    const { database } = await startRepo(t, { pool: { size: 1 } });
    const [thread] = threads;
    assert.ok(thread);
    await thread.terminate();
    await database.insertInto("notes").values({ text: "a" }).execute();
    assert.equal(threads.length, 2);
  });

  test("with a database in memory ends the repo, and its supervisor makes a new one", async (t) => {
    const threads = watchThreads(t);
    const { database, running } = await startRepo(t, { database: ":memory:" });
    await database.insertInto("notes").values({ text: "gone" }).execute();
    const before = running.node.whereis("repo");
    assert.ok(before);
    const ended = new Promise((resolve) => before.onExit(resolve));
    await threads[0]?.terminate();
    assert.match(String(await ended), /the connection to the database was lost/);
    while (running.node.whereis("repo") === undefined) await new Promise(setImmediate);
    await running.node.whereis("repo")?.started();
    await assert.rejects(database.selectFrom("notes").selectAll().execute(), /was lost/, "the old queries stay closed");
    assert.equal(threads.length, 2);
  });
});

suite("a file that is gone", () => {
  test("ends the repo when its connection has to be replaced, and the application gives up", async (t) => {
    const threads = watchThreads(t);
    const path = await temporaryFile(t);
    const { database, running } = await startRepo(t, { database: path });
    await rm(dirname(path), { recursive: true });
    await Promise.all(threads.map((thread) => thread.terminate()));
    await assert.rejects(database.selectFrom("notes").selectAll().execute(), /could not be opened/);
    assert.match(String(await running.ended), /its child "repo" ended more than 3 times/);
  });
});

suite("threads", () => {
  test("do not keep the operating-system process alive while they are idle", async (t) => {
    const { spawn } = await import("node:child_process");
    const path = await temporaryFile(t);
    const source = `
      import { Pool } from ${JSON.stringify(new URL("../../src/repo/pool.ts", import.meta.url).href)};
      const pool = new Pool({ path: ${JSON.stringify(path)}, busyTimeoutMilliseconds: 100, size: 1, waitMilliseconds: 5000, onFailure() {} });
      const connection = await pool.acquire("read");
      const { rows } = await connection.request({ kind: "query", sql: "select 1 as one", parameters: [] });
      console.log(JSON.stringify(rows));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", source]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    assert.deepEqual(await once(child, "close"), [0, null]);
    assert.equal(output, '[{"one":1}]\n', "and nothing warns");
  });

  test("end with the repo", async (t) => {
    const threads = watchThreads(t);
    const { running, database } = await startRepo(t, { migrations });
    await Promise.all([1, 2, 3].map(() => database.selectFrom("notes").selectAll().execute()));
    const exits = threads.map((thread) => once(thread, "exit"));
    await running.stop();
    assert.deepEqual(
      await Promise.all(exits),
      threads.map(() => [0]),
    );
  });

  test("end with a repo that is killed", async (t) => {
    const threads = watchThreads(t);
    const { running } = await startRepo(t);
    const exits = threads.map((thread) => once(thread, "exit"));
    running.node.whereis("repo")?.exit("killed");
    await Promise.all(exits);
  });
});
