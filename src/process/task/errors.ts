import type { ExitReason } from "../message.ts";

/** A task took longer than somebody was willing to wait. */
export class TaskTimeout extends Error {
  override readonly name = "TaskTimeout";

  constructor(label: string, milliseconds: number) {
    super(
      `${label} was not done within ${milliseconds} ms: give it more time, or end it with shutdown() if nobody needs it any more`,
    );
  }
}

/** A task was ended from outside, with this reason, before it was done. */
export class TaskEnded extends Error {
  override readonly name = "TaskEnded";
  readonly reason: ExitReason;

  constructor(label: string, reason: ExitReason) {
    super(`${label} ended before it was done: ${reason}`);
    this.reason = reason;
  }
}
