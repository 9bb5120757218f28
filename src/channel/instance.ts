import type { Message, Process } from "../process/index.ts";
import type { ChannelLink } from "./link.ts";

/**
 * What a topic pattern of a socket points at: `channel(...)` makes one for applications, LiveView
 * another one for `lv:*`.
 */
export interface ChannelType {
  /** An exact topic, or a prefix ending in `*`. */
  readonly pattern: string;
  /**
   * Starts the process that answers the join, through `link.joined` or `link.refused`, and afterwards
   * receives a {@link ClientMessage} for everything that the client sends on the topic.
   *
   * @param params the payload of `phx_join`, unchecked.
   */
  start(link: ChannelLink, params: unknown): Process;
}

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
