import type { Conn } from "../conn.ts";
import type { Params } from "../params.ts";

/** Reads bodies of some content types; `parseBody({ parsers })` takes those of an application. */
export interface BodyParser {
  /** Content types, in lower case: `text/csv`, `text/*`, or `application/*+xml`. */
  readonly types: readonly string[];
  /**
   * Reads the body from `conn.request`, best with {@link readBody}, and makes params of it.
   *
   * @returns the params; undefined if the client went away, which halts the conn without an answer.
   * @throws HttpError for a body that is not right.
   */
  parse(conn: Conn, limits: BodyLimits): Params | undefined | Promise<Params | undefined>;
}

/** What a body may cost. */
export interface BodyLimits {
  /** Bytes. */
  readonly maxBytes: number;
  /** Levels of nesting. */
  readonly maxDepth: number;
  /** Fields of a form. */
  readonly maxFields: number;
  /** Milliseconds within which the body has to make progress, see {@link ParseBodyOptions.bodyTimeout}. */
  readonly bodyTimeout: number;
}
