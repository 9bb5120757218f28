import type { CompiledQuery, DatabaseConnection, QueryResult } from "kysely";
import type { Connection } from "./connection.ts";
import { toSqlValues } from "./parameters.ts";
import type { Pool, Purpose } from "./pool.ts";
import { purposeOf } from "./purpose.ts";
import { QueryError } from "./query-error.ts";
import type { Reply, Request } from "./request.ts";

/** Told of every statement: its text, what came of it, and how many milliseconds the caller waited in all. */
export type Report = (sql: string, milliseconds: number, reply: Reply, error: Error | undefined) => void;

/** Rows of a stream that cross from the thread at once, if not more are asked for. */
const rowsPerFetch = 64;

/**
 * What Kysely takes for a connection: one query, one transaction or one session, on one connection of the
 * pool from its first statement until it is released.
 *
 * It takes none before that, because only the first statement tells whether it is going to write.
 */
export class Lease implements DatabaseConnection {
  readonly #pool: Pool;
  readonly #report: Report;
  #connection: Promise<Connection> | undefined;
  #purpose: Purpose = "read";
  #streams = 0;

  constructor(pool: Pool, report: Report) {
    this.#pool = pool;
    this.#report = report;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = toSqlValues(query.parameters);
    const reply = await this.#ask({ kind: "query", sql: query.sql, parameters }, query.sql, purposeOf(query));
    const rows = reply.rows as R[];
    if (reply.changes === undefined || reply.insertId === undefined) return { rows };
    return { rows, numAffectedRows: reply.changes, insertId: reply.insertId };
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const { sql } = query;
    const purpose = purposeOf(query);
    const cursor = ++this.#streams;
    const rows = Math.max(chunkSize, rowsPerFetch);
    await this.#ask({ kind: "stream", sql, parameters: toSqlValues(query.parameters), cursor }, sql, purpose);
    try {
      for (;;) {
        const reply = await this.#ask({ kind: "fetch", cursor, rows }, sql, purpose);
        if (reply.rows.length > 0) yield { rows: reply.rows as R[] };
        if (reply.rows.length < rows) return;
      }
    } finally {
      await (await this.#connection)?.request({ kind: "endStream", cursor }).catch(() => {});
    }
  }

  /** Runs a statement of the driver's own: `begin`, `commit`, a pragma. */
  async run(sql: string, purpose: Purpose): Promise<void> {
    await this.#ask({ kind: "query", sql, parameters: [] }, sql, purpose);
  }

  /** Whether there is a transaction to roll back: not if its connection has died, or SQLite has rolled it back itself. */
  async inTransaction(): Promise<boolean> {
    const connection = await this.#connection;
    return connection !== undefined && !connection.ended && connection.inTransaction;
  }

  /** Gives the connection back, without what was left open on it. */
  async release(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    if (connection === undefined) return;
    if (!connection.ended && connection.inTransaction) {
      await connection.request({ kind: "query", sql: "rollback", parameters: [] }).catch(() => {});
    }
    this.#connection = undefined;
    this.#pool.release(connection, this.#purpose);
  }

  async #ask(request: Request, sql: string, purpose: Purpose): Promise<Reply> {
    const asked = performance.now();
    const connection = await this.#take(purpose);
    const reply = await connection.request(request);
    // Made here and not where the reply arrives: from here the stack leads back to who asked.
    const error = reply.failure === undefined ? undefined : new QueryError(reply.failure, sql);
    this.#report(sql, performance.now() - asked, reply, error);
    if (error !== undefined) throw error;
    return reply;
  }

  #take(purpose: Purpose): Promise<Connection> {
    if (this.#connection === undefined) {
      this.#purpose = purpose;
      this.#connection = this.#pool.acquire(purpose);
    }
    return this.#connection;
  }
}
