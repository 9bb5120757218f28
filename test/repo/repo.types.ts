import type { Kysely } from "kysely";
import type { ChildSpec, Node } from "../../src/process/index.ts";
import { repo } from "../../src/repo/index.ts";
import type { Notes } from "./support.ts";

declare const node: Node;
const Repo = repo<Notes>({ database: ":memory:" });

export const child: ChildSpec = Repo;
export const queries: Kysely<Notes> = Repo.on(node);
export const rows: Promise<{ id: number; text: string }[]> = Repo.on(node).selectFrom("notes").selectAll().execute();

// @ts-expect-error there is no such table
Repo.on(node).selectFrom("nots");

// @ts-expect-error there is no such column
Repo.on(node).selectFrom("notes").select("txt");

// @ts-expect-error the column holds text
Repo.on(node).insertInto("notes").values({ text: 1 });

// @ts-expect-error the text has no default
Repo.on(node).insertInto("notes").values({ id: 1 });

// @ts-expect-error which database is not said
repo<Notes>({});

// @ts-expect-error a migration has an up
repo<Notes>({ database: ":memory:", migrations: { "001": {} } });
