import type { Message } from "../message.ts";

/** A cast in a mailbox. */
export class Cast implements Message {
  readonly event: string;
  readonly payload: unknown;

  constructor(event: string, payload: unknown) {
    this.event = event;
    this.payload = payload;
  }
}
