import { telemetryEvent } from "../../telemetry/index.ts";

/** A run of a job has ended. */
export const jobStop = telemetryEvent<{
  readonly node: string;
  readonly scheduler: string;
  readonly job: string;
  readonly milliseconds: number;
  /** Why it failed, if it did. */
  readonly error: Error | undefined;
}>("anqa.job.stop");

/** A job was due while its last run was still going on, and was left out. */
export const jobSkip = telemetryEvent<{
  readonly node: string;
  readonly scheduler: string;
  readonly job: string;
  /** How many of its runs have been left out so far. */
  readonly skipped: number;
}>("anqa.job.skip");
