import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { Dicer } from "@fastify/busboy";
import { HttpError } from "../../http-error.ts";
import type { Upload } from "../../upload.ts";
import { mediaType, requireUtf8 } from "../content-type.ts";
import type { BodyControl } from "../read-chunks.ts";
import { type PartHead, type PartHeaders, readPartHead } from "./part-head.ts";

/** What a multipart body may have, besides bytes. */
export interface MultipartLimits {
  readonly maxParts: number;
  readonly maxFiles: number;
  /** Bytes of all fields that are no files, which are held in memory. */
  readonly maxTextBytes: number;
}

/** Stores a file. */
export type StoreFile = (
  source: AsyncIterable<Buffer>,
  file: { readonly filename: string; readonly contentType: string },
) => Promise<Upload>;

/** A field of a form, in the order of the parts. */
export interface FormField {
  readonly name: string;
  readonly value: string | Upload;
}

/** Bytes that the header fields of one part may have, and their number. */
const maxHeadBytes = 8_192;
const maxHeaderFields = 20;
/** Bytes that wait for a slow disk before the client is made to wait. */
const highWaterMark = 128 * 1_024;

const dicerOptions = {
  // Dicer cuts heads off silently. So it is given more than is allowed: line breaks, which it counts, cannot be seen.
  maxHeaderSize: maxHeadBytes + 1_024,
  maxHeaderPairs: maxHeaderFields + 1,
  // Dicer stands still forever if a part whose buffer is full ends where a chunk ends. So no buffer is ever full for it.
  partHwm: Number.MAX_SAFE_INTEGER,
};

/**
 * Takes a multipart body apart while it arrives. Dicer, the parser inside of busboy, finds the parts; what they may
 * be is decided here, where everything beyond a limit is an error instead of being cut off.
 */
export class MultipartForm {
  readonly #dicer: Dicer;
  readonly #limits: MultipartLimits;
  readonly #storeFile: StoreFile;
  #control: BodyControl | undefined;
  /** In the order of the parts; undefined for those that are left out. */
  readonly #fields: Promise<FormField | undefined>[] = [];
  readonly #closed = Promise.withResolvers<void>();
  /** The parts that are not yet taken in to their end. */
  readonly #open = new Set<Readable>();
  #full = false;
  #failed = false;
  #withinHead = false;
  #files = 0;
  #textBytes = 0;

