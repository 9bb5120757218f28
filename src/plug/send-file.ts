import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lookup } from "mrmime";
import type { Conn } from "./conn.ts";
import { type ByteRange, parseRange } from "./file/byte-range.ts";
import { openFile } from "./file/open-file.ts";
import { failedPrecondition, rangeIsCurrent, type Validators } from "./file/preconditions.ts";
import { HttpError } from "./http-error.ts";

/** Which file, and how much of it. */
export interface SendFileOptions {
  /**
   * The folder that the file has to lie in, for paths that a visitor chooses. What leads out of it, or to a name
   * that begins with a dot, is not found. **Without it every path is trusted.**
   */
  readonly root?: string | URL;
  /** The first byte that is sent; 0 if absent. */
  readonly offset?: number;
  /** How many bytes are sent; all that follow if absent. */
  readonly length?: number;
  /** `conn.status` if absent, or else 200. */
  readonly status?: number;
}

/**
 * Answers with a file. A client that has the present version is told so (304), one that asks for a range gets it
 * (206), and one that goes away lets the file be closed.
 *
 * Unless they were set before, `content-type` is chosen by the extension, and `etag` and `last-modified` are those of
 * the file. Whole folders are served by the endpoint's `staticFiles`.
 *
 * @param path a path of the file system, from the current directory or from `root`, or a `file:` URL.
 * @returns once it is sent. Return it from the action, or await it.
 * @throws (rejects) HttpError 404 if there is no such file, 412 for a precondition that fails, 416 for a range outside
 * of it; RangeError for an offset or length that is no size.
 * @example
 * export const invoice = (conn: Conn, { name }: { name: string }) => sendFile(conn, `${name}.pdf`, { root: "data/invoices" });
 */
export async function sendFile(conn: Conn, path: string | URL, options: SendFileOptions = {}): Promise<void> {
  const { offset = 0, length = Number.MAX_SAFE_INTEGER, root } = options;
  checkSize("offset", offset);
  checkSize("length", length);
  const { handle, stats } = await openFile(path, root);
  // From here on the file is open, and whatever happens, closed.
  try {
    const start = Math.min(offset, stats.size);
    const part = { start, length: Math.min(length, stats.size - start) };
    describeFile(conn, stats, part, typeof path === "string" ? path : path.pathname);
    await answer(conn, handle, part, options.status ?? conn.status ?? 200);
  } finally {
    await handle.close();
  }
}

async function answer(conn: Conn, handle: FileHandle, part: ByteRange, status: number): Promise<void> {
  if (status !== 200) return sendPart(conn, handle, part, status);
  const validators = validatorsOf(conn);
  const failed = failedPrecondition(conn, validators);
  if (failed === 412)
    throw new HttpError(412, `the file at ${conn.path} is not the version that the request is meant for`);
  if (failed === 304) return conn.send(304, "");
  conn.setHeader("accept-ranges", "bytes");
  const asked = conn.request.method === "GET" && rangeIsCurrent(conn, validators);
  const range = asked ? parseRange(conn.requestHeader("range"), part.length) : undefined;
  if (range === "unsatisfiable") throw new RangeNotSatisfiableError(conn.path, part.length);
  if (range === undefined) return sendPart(conn, handle, part, 200);
  conn.setHeader("content-range", `bytes ${range.start}-${range.start + range.length - 1}/${part.length}`);
  return sendPart(conn, handle, { start: part.start + range.start, length: range.length }, 206);
}

/** A range that begins after the end of a file; the answer says how long that is (RFC 9110, section 15.5.17). */
class RangeNotSatisfiableError extends HttpError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(path: string, size: number) {
    super(416, `the range that was asked for lies outside of the ${size} bytes of ${path}`);
    this.headers = { "content-range": `bytes */${size}` };
  }
}

function describeFile(conn: Conn, stats: Stats, part: ByteRange, path: string): void {
  const whole = part.length === stats.size;
  const version = `${stats.size.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}`;
  const etag = whole ? `"${version}"` : `"${version}-${part.start.toString(36)}-${part.length.toString(36)}"`;
  conn.updateHeader("etag", (present) => present ?? etag);
  conn.updateHeader("last-modified", (present) => present ?? stats.mtime.toUTCString());
  conn.updateHeader("content-type", (present) => present ?? contentTypeOf(path));
}

/** The content type of a file by its extension; texts are UTF-8. */
export function contentTypeOf(path: string): string {
  const type =
    lookup(path) ?? moreTypes[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
  return textual.test(type) ? `${type}; charset=utf-8` : type;
}

/** What the table of `mrmime` leaves out because its name begins with `x-` or `vnd.`, and is in use. */
const moreTypes: Readonly<Record<string, string>> = {
  __proto__: null as never,
  "7z": "application/x-7z-compressed",
  apk: "application/vnd.android.package-archive",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  eot: "application/vnd.ms-fontobject",
  flac: "audio/flac",
  ico: "image/vnd.microsoft.icon",
  m3u8: "application/vnd.apple.mpegurl",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odt: "application/vnd.oasis.opendocument.text",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  srt: "application/x-subrip",
  tar: "application/x-tar",
  vcf: "text/vcard",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

const textual = /^text\/|^application\/(?:json|xml|javascript)$|\+(?:json|xml)$/;

function validatorsOf(conn: Conn): Validators {
  const lastModified = conn.getHeader("last-modified");
  return {
    etag: conn.getHeader("etag"),
    lastModified: lastModified === undefined ? undefined : new Date(lastModified),
  };
}

/** What is this small is read before it is sent: head and body leave together, and `compression()` sees the whole. */
const smallFile = 64 * 1024;

async function sendPart(conn: Conn, handle: FileHandle, part: ByteRange, status: number): Promise<void> {
  if (conn.request.method !== "HEAD" && part.length <= smallFile) {
    const chunks = await Array.fromAsync(readPart(handle, part));
    return conn.send(status, chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks));
  }
  conn.setHeader("content-length", String(part.length));
  await conn.sendStream(status, readPart(handle, part));
}

async function* readPart(handle: FileHandle, { start, length }: ByteRange): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length; ) {
    const size = Math.min(smallFile, length - done);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, start + done);
    if (bytesRead === 0)
      throw new Error(`a file ended ${length - done} bytes early: it became shorter while it was sent`);
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function checkSize(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`the ${name} of a file is ${value}: give whole bytes, from 0`);
}
