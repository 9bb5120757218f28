import { type ExitReason, isPeaceful, type Process } from "../process/index.ts";
import { type Broadcast, pubSubOf, type Subscriber, type Unsubscribe } from "../pubsub/index.ts";
import type { ClientMessage } from "./client-message.ts";
import { mostWaiting } from "./client-process.ts";
import type { Connection } from "./connection.ts";
import { processKilled } from "./events.ts";
import { encodePush, encodeReply } from "./frame.ts";

/** Milliseconds that a process gets to finish what it is at, once its instance is over (PROTOCOL section 4). */
const patience = 5_000;

/**
 * The line between one joined topic of a connection and the process that serves it.
 *
 * It numbers, orders and addresses what the process says: the answer to the join goes out first, and
 * once the instance was closed, left or replaced nothing more does, so that a late push can never reach
 * the instance that came after it (PROTOCOL section 4). It also sees to it that the process ends with the
 * instance, even if one of its handlers waits for something that never happens.
 */
export class ChannelLink implements Subscriber {
  readonly connection: Connection;
  readonly topic: string;
  /** Ref of the join that made this instance. */
  readonly joinRef: string | null;

  readonly #joinRefJson: string;
  /** What the answer to the join refers to: with clients that keep to the protocol the join_ref. */
  readonly #joinAnswerRef: string;
  readonly #topicJson: string;
  #state: "joining" | "joined" | "closed" = "joining";
  /** Pushes that wait for the answer to the join. */
  #early: string[] | undefined;
  /** What the client said before it knew whether it may. */
  #held: ClientMessage[] | undefined;
  #process: Process | undefined;
  #unsubscribe: Unsubscribe | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(connection: Connection, topic: string, joinRef: string | null, ref: string | null) {
    this.connection = connection;
    this.topic = topic;
    this.joinRef = joinRef;
    this.#joinRefJson = JSON.stringify(joinRef);
    this.#joinAnswerRef = ref === joinRef ? this.#joinRefJson : JSON.stringify(ref);
    this.#topicJson = JSON.stringify(topic);
  }

  /** A link owns the subscription that makes it hear its topic. */
  get owner(): this {
    return this;
  }

  /** False once nothing sent through it can arrive. */
  get open(): boolean {
    return this.#state !== "closed";
  }

  /** Whether the client reads more slowly than it is written to. */
  get congested(): boolean {
    return this.connection.congested;
  }

  /** Calls back once, when the client has caught up or is gone. */
  whenWritable(callback: () => void): void {
    this.connection.whenWritable(callback);
  }

  /** Accepts the join. `response` is the JSON text of an object. */
  joined(response: string): void {
    if (this.#state !== "joining") return;
    this.#state = "joined";
    this.#reply(this.#joinAnswerRef, "ok", response);
    if (this.#early !== undefined) for (const text of this.#early) this.connection.write(text);
    this.#early = undefined;
    if (this.#held !== undefined) for (const message of this.#held) this.#process?.deliver(message);
    this.#held = undefined;
  }

  /** Refuses the join. The process should then end with `normal`. */
  refused(response: string): void {
    if (this.#state !== "joining") return;
    this.#reply(this.#joinAnswerRef, "error", response);
    this.#close();
  }

  /** Hears the broadcasts of the topic from now on, as long as the instance is open. */
  hearTopic(): void {
    if (this.#state === "joined") this.#unsubscribe = pubSubOf(this.connection.node).add(this, this.topic);
  }

  /** Answers a message of the client; without a `ref` it wants no answer. `response` is JSON text. */
  reply(ref: string | null, status: "ok" | "error", response: string): void {
    if (this.#state !== "closed" && ref !== null) this.#reply(JSON.stringify(ref), status, response);
  }

  /** Sends an event to this instance of the client's channel. `payload` is JSON text. */
  push(event: string, payload: string): void {
    if (this.#state === "closed") return;
    const text = encodePush(this.#joinRefJson, this.#topicJson, event, payload);
    if (this.#state === "joined") this.connection.write(text);
    else if (this.#early === undefined) this.#early = [text];
    else this.#early.push(text);
  }

  /** The fast lane: a broadcast on the topic goes to the socket without passing through the process. */
  deliver(broadcast: Broadcast): void {
    if (this.#state === "joined") this.connection.writeBroadcast(broadcast);
  }

  /** Ties the link to its process: called by the connection, once. */
  attach(process: Process): void {
    this.#process = process;
    process.onExit((reason) => this.#processEnded(reason));
  }

  /** Hands on what the client says, once it has joined; if it may not, that found no channel to go to. */
  receive(message: ClientMessage): void {
    if (this.#state === "joined") this.#process?.deliver(message);
    else if (this.#held === undefined) this.#held = [message];
    else if (this.#held.length < mostWaiting) this.#held.push(message);
    else return this.connection.drop(1008, "too many messages before the answer to a join");
    if (message.event === "phx_leave") this.#expectEnd(message.ref);
  }

  /** Ends the instance from the connection's side: nothing is sent any more, the process shuts down. */
  detach(): void {
    this.#close();
    this.#process?.exit("shutdown");
    this.#expectEnd(null);
  }

  /** Ends the instance because the client joins the topic once more. */
  replaced(): void {
    this.#sayClosed("duplicate join");
    this.detach();
  }

  #processEnded(reason: ExitReason): void {
    this.#process = undefined;
    clearTimeout(this.#deadline);
    if (this.#state === "joined" && !isPeaceful(reason)) {
      this.connection.write(this.#control("phx_error", '{"reason":"channel_crash"}'));
    } else this.#sayClosed("join crashed");
    this.#close();
    this.connection.processEnded();
  }

  /** Kills the process if it has not ended when the time is over. */
  #expectEnd(leaveRef: string | null): void {
    if (this.#process !== undefined) this.#deadline ??= setTimeout(() => this.#kill(leaveRef), patience);
  }

  #kill(leaveRef: string | null): void {
    const process = this.#process;
    if (process === undefined) return;
    processKilled.execute({ node: process.node.name, topic: this.topic, label: process.label, milliseconds: patience });
    this.#sayClosed("left");
    // One that hangs in its `terminate` has come to the leave and answered it.
    if (this.#state === "joined" && !process.ended) this.reply(leaveRef, "ok", "{}");
    this.#close();
    process.exit("killed");
  }

  /** Tells the client that the instance is over: as the answer to its join if that has none yet. */
  #sayClosed(joinRefusal: string): void {
    if (this.#state === "joined") this.connection.write(this.#control("phx_close", "{}"));
    else if (this.#state === "joining") this.#reply(this.#joinAnswerRef, "error", `{"reason":"${joinRefusal}"}`);
  }

  /** `phx_close` and `phx_error` carry the join_ref as their ref, too. */
  #control(event: string, payload: string): string {
    return `[${this.#joinRefJson},${this.#joinRefJson},${this.#topicJson},"${event}",${payload}]`;
  }

  #reply(ref: string, status: string, response: string): void {
    this.connection.write(encodeReply(this.#joinRefJson, ref, this.#topicJson, status, response));
  }

  #close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#unsubscribe?.();
    this.connection.forget(this);
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    for (const { ref, event } of held) this.connection.answerUnmatched(this.joinRef, ref, this.topic, event);
  }
}
