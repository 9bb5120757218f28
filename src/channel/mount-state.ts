import type { Endpoint } from "../endpoint/index.ts";
import type { Process, SpawnOptions } from "../process/index.ts";
import type { Broadcast } from "../pubsub/index.ts";
import { clientMailbox } from "./client-process.ts";
import type { Connection } from "./connection.ts";
import { encodeBroadcast } from "./frame.ts";
import type { ChannelType } from "./instance.ts";
import { textFrameOf } from "./websocket-frame.ts";

/** Limits of a socket mount. */
export interface SocketLimits {
  /** Topics that one connection may join, default 100. */
  readonly maxChannels: number;
  /** Bytes that may wait for a slow client before it is dropped, default 16 MiB. */
  readonly maxBufferedBytes: number;
  /** A connection from which nothing was heard for so many milliseconds is closed, default 60,000. */
  readonly idleTimeout: number;
  /**
   * Connections that are closed at a time when the endpoint stops, default 10,000: their clients go elsewhere at once,
   * and whoever takes them in must be able to. What the endpoint's `drainTimeout` leaves no time for is cut off.
   */
  readonly drainBatch: number;
  /** Milliseconds from one such batch to the next, default 2,000. */
  readonly drainInterval: number;
}

/** Sweeps per idle time-out: the time-out is kept to a sixth of its length. */
const sweepsPerTimeout = 6;

/** What all connections of one mount on one endpoint share. */
export class MountState {
  readonly endpoint: Endpoint;
  /** Stands for the mount in the tree, above the processes of its channels. */
  readonly process: Process;
  readonly path: string;
  /** How the processes of its channels are spawned. */
  readonly channelProcess: SpawnOptions;
  readonly maxChannels: number;
  readonly maxBufferedBytes: number;
  /** Sweeps for idle connections so far: a coarse clock that costs nothing per message. */
  sweeps = 0;

  readonly #exact = new Map<string, ChannelType>();
  readonly #prefixes: readonly (readonly [string, ChannelType])[];
  readonly #connections = new Set<Connection>();
  readonly #sweeper: NodeJS.Timeout;
  readonly #drainBatch: number;
  readonly #drainInterval: number;
  #nextBatch: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;
  #draining = false;
  #lastBroadcast: Broadcast | undefined;
  #lastFrame: Buffer | undefined;

  constructor(
    endpoint: Endpoint,
    process: Process,
    path: string,
    channels: readonly ChannelType[],
    limits: SocketLimits,
  ) {
    this.endpoint = endpoint;
    this.process = process;
    this.channelProcess = { mailbox: clientMailbox, parent: process };
    this.path = path;
    this.maxChannels = limits.maxChannels;
    this.maxBufferedBytes = limits.maxBufferedBytes;
    this.#drainBatch = limits.drainBatch;
    this.#drainInterval = limits.drainInterval;
    const prefixes: [string, ChannelType][] = [];
    for (const channel of channels) {
      if (channel.pattern.endsWith("*")) prefixes.push([channel.pattern.slice(0, -1), channel]);
      else this.#exact.set(channel.pattern, channel);
    }
    this.#prefixes = prefixes;
    this.#sweeper = setInterval(() => this.#closeIdle(), limits.idleTimeout / sweepsPerTimeout).unref();
  }

  /** The channel that serves a topic: an exact one first, then the first declared prefix that fits. */
  channelFor(topic: string): ChannelType | undefined {
    return this.#exact.get(topic) ?? this.#prefixes.find(([prefix]) => topic.startsWith(prefix))?.[1];
  }

  /**
   * The frame of a broadcast. PubSub hands one broadcast to all its subscribers before the next, so
   * remembering the last one is enough to encode each only once.
   */
  frameOf(broadcast: Broadcast): Buffer {
    if (this.#lastBroadcast !== broadcast || this.#lastFrame === undefined) {
      this.#lastFrame = textFrameOf(encodeBroadcast(broadcast.topic, broadcast.event, broadcast.payload));
      this.#lastBroadcast = broadcast;
    }
    return this.#lastFrame;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  /** Whether it is too late for a new connection. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Called when a connection is closed and the processes of its channels have ended. */
  remove(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#drained?.();
  }

  /** Closes all connections, so that their clients go elsewhere, and resolves when they and their channels have ended. */
  drain(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#sweeper);
    return new Promise((resolve) => {
      if (this.#connections.size === 0) return resolve();
      this.#drained = () => {
        clearTimeout(this.#nextBatch);
        resolve();
      };
      this.#closeBatch([...this.#connections]);
    });
  }

  /** Closes some, and the rest later (PROTOCOL section 8). */
  #closeBatch(rest: Connection[]): void {
    for (const connection of rest.splice(0, this.#drainBatch)) connection.close(1012, "server is restarting");
    if (rest.length > 0) this.#nextBatch = setTimeout(() => this.#closeBatch(rest), this.#drainInterval);
  }

  /** Ends what is left when there was no time to drain, because its endpoint was killed for example. */
  abandon(): void {
    this.#draining = true;
    clearInterval(this.#sweeper);
    clearTimeout(this.#nextBatch);
    for (const connection of [...this.#connections]) connection.drop(1012, "server is restarting");
  }

  #closeIdle(): void {
    this.sweeps++;
    for (const connection of this.#connections) {
      if (this.sweeps - connection.lastHeard > sweepsPerTimeout) connection.close(1001, "nothing heard for too long");
    }
  }
}
