import type { Socket } from "node:net";
import type { Endpoint } from "../endpoint/index.ts";
import type { Flushable, Node, Process, Start } from "../process/index.ts";
import type { Broadcast } from "../pubsub/index.ts";
import { ClientMessage } from "./client-message.ts";
import { connectionDropped, messageRefused } from "./events.ts";
import { type ClientFrame, decodeFrame, encodeReply } from "./frame.ts";
import { ChannelLink } from "./link.ts";
import type { MountState } from "./mount-state.ts";
import { joinFrames, textFrameOf } from "./websocket-frame.ts";

const unmatchedTopic = '{"reason":"unmatched topic"}';
const tooManyChannels = '{"reason":"too many channels joined"}';

/** What a connection needs of a WebSocket of `ws`, whose types applications need not have. */
export interface ClosableSocket {
  close(code: number, reason: string): void;
  terminate(): void;
}

/**
 * One client: a WebSocket, and the channels that it has joined.
 *
 * `ws` reads what comes in. What goes out is framed here and written to the TCP socket itself, once per
 * tick, whatever the number of messages (see `Scheduler`).
 */
export class Connection implements Flushable {
  /** Values that the mount's `connect` gave this connection. */
  readonly assigns: Readonly<Record<string, unknown>>;
  /** Which sweep of the mount last saw something come in. */
  lastHeard = 0;

  readonly #mount: MountState;
  readonly #webSocket: ClosableSocket;
  readonly #socket: Socket;
  readonly #links = new Map<string, ChannelLink>();
  #out: string | Buffer | (string | Buffer)[] | undefined;
  #waiting: (() => void)[] | undefined;
  /** Processes that have not ended yet, those of channels that were left or replaced included. */
  #processes = 0;
  /** Nothing is read or written any more. */
  #ended = false;
  /** The WebSocket is gone. */
  #closed = false;

  constructor(
    mount: MountState,
    webSocket: ClosableSocket,
    socket: Socket,
    assigns: Readonly<Record<string, unknown>>,
  ) {
    this.#mount = mount;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.assigns = assigns;
  }

  get endpoint(): Endpoint {
    return this.#mount.endpoint;
  }

  get node(): Node {
    return this.#mount.endpoint.node;
  }

