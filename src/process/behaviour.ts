import type { ExitReason, Message } from "./message.ts";

/** What a process does: made once by its start function, then called with one message at a time. */
export interface Behaviour {
  /** Handles one message. While a returned promise is pending no other message is handled. */
  receive(message: Message): void | Promise<void>;
  /** Called when the mailbox has been emptied, or a long turn ends: the moment to show what changed. */
  settle?(): void | Promise<void>;
  /** Called once at the end, whatever the reason, unless the process was killed. */
  terminate?(reason: ExitReason): void | Promise<void>;
  /** Called when the process has been idle for {@link hibernateAfter}: drops what can be computed again. */
  hibernate?(): void;
  /** Milliseconds, default 15,000; counted in whole seconds. */
  readonly hibernateAfter?: number | undefined;
}

/** Called after a process ended, with the reason. */
export type ExitCallback = (reason: ExitReason) => void;
