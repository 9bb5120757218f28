import type { Message } from "../message.ts";
import type { Node } from "../node.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";

/** Whether a message is the one that is wanted. A type guard also narrows what `receive` resolves to. */
export type Matcher<Matched extends Message = Message> =
  | ((message: Message) => message is Matched)
  | ((message: Message) => boolean);

/** How long to wait for a message. */
export interface ReceiveOptions {
  /**
   * Milliseconds. The messages that have arrived by then are still looked at, so that 0 takes one that is
   * there or none.
   */
  readonly timeout: number;
}

/** What a routine gets: the process that it is, and its mailbox. */
export interface Routine {
  readonly process: Process;
  readonly node: Node;
  readonly pid: Pid;
  /**
   * Aborted when the process has ended, or is asked to end while the routine awaits something other than a
   * message: for `fetch`, for streams, for all that would otherwise go on for nobody. What such an abort makes
   * the routine throw does not count as its crash.
   */
  readonly signal: AbortSignal;
  /**
   * The oldest message that matches, once there is one; without `match` the oldest. Messages that do not match
   * stay where they are, in order. **What never matches stays until the process ends**: a routine that runs
   * for long should now and then take what it does not know.
   *
   * @throws (as a rejection) what `match` throws, and an error if the routine is receiving already: two at once
   * could not tell whose message it is.
   */
  receive<Matched extends Message = Message>(match?: Matcher<Matched>): Promise<Matched>;
  /** The same, but `undefined` once `timeout` milliseconds have passed without such a message. */
  receive<Matched extends Message = Message>(
    match: Matcher<Matched> | undefined,
    options: ReceiveOptions,
  ): Promise<Matched | undefined>;
}
