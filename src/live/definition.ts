import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Params, Requirement, SessionData } from "../plug/index.ts";
import type { ExitReason, Message } from "../process/index.ts";
import { type AnyTopic, type TopicEvents, topicMatches } from "../pubsub/index.ts";
import type { Rendered } from "../template/index.ts";
import type { ViewSocket } from "./view-socket.ts";

/** The element that a view lives in. */
export interface Container {
  /** Default `div`. */
  readonly tag?: string;
  /** Attributes beside those of the framework; their values are escaped. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A callback of a view, its types erased. What it gives back does not matter. */
export type Callback<Arguments extends unknown[]> = (...given: [...Arguments, ViewSocket]) => unknown;

/** A handler of client events. */
export interface EventHandler {
  readonly schema: StandardSchemaV1 | undefined;
  readonly handle: Callback<[value: unknown]>;
}

/** A handler of messages. */
export interface InfoHandler {
  /** Where the message has to come from; undefined: from anywhere. */
  readonly topic: AnyTopic<TopicEvents> | undefined;
  readonly handle: Callback<[payload: unknown]>;
}

/** A view as its process needs it: what the chain of `liveView` gathers. */
export interface ViewDefinition {
  readonly name: string;
  /** The pattern of its only route, if the view named one. */
  readonly pattern: string | undefined;
  readonly container: Container;
  /** What its routes have to provide, each of another name. */
  readonly requirements: readonly Requirement[];
  readonly mount: Callback<[params: Params, session: SessionData]> | undefined;
  readonly handleParams: Callback<[params: Params, url: URL]> | undefined;
  readonly events: ReadonlyMap<string, EventHandler>;
  /** By event name, in the order in which they were declared. */
  readonly infos: ReadonlyMap<string, readonly InfoHandler[]>;
  readonly terminate: Callback<[reason: ExitReason]> | undefined;
  readonly render: (assigns: Readonly<Record<string, unknown>>) => Rendered;
}

/** The handler for a message: the first that is declared for its topic or for any. */
export function infoHandlerFor(definition: ViewDefinition, { event, topic }: Message): InfoHandler | undefined {
  const handlers = definition.infos.get(event);
  return handlers?.find(
    ({ topic: declared }) => declared === undefined || (topic !== undefined && topicMatches(declared, topic)),
  );
}
