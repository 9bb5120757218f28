/**
 * The database: typed queries through Kysely on an embedded SQLite, without blocking anybody.
 *
 * `node:sqlite` is synchronous: a query that takes a second would stop every page of the server for that
 * second. So connections live in worker threads, a small pool of them, and the interface is asynchronous
 * from the first day, which is also what a database over the network will need.
 *
 * ```
 * Kysely ── dialect ── lease ── pool ── connection ═══ thread ═══ session ── node:sqlite
 * ```
 *
 * SQLite has one writer at a time. The pool knows that: whoever writes waits in a line of this process
 * instead of polling SQLite's lock, and those who only read go past.
 *
 * An application that has a repo installs `kysely` itself, a peer dependency: its queries are Kysely's.
 *
 * @module
 */
export { type QueryReport, repoQuery, repoSlowQuery } from "./events.ts";
export { QueryError } from "./query-error.ts";
export { type Repo, type RepoOptions, repo } from "./repo.ts";
export {
  type RepoSessionStore,
  repoSessionStore,
  type SessionTableOptions,
  sessionsMigration,
} from "./session-store.ts";
