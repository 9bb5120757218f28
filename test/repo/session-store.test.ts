import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { application } from "../../src/process/index.ts";
import { repo, repoQuery, repoSessionStore, sessionsMigration } from "../../src/repo/index.ts";
import { temporaryFile } from "./support.ts";

interface Database {
  sessions: { id: string; data: string; expires_at: number };
  visits: { id: string; data: string; expires_at: number };
}

async function start(context: TestContext, database = ":memory:") {
  const Repo = repo<Database>({
    database,
    migrations: { "001_sessions": sessionsMigration(), "002_visits": sessionsMigration({ table: "visits" }) },
  });
  const running = await application({ children: [Repo] }).start();
  context.after(() => running.stop());
  const store = repoSessionStore(Repo)(running.node);
  const count = async () => (await Repo.on(running.node).selectFrom("sessions").select("id").execute()).length;
  return { Repo, running, store, count };
}

/** Resolves once a statement has been run whose text begins so. */
function ran(context: TestContext, beginning: string): Promise<void> {
  return new Promise((resolve) => {
    context.after(repoQuery.attach(({ sql }) => (sql.startsWith(beginning) ? resolve() : undefined)));
  });
}

test("sessions outlive a restart", async (context) => {
  const file = await temporaryFile(context);
  const first = await start(context, file);
  await first.store.put("a", { user: 7 }, 60);
  await first.running.stop();
  const second = await start(context, file);
  assert.deepEqual(await second.store.get("a"), { user: 7 });
});

test("the table may have another name", async (context) => {
  const { Repo, running, count } = await start(context);
  const visits = repoSessionStore(Repo, { table: "visits" })(running.node);
  await visits.put("a", { user: 7 }, 60);
  assert.deepEqual(await visits.get("a"), { user: 7 });
  assert.equal(await count(), 0);
});

test("sessions that are over are deleted with the writes of others, at most once a minute", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { store, count } = await start(context);
  const first = ran(context, 'delete from "sessions" where "id" in');
  for (let index = 0; index < 10; index++) await store.put(`old${index}`, {}, 10);
  await first;
  context.mock.timers.setTime(1_050_000);
  await store.put("young", {}, 3_600);
  assert.equal(await count(), 11, "it swept again before the minute was over");
  const second = ran(context, 'delete from "sessions" where "id" in');
  context.mock.timers.setTime(1_061_000);
  await store.update("young", (data) => data, 3_600);
  await second;
  assert.equal(await count(), 1);
});

test("a repo that does not run is an error that says so", async (context) => {
  const { Repo } = await start(context);
  const elsewhere = await application({ children: [] }).start();
  context.after(() => elsewhere.stop());
  const store = repoSessionStore(Repo)(elsewhere.node);
  await assert.rejects(store.get("a"), /repo/i);
  await assert.rejects(store.put("a", {}, 60), /repo/i);
});

test("without its migration the error names the table", async (context) => {
  const Repo = repo({ database: ":memory:" });
  const running = await application({ children: [Repo] }).start();
  context.after(() => running.stop());
  await assert.rejects(repoSessionStore(Repo)(running.node).get("a"), /no such table: sessions/);
});

test("the migration can be taken back", async (context) => {
  const { Repo, running } = await start(context);
  await sessionsMigration().down?.(Repo.on(running.node));
  await assert.rejects(repoSessionStore(Repo)(running.node).get("a"), /no such table/);
});