  /** Starts the process of one of its channels, below the mount in the tree and with a bounded mailbox. */
  spawn(label: string, start: Start): Process {
    return this.node.spawn(label, start, this.#mount.channelProcess);
  }

  /** Topics joined now. */
  get channelCount(): number {
    return this.#links.size;
  }

  /** Whether the client reads more slowly than it is written to. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Calls back once, when the client has caught up or is gone. */
  whenWritable(callback: () => void): void {
    if (this.#waiting === undefined) {
      this.#waiting = [];
      this.#socket.once("drain", () => this.#wakeWaiting());
    }
    this.#waiting.push(callback);
  }

  /** Queues one message, as text, for the end of the tick. */
  write(text: string): void {
    this.#enqueue(text);
  }

  /** Queues a broadcast, framed once for all who receive it. */
  writeBroadcast(broadcast: Broadcast): void {
    this.#enqueue(this.#mount.frameOf(broadcast));
  }

  /** Writes what was queued; called by the scheduler. */
  flush(): void {
    const out = this.#out;
    this.#out = undefined;
    if (out === undefined || this.#ended) return;
    if (Array.isArray(out)) this.#socket.write(joinFrames(out));
    else this.#socket.write(typeof out === "string" ? textFrameOf(out) : out);
    if (this.#socket.writableLength > this.#mount.maxBufferedBytes) this.#cutOff();
  }

  /** Says what is queued, then closes with a code of RFC 6455 section 7.4 (PROTOCOL section 8). */
  close(code: number, reason = ""): void {
    if (this.#ended) return;
    this.flush();
    this.#webSocket.close(code, reason);
    this.end();
  }

  /** Handles a text frame of the client. */
  receive(text: string): void {
    if (this.#ended) return;
    this.lastHeard = this.#mount.sweeps;
    const frame = decodeFrame(text);
    if (typeof frame === "string") this.drop(1002, frame);
    else this.#dispatch(frame);
  }

  /** Closes because of what the client did, and reports it. */
  drop(code: number, reason: string): void {
    if (this.#ended) return;
    connectionDropped.execute({ node: this.node.name, mount: this.#mount.path, code, reason });
    this.close(code, reason);
  }

  /** The WebSocket is gone, whoever closed it. */
  closed(): void {
    this.#closed = true;
    this.end();
    this.#leaveMount();
  }

  /** Nothing that is said from now on can arrive, and nothing that comes counts: all channels end. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#out = undefined;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) link.detach();
    this.#wakeWaiting();
  }

  /** A client that does not read would not read a close frame either. */
  #cutOff(): void {
    const reason = `more than ${this.#mount.maxBufferedBytes} bytes waited for a client that does not read`;
    connectionDropped.execute({ node: this.node.name, mount: this.#mount.path, code: 1006, reason });
    this.#webSocket.terminate();
    this.end();
  }

  /** Called by a link whose instance is over. */
  forget(link: ChannelLink): void {
    if (this.#links.get(link.topic) === link) this.#links.delete(link.topic);
  }

  /** Answers a message for which there is no channel; only a leave is fine. */
  answerUnmatched(joinRef: string | null, ref: string | null, topic: string, event: string): void {
    if (event === "phx_leave") this.#answer(joinRef, ref, topic, "ok", "{}");
    else this.#refuse(joinRef, ref, topic, event, unmatchedTopic);
  }

  /** Called by a link whose process has ended. */
  processEnded(): void {
    this.#processes--;
    this.#leaveMount();
  }

  /** Who drains the mount waits for the processes as well: they may still need the rest of the application. */
  #leaveMount(): void {
    if (this.#closed && this.#processes === 0) this.#mount.remove(this);
  }

  #dispatch([joinRef, ref, topic, event, payload]: ClientFrame): void {
    if (event === "phx_join") return this.#join(joinRef, ref, topic, payload);
    if (topic === "phoenix") {
      if (event === "heartbeat") this.#answer(joinRef, ref, topic, "ok", "{}");
      else this.#refuse(joinRef, ref, topic, event, unmatchedTopic);
      return;
    }
    const link = this.#links.get(topic);
    if (link !== undefined) {
      if (joinRef === null || joinRef === link.joinRef) link.receive(new ClientMessage(event, payload, ref));
    } else this.answerUnmatched(joinRef, ref, topic, event);
  }

  #join(joinRef: string | null, ref: string | null, topic: string, params: unknown): void {
    const type = this.#mount.channelFor(topic);
    if (type === undefined) return this.#refuse(null, ref, topic, "phx_join", unmatchedTopic);
    this.#links.get(topic)?.replaced();
    // Processes count, not topics: joins of one topic could otherwise pile up mounts that wait without a limit.
    if (this.#processes >= this.#mount.maxChannels) {
      return this.#refuse(joinRef, ref, topic, "phx_join", tooManyChannels);
    }
    const link = new ChannelLink(this, topic, joinRef ?? ref, ref ?? joinRef);
    this.#links.set(topic, link);
    this.#processes++;
    link.attach(type.start(link, params));
  }

  #refuse(joinRef: string | null, ref: string | null, topic: string, event: string, response: string): void {
    messageRefused.execute({ node: this.node.name, topic, event, reason: JSON.parse(response).reason });
    this.#answer(joinRef, ref, topic, "error", response);
  }

  #answer(joinRef: string | null, ref: string | null, topic: string, status: string, response: string): void {
    if (ref === null) return;
    this.write(encodeReply(JSON.stringify(joinRef), JSON.stringify(ref), JSON.stringify(topic), status, response));
  }

  #enqueue(message: string | Buffer): void {
    if (this.#ended) return;
    if (this.#out === undefined) {
      this.#out = message;
      this.node.scheduler.flushLater(this);
    } else if (Array.isArray(this.#out)) this.#out.push(message);
    else this.#out = [this.#out, message];
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) for (const callback of waiting) callback();
  }
}
