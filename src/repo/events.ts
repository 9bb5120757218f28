import { telemetryEvent } from "../telemetry/index.ts";

/** One statement, as it went. Parameters are left out: they are people's data. */
export interface QueryReport {
  /** Name of the node. */
  readonly node: string;
  /** Name of the repo. */
  readonly repo: string;
  readonly sql: string;
  /** Microseconds that SQLite worked on it, waiting for its locks included. */
  readonly duration: number;
  /** Microseconds that it waited for a connection and for the way there and back. */
  readonly queueTime: number;
  /** Why it failed, if it did. */
  readonly error: Error | undefined;
}

/** A statement was run, or one chunk of a streamed one was read. */
export const repoQuery = telemetryEvent<QueryReport>("anqa.repo.query");

/** A statement took longer than the repo's `slowQueryMilliseconds`. */
export const repoSlowQuery = telemetryEvent<QueryReport>("anqa.repo.slow_query");
