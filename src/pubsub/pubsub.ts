import { type Message, type Node, type Process, service, spawnForNode } from "../process/index.ts";
import { type Address, type TopicEvents, topicName } from "./topic.ts";

/** What was broadcast. One frozen object per broadcast, shared by all who receive it. */
export interface Broadcast extends Message {
  readonly topic: string;
}

/** Something that takes broadcasts: a process's mailbox, or a connection's fast lane. */
export interface Subscriber {
  /** Whose subscription it is: {@link PubSub.broadcastFrom} leaves out all of one owner. */
  readonly owner: object;
  deliver(broadcast: Broadcast): void;
}

/** Ends a subscription. Calling it again does nothing. */
export type Unsubscribe = () => void;

/**
 * Topics and their subscribers on one node.
 *
 * A broadcast makes one message object, whatever the number of subscribers: processes get it into their
 * mailboxes, and subscribers of the fast lane get it at once and may keep what they compute from it
 * keyed by its identity.
 */
export class PubSub {
  readonly #topics = new Map<string, Set<Subscriber>>();

  /** How many subscriptions each topic has. */
  topics(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#topics, ([topic, subscribers]) => [topic, subscribers.size]));
  }

  /** How many subscriptions a topic has. */
  subscriberCount(topic: string | Address): number {
    return this.#topics.get(topicName(topic))?.size ?? 0;
  }

  /**
   * Subscribes a process. Each subscription delivers, so subscribing twice delivers twice. It ends with
   * the process, or when the returned function is called.
   */
  subscribe(process: Process, topic: string | Address): Unsubscribe {
    // An object per subscription keeps duplicate subscriptions apart in the set.
    const unsubscribe = this.add({ owner: process, deliver: (broadcast) => process.deliver(broadcast) }, topic);
    process.onExit(unsubscribe);
    return () => {
      process.offExit(unsubscribe);
      unsubscribe();
    };
  }

  /** Subscribes something that is no process; it has to end the subscription itself. */
  add(subscriber: Subscriber, topic: string | Address): Unsubscribe {
    const name = topicName(topic);
    let subscribers = this.#topics.get(name);
    if (subscribers === undefined) {
      subscribers = new Set();
      this.#topics.set(name, subscribers);
    }
    subscribers.add(subscriber);
    let active = true;
    return () => {
      if (active) this.#remove(subscriber, name);
      active = false;
    };
  }

  /** Sends an event to all subscribers of a topic. */
  broadcast<Events extends TopicEvents, Event extends keyof Events & string>(
    topic: Address<Events>,
    event: Event,
    payload: Events[Event],
  ): void;
  broadcast(topic: string, event: string, payload: unknown): void;
  broadcast(topic: string | Address, event: string, payload: unknown): void {
    this.#dispatch({ topic: topicName(topic), event, payload }, undefined);
  }

  /** Sends an event to all subscribers of a topic but those that `owner` owns. */
  broadcastFrom<Events extends TopicEvents, Event extends keyof Events & string>(
    owner: object,
    topic: Address<Events>,
    event: Event,
    payload: Events[Event],
  ): void;
  broadcastFrom(owner: object, topic: string, event: string, payload: unknown): void;
  broadcastFrom(owner: object, topic: string | Address, event: string, payload: unknown): void {
    this.#dispatch({ topic: topicName(topic), event, payload }, owner);
  }

  #dispatch(broadcast: Broadcast, except: object | undefined): void {
    const subscribers = this.#topics.get(broadcast.topic);
    if (subscribers === undefined) return;
    Object.freeze(broadcast);
    for (const subscriber of subscribers) if (subscriber.owner !== except) subscriber.deliver(broadcast);
  }

  #remove(subscriber: Subscriber, name: string): void {
    const subscribers = this.#topics.get(name);
    if (subscribers?.delete(subscriber) && subscribers.size === 0) this.#topics.delete(name);
  }
}

const pubSubService = service<PubSub>("PubSub");

/**
 * The PubSub of a node. Made with the first call: every node has one.
 *
 * Its process stands for it in the tree. Broadcasts do not pass through that, so that they cost no turn; a
 * subscription is no more and no less than a place in the table.
 */
export function pubSubOf(node: Node): PubSub {
  const existing = node.findService(pubSubService);
  if (existing !== undefined) return existing;
  const created = new PubSub();
  node.provide(pubSubService, created);
  spawnForNode(node, "pubsub", () => ({
    receive() {},
    get state() {
      return created.topics();
    },
  }));
  return created;
}
