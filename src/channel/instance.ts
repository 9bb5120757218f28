import type { Process } from "../process/index.ts";
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
   * receives a `ClientMessage` for everything that the client sends on the topic.
   *
   * @param params the payload of `phx_join`, unchecked.
   */
  start(link: ChannelLink, params: unknown): Process;
}
