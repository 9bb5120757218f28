/** What is broadcast on a topic: event names and the types of their payloads. */
export type TopicEvents = Record<string, unknown>;

/** A type carried as a value; made by {@link type}. */
export interface TypeOf<T> {
  /** Never present: only the type matters. */
  readonly carried?: T;
}

/**
 * Carries a type where no run-time check is wanted, because the sender is code of the same application.
 *
 * @example topic("dash", { row_changed: type<Row>() })
 */
export function type<T>(): TypeOf<T> {
  return {};
}

/** One concrete topic together with the types of what is broadcast on it. */
export interface Address<Events extends TopicEvents = TopicEvents> {
  /** The topic's full name, `chat:lobby`. */
  readonly topic: string;
  /** Carries the types only; never present. */
  readonly events?: Events;
}

/** An exact topic: its own address. */
export type Topic<Events extends TopicEvents> = Address<Events>;

/** A family of topics, `chat:*`: call it with the rest of the name to get one address. */
export interface TopicPattern<Events extends TopicEvents> {
  (rest: string): Address<Events>;
  /** `chat:*` */
  readonly pattern: string;
  readonly events?: Events;
}

/** Either of the two: what `info` handlers name. */
export type AnyTopic<Events extends TopicEvents> = Topic<Events> | TopicPattern<Events>;

/** Event types from the object that {@link topic} is given. */
export type EventsOf<Shapes extends Record<string, TypeOf<unknown>>> = {
  [Event in keyof Shapes]: Shapes[Event] extends TypeOf<infer Payload> ? Payload : never;
};

/**
 * Declares a topic, or with a trailing `*` a family of topics, and types what is broadcast on it.
 *
 * @example
 * const ChatTopic = topic("chat:*", { new_message: type<Message>() });
 * socket.subscribe(ChatTopic("lobby"));
 * socket.broadcast(ChatTopic("lobby"), "new_message", { user, text });
 *
 * @throws if a `*` stands anywhere but at the end.
 */
export function topic<Shapes extends Record<string, TypeOf<unknown>>>(
  name: `${string}*`,
  events: Shapes,
): TopicPattern<EventsOf<Shapes>>;
export function topic<Shapes extends Record<string, TypeOf<unknown>>>(
  name: string,
  events: Shapes,
): Topic<EventsOf<Shapes>>;
export function topic(name: string): AnyTopic<TopicEvents> {
  const star = name.indexOf("*");
  if (star === -1) return Object.freeze({ topic: name });
  if (star !== name.length - 1) throw new Error(`topic "${name}": a * may stand only at the end`);
  const prefix = name.slice(0, -1);
  return Object.freeze(Object.assign((rest: string): Address => ({ topic: prefix + rest }), { pattern: name }));
}

/** Whether a concrete topic name belongs to a topic or family. */
export function topicMatches(declared: AnyTopic<TopicEvents>, name: string): boolean {
  if ("pattern" in declared) return name.startsWith(declared.pattern.slice(0, -1));
  return declared.topic === name;
}

/** The name of a topic given as text or as an address. */
export function topicName(topic: string | Address): string {
  return typeof topic === "string" ? topic : topic.topic;
}
