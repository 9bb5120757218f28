/** What SQLite can store and a thread can be sent. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One row, by column name. */
export type Row = Record<string, SqlValue>;

/** How a connection is opened; given to its thread. */
export interface ConnectionSettings {
  /** A file, or `:memory:`. */
  readonly path: string;
  /** How long SQLite waits for a lock of another connection. */
  readonly busyTimeoutMilliseconds: number;
}

/** What a thread is asked. It answers each request with one {@link Reply}, in order. */
export type Request =
  | { readonly kind: "query"; readonly sql: string; readonly parameters: readonly SqlValue[] }
  | { readonly kind: "stream"; readonly sql: string; readonly parameters: readonly SqlValue[]; readonly cursor: number }
  | { readonly kind: "fetch"; readonly cursor: number; readonly rows: number }
  | { readonly kind: "endStream"; readonly cursor: number }
  | { readonly kind: "close" };

/** What came of a request. */
export interface Reply {
  readonly rows: readonly Row[];
  /** Rows that were inserted, updated or deleted, if the statement is one that returns none. */
  readonly changes?: bigint;
  readonly insertId?: bigint;
  /** Why it failed; then the rest means nothing. */
  readonly failure?: Failure;
  /** Milliseconds spent in SQLite. */
  readonly milliseconds: number;
  /** Whether a transaction is open on the connection now. */
  readonly inTransaction: boolean;
}

/** An error as it crosses threads. */
export interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly errcode: number | undefined;
}
