import type { Message } from "../process/index.ts";

/** A frame from the client, in the mailbox of the process that its topic belongs to. */
export class ClientMessage implements Message {
  readonly event: string;
  readonly payload: unknown;
  /** What an answer refers to; null if the client wants none. */
  readonly ref: string | null;

  constructor(event: string, payload: unknown, ref: string | null) {
    this.event = event;
    this.payload = payload;
    this.ref = ref;
  }
}
