import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { sql } from "kysely";
import { type QueryReport, repoQuery, repoSlowQuery } from "../../src/repo/index.ts";
import type { TelemetryEvent } from "../../src/telemetry/index.ts";
import { startRepo } from "./support.ts";

function collect(t: TestContext, event: TelemetryEvent<QueryReport>): QueryReport[] {
  const reports: QueryReport[] = [];
  t.after(event.attach((report) => reports.push(report)));
  return reports;
}

suite("telemetry of the repo", () => {
  test("reports every statement, without its parameters", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:", name: "main" });
    const reports = collect(t, repoQuery);
    await database.insertInto("notes").values({ text: "private" }).execute();
    const [report] = reports;
    assert.equal(reports.length, 1);
    assert.equal(report?.node, "anqa");
    assert.equal(report?.repo, "main");
    assert.equal(report?.sql, 'insert into "notes" ("text") values (?)');
    assert.equal(report?.error, undefined);
    assert.ok(Number.isInteger(report?.duration) && Number.isInteger(report?.queueTime));
    assert.ok(!JSON.stringify(reports).includes("private"));
  });

  test("reports why a statement failed", async (t) => {
    const { database } = await startRepo(t, { database: ":memory:" });
    const reports = collect(t, repoQuery);
    await assert.rejects(sql`selec`.execute(database));
    assert.match(reports[0]?.error?.message ?? "", /syntax error/);
  });

  test("reports statements above the limit as slow, others not", async (t) => {
    const reports = collect(t, repoSlowQuery);
    const patient = await startRepo(t, { database: ":memory:", name: "patient", slowQueryMilliseconds: 1e9 });
    await patient.database.selectFrom("notes").selectAll().execute();
    assert.deepEqual(reports, []);
    const strict = await startRepo(t, { database: ":memory:", name: "strict", slowQueryMilliseconds: 0 });
    reports.length = 0;
    await strict.database.selectFrom("notes").selectAll().execute();
    assert.deepEqual(
      reports.map(({ repo, sql }) => [repo, sql]),
      [["strict", 'select * from "notes"']],
    );
  });
});
