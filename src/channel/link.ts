import type { ExitReason, Process } from "../process/index.ts";
import type { Broadcast, Subscriber } from "../pubsub/index.ts";
import type { Connection } from "./connection.ts";
import { encodePush, encodeReply } from "./frame.ts";

/**
 * The line between one joined topic of a connection and the process that serves it.
 *
 * It numbers, orders and addresses what the process says: the answer to the join goes out first, and
 * once the instance was closed, left or replaced nothing more does, so that a late push can never reach
 * the instance that came after it (PROTOCOL section 4).
 */
export class ChannelLink implements Subscriber {
  readonly connection: Connection;
  readonly topic: string;
  /** Ref of the join that made this instance. */
  readonly joinRef: string | null;

  readonly #joinRefJson: string;
  readonly #topicJson: string;
  #state: "joining" | "joined" | "closed" = "joining";
  #early: string[] | undefined;
  #process: Process | undefined;

  constructor(connection: Connection, topic: string, joinRef: string | null) {
    this.connection = connection;
    this.topic = topic;
    this.joinRef = joinRef;
    this.#joinRefJson = JSON.stringify(joinRef);
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

  /** The process behind it, once `ChannelType.start` has returned. */
  get process(): Process | undefined {
    return this.#process;
  }

  /** Calls back once, when the client has caught up or is gone. */
  whenWritable(callback: () => void): void {
    this.connection.whenWritable(callback);
  }

  /** Accepts the join. `response` is the JSON text of an object. */
  joined(response: string): void {
    if (this.#state !== "joining") return;
    this.#state = "joined";
    this.#reply(this.#joinRefJson, "ok", response);
    if (this.#early !== undefined) for (const text of this.#early) this.connection.write(text);
    this.#early = undefined;
  }

  /** Refuses the join. The process should then end with `normal`. */
  refused(response: string): void {
    if (this.#state !== "joining") return;
    this.#reply(this.#joinRefJson, "error", response);
    this.#close();
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

  /** Ends the instance from the connection's side: nothing is sent any more, the process shuts down. */
  detach(): void {
    this.#state = "closed";
    this.#process?.exit("shutdown");
  }

  /** Ends the instance because the client joins the topic once more. */
  replaced(): void {
    if (this.#state === "joined") this.#pushClose();
    this.detach();
  }

  #processEnded(reason: ExitReason): void {
    if (this.#state === "closed") return;
    if (reason instanceof Error || reason === "killed") {
      if (this.#state === "joining") this.#reply(this.#joinRefJson, "error", '{"reason":"join crashed"}');
      else this.connection.write(this.#control("phx_error", '{"reason":"channel_crash"}'));
    } else if (this.#state === "joined") this.#pushClose();
    this.#close();
  }

  #pushClose(): void {
    this.connection.write(this.#control("phx_close", "{}"));
  }

  /** `phx_close` and `phx_error` carry the join_ref as their ref, too. */
  #control(event: string, payload: string): string {
    return `[${this.#joinRefJson},${this.#joinRefJson},${this.#topicJson},"${event}",${payload}]`;
  }

  #reply(ref: string, status: string, response: string): void {
    this.connection.write(encodeReply(this.#joinRefJson, ref, this.#topicJson, status, response));
  }

  #close(): void {
    this.#state = "closed";
    this.connection.forget(this);
  }
}
