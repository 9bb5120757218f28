import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { ConnectionSettings, Failure, Reply, Request, Row, SqlValue } from "./request.ts";
import { prepare, StatementCache } from "./statement-cache.ts";

/** What a request brought, before it is timed and sent. */
type Outcome = Pick<Reply, "rows" | "changes" | "insertId">;

const nothing: Outcome = { rows: [] };

/**
 * An open SQLite database that answers requests, synchronously. It lives in a thread of its own.
 *
 * The database is kept in WAL mode: readers see the last committed state while somebody writes. With
 * `synchronous = NORMAL` a power cut may lose the last transactions, but never damages the file.
 */
export class Session {
  readonly #database: DatabaseSync;
  readonly #statements: StatementCache;
  readonly #streams = new Map<number, Iterator<unknown>>();

  /** @throws if the file cannot be opened. */
  constructor({ path, busyTimeoutMilliseconds }: ConnectionSettings) {
    this.#database = new DatabaseSync(path, { timeout: busyTimeoutMilliseconds, enableForeignKeyConstraints: true });
    this.#database.exec("pragma journal_mode = wal; pragma synchronous = normal;");
    this.#statements = new StatementCache(this.#database);
  }

  /** Does what is asked; an error becomes part of the reply. */
  answer(request: Request): Reply {
    const begun = performance.now();
    try {
      return this.#reply(this.#perform(request), begun);
    } catch (error) {
      return this.#reply({ rows: [], failure: toFailure(error) }, begun);
    }
  }

  #reply(outcome: Outcome & { failure?: Failure }, begun: number): Reply {
    const inTransaction = this.#database.isOpen && this.#database.isTransaction;
    return { ...outcome, milliseconds: performance.now() - begun, inTransaction };
  }

  #perform(request: Request): Outcome {
    switch (request.kind) {
      case "query":
        return this.#query(request.sql, request.parameters);
      case "stream": {
        // Not from the cache: a statement that is run again would lose its place.
        const { statement } = prepare(this.#database, request.sql);
        this.#streams.set(request.cursor, statement.iterate(...bindable(request.parameters)));
        return nothing;
      }
      case "fetch":
        return { rows: this.#fetch(request.cursor, request.rows) };
      case "endStream":
        this.#streams.get(request.cursor)?.return?.();
        this.#streams.delete(request.cursor);
        return nothing;
      case "close":
        this.#database.close();
        return nothing;
    }
  }

  #query(sql: string, parameters: readonly SqlValue[]): Outcome {
    const { statement, reads } = this.#statements.get(sql);
    return reads ? { rows: allRows(statement, parameters) } : run(statement, parameters);
  }

  #fetch(cursor: number, count: number): Row[] {
    const stream = this.#streams.get(cursor);
    const rows: Row[] = [];
    while (stream !== undefined && rows.length < count) {
      const { done, value } = stream.next();
      if (done) break;
      rows.push(withNumbers(value as Row));
    }
    return rows;
  }
}

function allRows(statement: StatementSync, parameters: readonly SqlValue[]): Row[] {
  const rows = statement.all(...bindable(parameters)) as Row[];
  for (const row of rows) withNumbers(row);
  return rows;
}

function run(statement: StatementSync, parameters: readonly SqlValue[]): Outcome {
  const { changes, lastInsertRowid } = statement.run(...bindable(parameters));
  return { rows: [], changes: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}

/** Whole numbers are bound as integers: as SQLite's floats, `'page ' || ?` would read `page 1.0`. */
function bindable(parameters: readonly SqlValue[]): SQLInputValue[] {
  return parameters.map((value) =>
    Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value as number) : value,
  );
}

/** Turns integers that a number holds exactly into numbers, in place. */
function withNumbers(row: Row): Row {
  for (const column in row) {
    const value = row[column];
    if (typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER) {
      row[column] = Number(value);
    }
  }
  return row;
}

function toFailure(thrown: unknown): Failure {
  const { message, code, errcode } = thrown as Error & { code?: string; errcode?: number };
  return { message, code, errcode };
}
