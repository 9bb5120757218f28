import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { AnyTopic, TopicEvents } from "../pubsub/index.ts";
import type { ChannelHandle } from "./channel-socket.ts";
import type { Acceptance, Refusal, Reply, Stop } from "./outcome.ts";

/** What a handler may give back. */
export type HandlerResult = void | Reply | Stop | object | Promise<void | Reply | Stop | object>;

/** The topic that a client joins. */
export interface JoinedTopic {
  /** The whole name, `room:lobby`. */
  readonly topic: string;
  /** What stands for the `*` of the pattern, `lobby`; empty for an exact topic. */
  readonly rest: string;
}

/** A handler of client events, its types erased. */
export interface EventHandler {
  readonly schema: StandardSchemaV1 | undefined;
  handle(payload: unknown, socket: ChannelHandle): HandlerResult;
}

/** A handler of the server's messages; with a topic it hears only what was broadcast there. */
export interface InfoHandler {
  readonly topic: AnyTopic<TopicEvents> | undefined;
  handle(payload: unknown, socket: ChannelHandle): HandlerResult;
}

/** What `join` may give back, its types erased. */
export type JoinResult = Refusal | Acceptance<unknown> | object;

/** A channel as its process needs it: what the chain of {@link channel} gathers. */
export interface ChannelDefinition {
  readonly pattern: string;
  readonly join:
    | ((topic: JoinedTopic, params: unknown, socket: ChannelHandle) => JoinResult | Promise<JoinResult>)
    | undefined;
  readonly joinSchema: StandardSchemaV1 | undefined;
  readonly events: ReadonlyMap<string, EventHandler>;
  /** By event; several where topics share an event name. */
  readonly infos: ReadonlyMap<string, readonly InfoHandler[]>;
  readonly terminate: ((socket: ChannelHandle) => void | Promise<void>) | undefined;
}
