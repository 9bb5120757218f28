import type { MailboxLimit } from "../process/index.ts";

/** Messages that may wait for a process which a client has started; a client that sends faster loses it. */
export const mostWaiting = 1_000;

/** The mailbox of a process that serves a client: bounded, so that no client can fill the memory. */
export const clientMailbox: MailboxLimit = Object.freeze({ limit: mostWaiting, overflow: "exit" });