  constructor(boundary: string, limits: MultipartLimits, store: StoreFile) {
    this.#limits = limits;
    this.#storeFile = store;
    this.#closed.promise.catch(() => {});
    this.#dicer = new Dicer({ boundary, ...dicerOptions } as Dicer.Config)
      .on("part", (part) => this.#begin(part))
      .on("finish", () => this.#close())
      .on("error", (error) => this.#fail(malformed(error)));
  }

  /** What the form tells how fast it can follow, and when it turns out to be wrong. */
  begin(control: BodyControl): void {
    this.#control = control;
  }

  /**
   * Takes the next chunk.
   *
   * @returns false if it should be the last for now.
   */
  write(chunk: Buffer): boolean {
    this.#dicer.write(chunk);
    this.#full = this.#waitingBytes() > highWaterMark;
    return !this.#full;
  }

  /**
   * Takes the end.
   *
   * @returns the fields.
   * @throws HttpError for a form that is malformed or goes beyond a limit; what `store` throws.
   */
  async end(): Promise<readonly FormField[]> {
    this.#dicer.end();
    await this.#closed.promise;
    const fields = await Promise.all(this.#fields);
    return fields.filter((field) => field !== undefined);
  }

  #begin(part: Dicer.PartStream): void {
    // A part that is cut off emits an error, which without a listener would end the program.
    part.on("error", ignore);
    if (this.#failed) return void part.resume();
    if (this.#withinHead) return this.#fail(malformed("a part ends within its head"));
    if (this.#fields.length >= this.#limits.maxParts) {
      return this.#fail(new HttpError(413, `a multipart form has more than ${this.#limits.maxParts} parts`));
    }
    this.#withinHead = true;
    const field = new Promise<FormField | undefined>((resolve, reject) => {
      part.on("header", (header) => {
        this.#withinHead = false;
        try {
          resolve(this.#read(part, header as PartHeaders));
        } catch (error) {
          part.resume();
          reject(error);
        }
      });
    });
    field.catch((error) => this.#fail(error));
    this.#fields.push(field);
  }

  #read(part: Readable, headers: PartHeaders): Promise<FormField | undefined> {
    checkSize(headers);
    const head = readPartHead(headers);
    if (head.contentType !== undefined && mediaType(head.contentType).startsWith("multipart/"))
      throw new HttpError(400, "a multipart form has another inside, which is obsolete (RFC 7578, section 4.3)");
    this.#open.add(part);
    const chunks = this.#chunksOf(part);
    if (head.name === undefined || head.filename === "") return leaveOut(chunks);
    return head.filename === undefined ? this.#readText(chunks, head.name, head) : this.#store(chunks, head.name, head);
  }

  async *#chunksOf(part: Readable): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of part) {
        yield chunk;
        this.#lookForRoom();
      }
    } finally {
      this.#open.delete(part);
      this.#lookForRoom();
    }
  }

  #lookForRoom(): void {
    if (!this.#full || this.#waitingBytes() > highWaterMark) return;
    this.#full = false;
    this.#control?.resume();
  }

  #waitingBytes(): number {
    let bytes = 0;
    for (const part of this.#open) bytes += part.readableLength;
    return bytes;
  }

  async #store(
    source: AsyncIterable<Buffer>,
    name: string,
    { filename = "", contentType }: PartHead,
  ): Promise<FormField> {
    if (++this.#files > this.#limits.maxFiles)
      throw new HttpError(413, `a multipart form has more than ${this.#limits.maxFiles} files`);
    const file = { filename, contentType: contentType ?? "application/octet-stream" };
    return { name, value: await this.#storeFile(source, file) };
  }

  async #readText(source: AsyncIterable<Buffer>, name: string, { contentType }: PartHead): Promise<FormField> {
    const what = `the field ${JSON.stringify(name)} of a multipart form`;
    if (contentType !== undefined) requireUtf8(contentType, what);
    const { maxTextBytes } = this.#limits;
    const chunks: Buffer[] = [];
    for await (const chunk of source) {
      this.#textBytes += chunk.length;
      if (this.#textBytes > maxTextBytes) {
        throw new HttpError(
          413,
          `the fields of a multipart form, without its files, are larger than ${maxTextBytes} bytes`,
        );
      }
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    if (!isUtf8(bytes)) throw new HttpError(400, `${what} is not UTF-8`);
    if (bytes.includes(0)) throw new HttpError(400, `${what} has a null character`);
    return { name, value: bytes.toString() };
  }

  #close(): void {
    if (this.#withinHead) this.#fail(malformed("a part ends within its head"));
    else this.#closed.resolve();
  }

  #fail(error: Error): void {
    this.#failed = true;
    this.#closed.reject(error);
    this.#control?.refuse(error);
  }
}

async function leaveOut(chunks: AsyncIterable<Buffer>): Promise<undefined> {
  for await (const _chunk of chunks);
}

function checkSize(headers: PartHeaders): void {
  let bytes = 0;
  let fields = 0;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of values) bytes += name.length + value.length + 3;
    fields += values.length;
  }
  if (bytes > maxHeadBytes || fields > maxHeaderFields) {
    throw new HttpError(
      413,
      `a part of a multipart form has a head of more than ${maxHeadBytes} bytes or ${maxHeaderFields} fields`,
    );
  }
}

function malformed(reason: Error | string): HttpError {
  const message = typeof reason === "string" ? reason : reason.message;
  return new HttpError(400, `the multipart body cannot be read: ${message}`);
}

function ignore(): void {}
