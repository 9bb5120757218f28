import { encodeEvent, type ServerSentEvent } from "./server-sent-event.ts";

/** An event stream that is open. */
export interface EventStream {
  /**
   * The id of the last event that the browser saw before its connection broke, to go on from there; undefined the
   * first time.
   */
  readonly lastEventId: string | undefined;
  /** Aborted when the stream is over, whoever ended it. */
  readonly signal: AbortSignal;
  /**
   * Sends an event. Wait for it where there is more to send than a client may be able to read; one that leaves a
   * megabyte waiting is cut off, and connects again.
   *
   * @returns once there is room for more: true, or false if the stream is over.
   * @throws (rejects) if the event cannot be written, see {@link ServerSentEvent}.
   */
  send(event: ServerSentEvent | string): Promise<boolean>;
  /** Ends the stream, after what was sent. The browser connects again, unless it is answered with 204 then. */
  close(): void;
}

/** A client has left more events waiting than are kept for it. */
export class SlowClientError extends Error {
  readonly waiting: number;

  constructor(waiting: number) {
    super(`a client left ${waiting} characters of events waiting, and was cut off`);
    this.name = "SlowClientError";
    this.waiting = waiting;
  }
}

/** Characters of events that wait for a client to read. */
const mostWaiting = 1_000_000;

/** What an {@link EventQueue} works with. */
export interface EventQueueOptions {
  readonly lastEventId: string | undefined;
  /** Milliseconds, or false. */
  readonly heartbeat: number | false;
  /** Called when the first event can be sent. */
  start(): void;
  /** Cuts the connection: called for a failure, since a client that reads nothing would otherwise learn of it late. */
  cut(): void;
}

/** What `send` was given on one side, and what the response takes, as fast as the client reads, on the other. */
export class EventQueue implements EventStream, AsyncIterableIterator<string> {
  readonly lastEventId: string | undefined;
  readonly #options: EventQueueOptions;
  readonly #over = new AbortController();
  readonly #heartbeat: NodeJS.Timeout | undefined;
  #started = false;
  /** Events that wait, one after another. */
  #text = "";
  #failure: unknown;
  /** The response waits for events. */
  #taker: PromiseWithResolvers<IteratorResult<string>> | undefined;
  /** Senders wait for room. */
  #room: PromiseWithResolvers<boolean> | undefined;

  constructor(options: EventQueueOptions) {
    const { lastEventId, heartbeat } = options;
    this.lastEventId = lastEventId;
    this.#options = options;
    if (heartbeat !== false) this.#heartbeat = setInterval(() => this.#beat(), heartbeat).unref();
  }

  /** What the stream failed with, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  async send(event: ServerSentEvent | string): Promise<boolean> {
    const text = encodeEvent(event);
    if (this.signal.aborted) return false;
    this.#text += text;
    if (this.#taker !== undefined) {
      this.#hand(this.#taker);
      return true;
    }
    if (this.#text.length > mostWaiting) {
      this.fail(new SlowClientError(this.#text.length));
      return false;
    }
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  close(): void {
    if (this.signal.aborted) return;
    clearInterval(this.#heartbeat);
    this.#over.abort();
    this.#room?.resolve(false);
    this.#taker?.resolve({ done: true, value: undefined });
  }

  /** Ends the stream in the middle: whoever takes from it gets the error. After the end it does nothing. */
  fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.#failure = error;
    this.#text = "";
    this.#taker?.reject(error);
    this.#taker = undefined;
    this.close();
    this.#options.cut();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<string>> {
    if (!this.#started) {
      this.#started = true;
      this.#options.start();
    }
    this.#taker = Promise.withResolvers();
    const { promise } = this.#taker;
    if (this.#failure !== undefined) this.#taker.reject(this.#failure);
    else if (this.#text !== "") this.#hand(this.#taker);
    else if (this.signal.aborted) this.#taker.resolve({ done: true, value: undefined });
    return promise;
  }

  async return(): Promise<IteratorResult<string>> {
    this.close();
    return { done: true, value: undefined };
  }

  #hand(taker: PromiseWithResolvers<IteratorResult<string>>): void {
    this.#taker = undefined;
    taker.resolve({ done: false, value: this.#text });
    this.#text = "";
    this.#heartbeat?.refresh();
    this.#room?.resolve(!this.signal.aborted);
    this.#room = undefined;
  }

  /** A client that does not read what waits for it needs no comment beside that. */
  #beat(): void {
    if (this.#taker !== undefined) this.send({ comment: "" });
  }
}
