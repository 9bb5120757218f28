import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Generated, Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { type RepoOptions, repo } from "../../src/repo/index.ts";

export interface Notes {
  notes: { id: Generated<number>; text: string };
  counters: { name: string; value: number };
}

export const migrations: Record<string, Migration> = {
  "001_notes": {
    up: (database) =>
      database.schema
        .createTable("notes")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("text", "text", (column) => column.notNull().unique())
        .execute(),
  },
  "002_counters": {
    async up(database) {
      await database.schema.createTable("counters").addColumn("name", "text").addColumn("value", "integer").execute();
      await database.insertInto("counters").values({ name: "writes", value: 0 }).execute();
    },
  },
};

/** A path in a folder that is deleted after the test. */
export async function temporaryFile(t: TestContext, name = "test.db"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "anqa-repo-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export interface RunningRepo {
  readonly database: Kysely<Notes>;
  readonly running: RunningApplication;
}

/** An application whose only child is a repo with the notes schema; stopped after the test. */
export async function startRepo(t: TestContext, options: Partial<RepoOptions> = {}): Promise<RunningRepo> {
  const Repo = repo<Notes>({ database: options.database ?? (await temporaryFile(t)), migrations, ...options });
  const running = await application({ children: [Repo] }).start();
  t.after(() => running.stop());
  return { database: Repo.on(running.node), running };
}

/** Everything that a stream brings. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
