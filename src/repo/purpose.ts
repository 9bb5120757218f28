import type { CompiledQuery } from "kysely";
import type { Purpose } from "./pool.ts";

/**
 * Whether a statement goes into the line of those who write.
 *
 * A mistake costs time, never correctness: SQLite's own lock is behind it. So whatever does not plainly
 * read counts as writing.
 */
export function purposeOf({ query, sql }: CompiledQuery): Purpose {
  if (query.kind === "SelectQueryNode" || reading.test(sql)) return "read";
  return withClause.test(sql) && !writing.test(sql) ? "read" : "write";
}

const reading = /^\s*(?:select|values|explain)\b/i;
const withClause = /^\s*with\b/i;
const writing = /\b(?:insert|update|delete|replace)\b/i;
