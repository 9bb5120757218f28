import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Process } from "../process/index.ts";
import type { AnyTopic, TopicEvents } from "../pubsub/index.ts";
import { startChannel } from "./channel-process.ts";
import type { ChannelHandle, ChannelSocket, JoiningSocket } from "./channel-socket.ts";
import type { ChannelDefinition, HandlerResult, InfoHandler, JoinedTopic } from "./definition.ts";
import type { ChannelType } from "./instance.ts";
import type { ChannelLink } from "./link.ts";
import type { Acceptance, Refusal } from "./outcome.ts";

/** What `join` gives back: the socket, `accept(socket, response)`, or `refuse(response)`. */
export type JoinOutcome<Assigns extends object> = JoiningSocket<Assigns> | Acceptance<JoiningSocket<Assigns>> | Refusal;

/** The assigns that a join's outcome leaves the channel with. */
export type AssignsOfJoin<Outcome> =
  Outcome extends JoiningSocket<infer Assigns>
    ? Assigns
    : Outcome extends Acceptance<JoiningSocket<infer Assigns>>
      ? Assigns
      : never;

/** A channel before its join is declared. */
export interface ChannelBuilder extends Channel<object> {
  /**
   * Decides who may join. Runs in the channel's process; what it assigns is typed in all handlers.
   * Without it everybody may join.
   */
  join<Outcome extends JoinOutcome<object>>(
    handler: (topic: JoinedTopic, params: unknown, socket: JoiningSocket) => Outcome | Promise<Outcome>,
  ): Channel<AssignsOfJoin<Outcome>>;
  /** The same with params checked by a Standard Schema; others are refused with the fields' errors. */
  join<Schema extends StandardSchemaV1, Outcome extends JoinOutcome<object>>(
    schema: Schema,
    handler: (
      topic: JoinedTopic,
      params: StandardSchemaV1.InferOutput<Schema>,
      socket: JoiningSocket,
    ) => Outcome | Promise<Outcome>,
  ): Channel<AssignsOfJoin<Outcome>>;
}

/** A channel: what a client may send it, and what it hears. */
export interface Channel<Assigns extends object> extends ChannelType {
  /** Handles an event of the client. Its payload is unchecked. */
  on(event: string, handler: (payload: unknown, socket: ChannelSocket<Assigns>) => HandlerResult): Channel<Assigns>;
  /** The same with a payload checked by a Standard Schema: others get an error reply and reach no handler. */
  on<Schema extends StandardSchemaV1>(
    event: string,
    schema: Schema,
    handler: (payload: StandardSchemaV1.InferOutput<Schema>, socket: ChannelSocket<Assigns>) => HandlerResult,
  ): Channel<Assigns>;
  /** Handles a message of the server: a broadcast on a topic that the channel subscribed to, or a timer's. */
  info<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: AnyTopic<Events>,
    event: Event,
    handler: (payload: Events[Event], socket: ChannelSocket<Assigns>) => HandlerResult,
  ): Channel<Assigns>;
  info(event: string, handler: (payload: unknown, socket: ChannelSocket<Assigns>) => HandlerResult): Channel<Assigns>;
  /** Runs when the channel ends, for whatever reason. */
  terminate(handler: (socket: ChannelSocket<Assigns>) => void | Promise<void>): Channel<Assigns>;
}

/**
 * Declares a channel for an exact topic, or with a trailing `*` for all topics that begin so.
 *
 * Each join of a client starts a process of its own, which ends when the client leaves. What it throws
 * ends it alone; the client joins again by itself.
 *
 * @example
 * export const RoomChannel = channel("room:*")
 *   .join(({ rest: room }, _params, socket) => (room === "lobby" ? socket : refuse({ reason: "unauthorized" })))
 *   .on("new_msg", NewMessage, ({ body }, socket) => socket.broadcast("new_msg", { body }));
 */
export function channel(pattern: string): ChannelBuilder {
  const star = pattern.indexOf("*");
  if (star !== -1 && star !== pattern.length - 1)
    throw new Error(`channel "${pattern}": a * may stand only at the end`);
  const empty: ChannelDefinition = {
    pattern,
    join: undefined,
    joinSchema: undefined,
    events: new Map(),
    infos: new Map(),
    terminate: undefined,
  };
  // The interfaces carry the types of assigns through the chain; at run time there is one class.
  return new Builder(empty) as unknown as ChannelBuilder;
}

type Handler = (payload: unknown, socket: ChannelHandle) => HandlerResult;
type JoinHandler = NonNullable<ChannelDefinition["join"]>;

/** The chain: every link is a new builder, so that a half-built channel can be shared and goes on to be one. */
class Builder {
  readonly #definition: ChannelDefinition;

  constructor(definition: ChannelDefinition) {
    this.#definition = definition;
  }

  get pattern(): string {
    return this.#definition.pattern;
  }

  start(link: ChannelLink, params: unknown): Process {
    return link.connection.spawn(`channel ${this.pattern}`, startChannel(this.#definition, link, params));
  }

  join(...given: [JoinHandler] | [StandardSchemaV1, JoinHandler]): Builder {
    const [joinSchema, join] = given.length === 1 ? [undefined, given[0]] : given;
    return this.#with({ join, joinSchema });
  }

  on(event: string, ...given: [Handler] | [StandardSchemaV1, Handler]): Builder {
    const [schema, handle] = given.length === 1 ? [undefined, given[0]] : given;
    return this.#with({ events: this.#added(this.#definition.events, event, { schema, handle }) });
  }

  info(...given: [string, Handler] | [AnyTopic<TopicEvents>, string, Handler]): Builder {
    const [declared, event, handle] = given.length === 2 ? [undefined, ...given] : given;
    const handler: InfoHandler = { topic: declared, handle };
    const present = this.#definition.infos.get(event) ?? [];
    return this.#with({ infos: new Map(this.#definition.infos).set(event, [...present, handler]) });
  }

  terminate(handler: (socket: ChannelHandle) => void | Promise<void>): Builder {
    return this.#with({ terminate: handler });
  }

  #with(changes: Partial<ChannelDefinition>): Builder {
    return new Builder({ ...this.#definition, ...changes });
  }

  #added<T>(present: ReadonlyMap<string, T>, event: string, value: T): ReadonlyMap<string, T> {
    if (present.has(event)) throw new Error(`channel "${this.pattern}" handles the event "${event}" twice`);
    return new Map(present).set(event, value);
  }
}
