import type { Node } from "../node.ts";
import type { Timing } from "./timing.ts";

/** What a run of a job is told. */
export interface JobRun {
  readonly node: Node;
  /** When it was due. */
  readonly at: Date;
}

/** Something to do at certain times: what `every` and `cron` make. */
export interface Job {
  readonly name: string;
  readonly timing: Timing;
  run(run: JobRun): void | Promise<void>;
}

/** One job among those that wait. */
export interface NextRun {
  readonly scheduler: string;
  readonly job: string;
  readonly at: Date;
  /** Whether a run of it is going on now. */
  readonly running: boolean;
  /** Runs so far. */
  readonly runs: number;
  /** Runs left out so far, because the one before was still going on. */
  readonly skipped: number;
}
