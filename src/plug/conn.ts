import { type BodySource, pump } from "./conn/body-source.ts";
import { type ChunkWriter, LateWriter, ResponseWriter } from "./conn/chunk-writer.ts";
import { ConnHead } from "./conn/conn-head.ts";
import type { ContentCoding } from "./conn/content-coding.ts";
import { isBodyless, sendCoded, sendWhole } from "./conn/send-whole.ts";
import type { Flash } from "./flash.ts";
import type { Session } from "./session.ts";

/**
 * One request and the response to it, on its way through the plugs.
 *
 * It changes in place and belongs to one request. What costs something is worked out when first asked for:
 * cookies, query, params. Nothing is written before {@link Conn.send} and its like, and nothing can be changed after.
 */
export class Conn extends ConnHead {
  /** Values of the application, such as the current user. */
  readonly assigns: Record<string, unknown> = {};
  /** What the client wants to read, chosen by `accepts()`: `html`, `json`, … */
  format: string | undefined = undefined;
  /** Names the request in logs, set by `requestId()`. */
  requestId: string | undefined = undefined;

  #beforeSend: ((conn: Conn) => void | Promise<void>)[] | undefined = undefined;
  #chooseCoding: ((conn: Conn, length: number | undefined) => ContentCoding | undefined) | undefined = undefined;
  #halted = false;
  #sending: Promise<void> | undefined = undefined;
  /** Whether an answer was given that waits to be written. */
  #held = false;
  #session: Session | undefined = undefined;
  #flash: Flash | undefined = undefined;
  #private: Record<symbol, unknown> | undefined = undefined;

  /** Puts values into `assigns`, replacing those of the same names. */
  assign(values: Readonly<Record<string, unknown>>): this {
    Object.assign(this.assigns, values);
    return this;
  }

  /** What {@link Conn.putPrivate} put under a key, or undefined. */
  getPrivate(key: symbol): unknown {
    return this.#private?.[key];
  }

  /** Keeps a value for a library's own use, apart from the application's `assigns`. */
  putPrivate(key: symbol, value: unknown): void {
    this.#private ??= {};
    this.#private[key] = value;
  }

  /** Whether the rest of the pipeline is to be skipped. */
  get halted(): boolean {
    return this.#halted;
  }

  /** Skips the rest of the pipeline; whoever halts has answered. */
  halt(): this {
    this.#halted = true;
    return this;
  }

  /**
   * Calls back right before the head is written, the last registered first. Each is called once, even where
   * one throws and an error page is sent instead. The answer waits for one that returns a promise.
   *
   * @throws if the response is already sent.
   */
  beforeSend(callback: (conn: Conn) => void | Promise<void>): void {
    this.refuseIfSent();
    this.#beforeSend ??= [];
    this.#beforeSend.push(callback);
  }

  /** Whether the request was answered, also where the answer still waits for `beforeSend` callbacks. */
  override get sent(): boolean {
    return this.#held || super.sent;
  }

  /**
   * What an answer waits for that was given, if `beforeSend` callbacks hold it up. Resolves when it is written; rejects
   * with what failed, and then the conn is unsent. Whoever runs the pipeline has to look at it at the end.
   */
  get sending(): Promise<void> | undefined {
    return this.#sending;
  }

  /**
   * Has the body coded on its way out. `choose` is called after `beforeSend`, with the length of the body in bytes if
   * it is known, sees the head as it will be, and sets what the coding needs; undefined leaves the body as it is.
   */
  codeBody(choose: (conn: Conn, length: number | undefined) => ContentCoding | undefined): void {
    this.#chooseCoding = choose;
  }

  /**
   * Answers: writes the head and the whole body. Halts nothing by itself. Unless `cache-control` was set, caches
   * are told to keep the answer to the visitor and to ask again.
   *
   * @param body texts go out as UTF-8; left out for HEAD and for statuses that have none.
   * @throws if the response is already sent, and what `beforeSend` callbacks throw, before anything is written.
   */
  send(status: number, body: string | Uint8Array): void {
    const pending = this.#prepare(status);
    if (pending === undefined) this.#write(body);
    else this.#hold(pending, () => this.#write(body));
  }

  /**
   * Writes the head and lets you write the body piece by piece. A body whose length was set in `content-length` has
   * exactly that; else it goes out in chunks.
   *
   * **`end()` it, whatever happens**; {@link Conn.sendStream} does that by itself.
   *
   * @throws as {@link Conn.send}.
   * @example
   * const writer = conn.setHeader("content-type", "text/csv; charset=utf-8").sendChunked(200);
   * for (const row of rows) if (!(await writer.write(`${row.join(",")}\r\n`))) return;
   * writer.end();
   */
  sendChunked(status: number): ChunkWriter {
    const pending = this.#prepare(status);
    return pending === undefined ? this.#open() : new LateWriter(this.#hold(pending, () => this.#open()));
  }

