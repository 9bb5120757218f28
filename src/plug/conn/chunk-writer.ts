import type { ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import { breakOff, isClosed } from "./client-signal.ts";
import type { ContentCoding } from "./content-coding.ts";

/** Writes a body piece by piece; what `conn.sendChunked()` gives. */
export interface ChunkWriter {
  /**
   * Writes a piece, texts as UTF-8. **Wait for it before writing the next**: what is not waited for piles up in
   * memory if the client reads slowly.
   *
   * @returns once there is room for more: true, or false if nobody reads (the client is gone, or the request was HEAD).
   * Then stop, there is nothing to end.
   * @throws (rejects) after the end, for what is neither text nor bytes, and for more than a `content-length` that was set.
   */
  write(chunk: string | Uint8Array): Promise<boolean>;
  /**
   * Says that the body is complete. Once is enough, again does nothing.
   *
   * @throws if a `content-length` was set and less was written; the connection is cut then.
   */
  end(): void;
}

/** What a {@link ResponseWriter} has to know about the response whose head was just written. */
export interface ResponseBody {
  readonly response: ServerResponse;
  /** False where the head is all there is: HEAD, 204, 304. */
  readonly hasBody: boolean;
  /** The `content-length` that was announced, in bytes. */
  readonly length: number | undefined;
  readonly coding: ContentCoding | undefined;
}

/** The body of one response as it is written. */
export class ResponseWriter implements ChunkWriter {
  readonly #response: ServerResponse;
  readonly #coding: ContentCoding | undefined;
  /** Where pieces go: to the response, or to what codes them for it. */
  readonly #target: ServerResponse | Transform;
  /** Bytes that the announced length still leaves. */
  #rest: number | undefined;
  #wanted: boolean;
  #ended = false;
  #begun = false;
  #flushing: NodeJS.Immediate | undefined;
  #room: PromiseWithResolvers<boolean> | undefined;
  #onUnwanted: (() => void) | undefined;

  constructor({ response, hasBody, length, coding }: ResponseBody) {
    this.#response = response;
    this.#rest = length;
    this.#coding = coding;
    this.#wanted = hasBody && !isClosed(response);
    this.#target = coding !== undefined && this.#wanted ? this.#codeWith(coding) : response;
    if (!hasBody) response.end();
    else if (this.#wanted) {
      response.once("close", () => this.#stop());
      this.#target.on("drain", () => this.#resolveRoom(true));
      this.#flushSoon();
    }
  }

  /** Whether somebody reads what is written. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Calls back once nobody reads any more, before the end; at once if that is so already. */
  onUnwanted(callback: () => void): void {
    if (this.#wanted) this.#onUnwanted = callback;
    else if (!this.#ended) callback();
  }

  async write(chunk: string | Uint8Array): Promise<boolean> {
    if (this.#ended) throw new Error("a chunk was written to a response after its end");
    if (!this.#wanted) return false;
    const size = byteLength(chunk);
    if (size === 0) return true;
    if (this.#rest !== undefined) this.#count(size);
    this.#begun = true;
    if (this.#coding !== undefined) this.#flushSoon();
    if (this.#target.write(chunk)) return true;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#resolveRoom(true);
    if (this.#rest !== undefined && this.#rest > 0) {
      breakOff(this.#response);
      throw new Error(`a response ended ${this.#rest} bytes before the content-length that it had announced`);
    }
    this.#target.end();
  }

  /** Ends a body that is not complete, in a way that the client notices. */
  cut(): void {
    if (this.#ended) return;
    this.#ended = true;
    breakOff(this.#response);
  }

  /** More than announced would be read as the answer to the next request. */
  #count(size: number): void {
    this.#rest = (this.#rest as number) - size;
    if (this.#rest >= 0) return;
    this.cut();
    throw new Error(`a response went ${-this.#rest} bytes over the content-length that it had announced`);
  }

  #codeWith(coding: ContentCoding): Transform {
    const stream = coding.createStream();
    stream.on("error", () => this.cut());
    this.#response.once("close", () => stream.destroy());
    stream.pipe(this.#response);
    return stream;
  }

  /** What one turn of the event loop writes goes out together, and then at once: somebody may wait for it. */
  #flushSoon(): void {
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      if (!this.#wanted) return;
      if (!this.#begun) this.#response.flushHeaders();
      else this.#coding?.flush(this.#target as Transform);
    });
  }

  #stop(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#resolveRoom(false);
    this.#onUnwanted?.();
  }

  #resolveRoom(wanted: boolean): void {
    this.#room?.resolve(wanted);
    this.#room = undefined;
  }
}

/** Takes pieces for a response whose head waits to be written. */
export class LateWriter implements ChunkWriter {
  readonly #opening: Promise<ChunkWriter>;

  constructor(opening: Promise<ChunkWriter>) {
    this.#opening = opening;
  }

  async write(chunk: string | Uint8Array): Promise<boolean> {
    return (await this.#opening).write(chunk);
  }

  end(): void {
    this.#opening.then(
      (writer) => writer.end(),
      // The conn reports why it could not begin.
      () => {},
    );
  }
}

function byteLength(chunk: unknown): number {
  if (typeof chunk === "string") return Buffer.byteLength(chunk);
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  throw new TypeError(`a piece of a response is a text or a Uint8Array, not ${describe(chunk)}`);
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value;
}
