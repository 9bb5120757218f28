import type { Failure } from "./request.ts";

/** Characters of the statement that the message shows. */
const shownSql = 500;

/** A statement that the database refused. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** The whole statement. Parameters are not part of the error: errors get logged. */
  readonly sql: string;
  /** Node's code: `ERR_SQLITE_ERROR` for what SQLite itself refused. */
  readonly code: string | undefined;
  /**
   * SQLite's extended result code, https://sqlite.org/rescode.html: 2067 is a broken unique constraint,
   * 787 a broken foreign key, 5 a database that stayed locked.
   */
  readonly errcode: number | undefined;

  constructor(failure: Failure, sql: string) {
    super(`${failure.message}\n  in: ${sql.length > shownSql ? `${sql.slice(0, shownSql)}…` : sql}`);
    this.sql = sql;
    this.code = failure.code;
    this.errcode = failure.errcode;
  }
}
