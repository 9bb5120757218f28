import type { ExitReason, Message } from "./message.ts";
import type { Process } from "./process.ts";

/** What a process does: made once by its start function, then called with one message at a time. */
export interface Behaviour {
  /** Handles one message. While a returned promise is pending no other message is handled. */
  receive(message: Message): void | Promise<void>;
  /** Called when the mailbox has been emptied, or a long turn ends: the moment to show what changed. */
  settle?(): void | Promise<void>;
  /** Called once at the end, whatever the reason, unless the process was killed. */
  terminate?(reason: ExitReason): void | Promise<void>;
  /**
   * Milliseconds that `terminate` gets after a crash, default 5,000; then those who wait for the end are told
   * without it. For an end that was asked for, it is the one who asks that says how long.
   */
  readonly terminateTimeout?: number;
  /** Called when the process has been idle for {@link hibernateAfter}: drops what can be computed again. */
  hibernate?(): void;
  /** Milliseconds, default 15,000; counted in whole seconds. */
  readonly hibernateAfter?: number | undefined;
  /** Messages that it was given and has set aside, oldest first; they count as waiting. */
  readonly kept?: Message[] | undefined;
  /** What it keeps, for those who look in with `node.inspect`. */
  readonly state?: unknown;
}

/** Called after a process ended, with the reason. */
export type ExitCallback = (reason: ExitReason, process: Process) => void;
