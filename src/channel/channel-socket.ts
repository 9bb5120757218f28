import type { Node, Pid, Process } from "../process/index.ts";
import { type Address, pubSubOf, type TopicEvents, type Unsubscribe } from "../pubsub/index.ts";
import type { ChannelLink } from "./link.ts";

/** Assigns of type `Given` laid over those of type `Present`. */
export type Assigned<Present, Given> = Omit<Present, keyof Given> & Given;

/**
 * A channel's handle on itself and its client, as handlers see it.
 *
 * Payloads are values that JSON can hold, and are not to be changed after they were handed over.
 */
export interface ChannelSocket<Assigns extends object = object> {
  /** The channel's own state: a fresh frozen object after each change. */
  readonly assigns: Readonly<Assigns>;
  readonly topic: string;
  /** What `connect` gave the connection. */
  readonly connection: Readonly<Record<string, unknown>>;
  readonly node: Node;
  readonly pid: Pid;
  /** Changes assigns, at once. */
  assign(values: Partial<Assigns>): this;
  /** Sends an event to this client. */
  push(event: string, payload: object): void;
  /** Sends an event to everybody who has joined the topic, this client included. */
  broadcast(event: string, payload: object): void;
  /** Sends an event to everybody who has joined the topic but this client. */
  broadcastFrom(event: string, payload: object): void;
  /** Hears another topic: its events come to the `info` handlers. */
  subscribe<Events extends TopicEvents>(topic: string | Address<Events>): Unsubscribe;
  /** Delivers a message to the `info` handlers after so many milliseconds; returns a function that cancels it. */
  sendAfter(event: string, payload: unknown, milliseconds: number): () => void;
}

/** The handle while joining, where `assign` may add new assigns. */
export interface JoiningSocket<Assigns extends object = object> extends Omit<ChannelSocket<Assigns>, "assign"> {
  assign<Given extends object>(values: Given): JoiningSocket<Assigned<Assigns, Given>>;
}

/** The one implementation behind both. */
export class ChannelHandle implements ChannelSocket<Record<string, unknown>> {
  readonly topic: string;
  readonly #link: ChannelLink;
  readonly #process: Process;
  #assigns: Readonly<Record<string, unknown>> = noAssigns;

  constructor(link: ChannelLink, process: Process) {
    this.topic = link.topic;
    this.#link = link;
    this.#process = process;
  }

  get assigns(): Readonly<Record<string, unknown>> {
    return this.#assigns;
  }

  get connection(): Readonly<Record<string, unknown>> {
    return this.#link.connection.assigns;
  }

  get node(): Node {
    return this.#process.node;
  }

  get pid(): Pid {
    return this.#process.pid;
  }

  assign(values: Record<string, unknown>): this {
    this.#assigns = Object.freeze({ ...this.#assigns, ...values });
    return this;
  }

  push(event: string, payload: object): void {
    this.#link.push(event, JSON.stringify(payload));
  }

  broadcast(event: string, payload: object): void {
    pubSubOf(this.node).broadcast(this.topic, event, payload);
  }

  broadcastFrom(event: string, payload: object): void {
    pubSubOf(this.node).broadcastFrom(this.#link, this.topic, event, payload);
  }

  subscribe(topic: string | Address): Unsubscribe {
    return pubSubOf(this.node).subscribe(this.#process, topic);
  }

  sendAfter(event: string, payload: unknown, milliseconds: number): () => void {
    return this.#process.sendAfter({ event, payload }, milliseconds);
  }
}

const noAssigns = Object.freeze({});
