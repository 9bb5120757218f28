import type { Message } from "./message.ts";

/** How much a mailbox may hold, and what happens beyond. */
export interface MailboxLimit {
  /** Messages that may wait. */
  readonly limit: number;
  /**
   * `refuse`: the new message is not taken; `drop_oldest`: the one that waited longest goes; `exit`: the
   * new message is not taken and the process ends with `overloaded`.
   */
  readonly overflow: "refuse" | "drop_oldest" | "exit";
}

/** Handled messages that may lie before the unhandled ones until they are moved up. */
const handledKept = 1_024;

/**
 * The messages that wait for a process, oldest first. Made when the first one comes and dropped with the
 * last, so that an idle process has none.
 */
export class Mailbox {
  readonly #messages: Message[];
  #next = 0;

  constructor(first: Message) {
    this.#messages = [first];
  }

  get length(): number {
    return this.#messages.length - this.#next;
  }

  push(message: Message): void {
    this.#messages.push(message);
  }

  /** Takes the oldest message. There has to be one. */
  shift(): Message {
    const message = this.#messages[this.#next++] as Message;
    // A mailbox that is never quite empty would keep all that ever went through it.
    if (this.#next > handledKept && this.#next * 2 > this.#messages.length) {
      this.#messages.splice(0, this.#next);
      this.#next = 0;
    }
    return message;
  }
}
