import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A statement that is ready to run. */
export interface Prepared {
  readonly statement: StatementSync;
  /** Whether it returns rows. */
  readonly reads: boolean;
}

/** The prepared statements of one connection, the least recently used of them forgotten. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #limit: number;
  /** In the order of their last use. */
  readonly #statements = new Map<string, Prepared>();

  constructor(database: DatabaseSync, limit = 200) {
    this.#database = database;
    this.#limit = limit;
  }

  get size(): number {
    return this.#statements.size;
  }

  /** The statement for a text, prepared now or before. */
  get(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const prepared = prepare(this.#database, sql);
    this.#statements.set(sql, prepared);
    if (this.#statements.size > this.#limit) {
      const [oldest] = this.#statements.keys();
      this.#statements.delete(oldest as string);
    }
    return prepared;
  }
}

/**
 * Prepares a statement outside of any cache.
 *
 * @throws if the text holds more than one: SQLite would run the first and ignore the rest.
 */
export function prepare(database: DatabaseSync, sql: string): Prepared {
  const statement = database.prepare(sql);
  const rest = sql.slice(statement.sourceSQL.length);
  if (!blank.test(rest)) throw new Error("the text holds more than one statement; run each on its own");
  // Integers beyond 2^53 would be an error otherwise; the session turns the others back into numbers.
  statement.setReadBigInts(true);
  return { statement, reads: statement.columns().length > 0 };
}

/** Nothing but white space, semicolons and comments. */
const blank = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*$/;
