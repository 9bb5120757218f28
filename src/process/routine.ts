import type { Start } from "./process.ts";
import { Conversation } from "./routine/conversation.ts";
import type { Routine } from "./routine/routine.ts";

/**
 * The start function of a process written as one function, which takes its messages when it wants them.
 *
 * A behaviour is called with each message as it comes. A routine asks: for the next message, or for the next
 * that fits, with what comes in between kept in order for later. That suits what is told as a story (a
 * handshake, a saga, a test's partner) and what would be a state machine otherwise.
 *
 * The process ends `normal` when the function is done, and with what it throws. It counts as started once the
 * function runs. Asked to end in peace it may work on until it receives again; other reasons end it at once.
 * A JavaScript function cannot be stopped from outside, though: one that awaits something else than a message
 * goes on when that comes, until its next `receive`, which then never resolves. Give what it awaits the
 * {@link Routine.signal}. For the same reason `finally` blocks do not run when a process ends in `receive`.
 *
 * @example
 * const worker = node.spawn("worker", routine(async (self) => {
 *   for (;;) {
 *     const ping = await self.receive((message) => message.event === "ping", { timeout: 60_000 });
 *     if (ping?.from === undefined) return;
 *     self.node.send(ping.from, { event: "pong", payload: ping.payload });
 *   }
 * }));
 */
export function routine(run: (self: Routine) => Promise<void>): Start {
  return (process) => new Conversation(process, run);
}

export type { Matcher, ReceiveOptions, Routine } from "./routine/routine.ts";