  /**
   * Answers with what a source gives, piece by piece, as fast as the client reads: a stream of the web or of Node, or
   * an async iterable such as an async generator.
   *
   * A client that goes away ends the source, by `return()`, `cancel()` or `destroy()`. If the source fails, the
   * connection is cut, so that the client does not take what it got for all.
   *
   * @returns once all is written or the client is gone. **Return it from the action, or await it**: it rejects with what
   * the source fails with, which is reported then.
   * @throws (rejects) as {@link Conn.send}; the source is ended then.
   * @example
   * export const feed = (conn: Conn) => conn.sendStream(200, (async function* () {
   *   for await (const post of allPosts()) yield `${JSON.stringify(post)}\n`;
   * })());
   */
  sendStream(status: number, source: BodySource): Promise<void> {
    return pump(source, async () => {
      const pending = this.#prepare(status);
      return pending === undefined ? this.#open() : this.#hold(pending, () => this.#open());
    });
  }

  /**
   * What is remembered of the visitor.
   *
   * @throws unless `fetchSession()` ran.
   */
  get session(): Session {
    return this.#session ?? this.#missing("session", "fetchSession()", "anqa/plug");
  }

  /** Called by the plug that provides the session. */
  installSession(session: Session): void {
    this.#session = session;
  }

  /** Whether `fetchSession()` ran, for those who can do without. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /**
   * Messages for the next page.
   *
   * @throws unless `fetchFlash()` ran.
   */
  get flash(): Flash {
    return this.#flash ?? this.#missing("flash", "fetchFlash()", "anqa/controller");
  }

  /** Called by the plug that provides the flash. */
  installFlash(flash: Flash): void {
    this.#flash = flash;
  }

  /** Whether `fetchFlash()` ran, for those who can do without. */
  get hasFlash(): boolean {
    return this.#flash !== undefined;
  }

  /** Does what comes before any answer. What fails here leaves the conn unsent. */
  #prepare(status: number): Promise<void> | undefined {
    if (this.sent) this.refuseAnswer();
    this.status = status;
    this.#sending = undefined;
    while (this.#beforeSend !== undefined && this.#beforeSend.length > 0) {
      const pending = this.#beforeSend.pop()?.(this);
      if (pending !== undefined) return this.#prepareLater(pending);
    }
    this.refuseIfSent();
    return undefined;
  }

  async #prepareLater(pending: Promise<void>): Promise<void> {
    this.#held = true;
    try {
      await pending;
      while (this.#beforeSend !== undefined && this.#beforeSend.length > 0) await this.#beforeSend.pop()?.(this);
    } finally {
      this.#held = false;
    }
    this.refuseIfSent();
  }

  #hold<Result>(pending: Promise<void>, write: () => Result): Promise<Result> {
    const written = pending.then(write);
    this.#sending = written.then(() => {});
    // Whoever runs the pipeline asks at its end, perhaps after a turn in which this would count as unhandled.
    this.#sending.catch(() => {});
    return written;
  }

  #write(body: string | Uint8Array): void {
    this.deleteHeader("content-length");
    const status = this.status as number;
    const coding = this.#chooseCoding?.(this, Buffer.byteLength(body));
    const hasBody = this.request.method !== "HEAD";
    if (coding === undefined) sendWhole(this.response, status, this.completeHead(), body, hasBody);
    else if (hasBody) sendCoded(this.response, status, this.completeHead(), body, coding);
    // How long the coded body would be, only coding it would tell; HEAD may leave that out (RFC 9110, section 8.6).
    else this.response.writeHead(status, this.completeHead() as string[]).end();
  }

  #open(): ResponseWriter {
    const { response } = this;
    const status = this.status as number;
    const announced = this.getHeader("content-length");
    const length = announced === undefined ? undefined : Number(announced);
    const coding = this.#chooseCoding?.(this, length);
    response.writeHead(status, this.completeHead() as string[]);
    return new ResponseWriter({
      response,
      hasBody: this.request.method !== "HEAD" && !isBodyless(status),
      length: coding === undefined ? length : undefined,
      coding,
    });
  }

  #missing(what: string, plug: string, from: string): never {
    throw new Error(
      `${this.method} ${this.path} asked for conn.${what}, but no plug provided it: ` +
        `put ${plug} (from "${from}") into the pipeline of this route, before what needs it`,
    );
  }
}
