import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pipeline } from "node:stream/promises";
import type { Conn } from "../conn.ts";
import { uploadCleanupFailed } from "../events.ts";
import { HttpError } from "../http-error.ts";
import { Upload } from "../upload.ts";
import { type TemporaryFile, type UploadDirectory, uploadDirectory } from "./directory.ts";

const key = Symbol("temporary files");

/**
 * Makes a temporary file for a request: empty, readable for the server's user only, under a name that nobody can
 * guess. It is deleted when the response has ended.
 *
 * @returns its path.
 * @throws if the system's directory for temporary files cannot be written to.
 */
export async function temporaryFile(conn: Conn): Promise<string> {
  return requestFiles(conn).create(tmpdir());
}

/** The temporary files of a request. */
export function requestFiles(conn: Conn): RequestFiles {
  const known = conn.getPrivate(key);
  if (known !== undefined) return known as RequestFiles;
  const files = new RequestFiles(conn);
  conn.putPrivate(key, files);
  return files;
}

/** How an upload is to be stored. */
export interface StoreOptions {
  readonly filename: string;
  readonly contentType: string;
  /** The directory below which to store it. */
  readonly base: string;
  readonly maxBytes: number;
}

/** Holds the temporary files of one request, and deletes them when its response has ended or its connection is gone. */
export class RequestFiles {
  readonly #conn: Conn;
  readonly #ended = new AbortController();
  readonly #unfinished = new Set<Promise<unknown>>();
  /** Paths, with the upload where the file has become one. */
  readonly #files = new Map<string, Upload | undefined>();
  readonly #directories = new Set<UploadDirectory>();

  constructor(conn: Conn) {
    this.#conn = conn;
    const { request, response } = conn;
    // A pipelined response whose turn has not come does not hear of its connection's end.
    const socket = request.httpVersionMajor < 2 ? request.socket : undefined;
    const end = () => {
      socket?.off("close", end);
      response.off("close", end);
      void this.#end();
    };
    response.on("close", end);
    socket?.on("close", end);
    if (response.destroyed || (request.destroyed && !request.complete)) end();
  }

  /** Makes an empty file. */
  async create(base: string): Promise<string> {
    const file = await this.#open(base);
    await file.handle.close();
    return file.path;
  }

  /**
   * Writes what a stream brings into a file, as fast as the disk takes it.
   *
   * @throws HttpError 413 if it is larger than allowed; an Error if it cannot be written, or the request has ended.
   */
  async store(source: AsyncIterable<Buffer>, { filename, contentType, base, maxBytes }: StoreOptions): Promise<Upload> {
    const { path, handle } = await this.#open(base);
    let size = 0;
    const measured = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > maxBytes) throw tooLarge(maxBytes);
        yield chunk;
      }
    };
    const stream = handle.createWriteStream();
    this.#pending(new Promise((resolve) => stream.once("close", resolve)));
    const { signal } = this.#ended;
    try {
      // A pipeline whose source brings nothing more would wait for it forever, even if it is aborted.
      await Promise.race([pipeline(source, measured, stream), rejection(signal, () => stream.destroy())]);
    } catch (error) {
      throw error instanceof HttpError || signal.aborted ? error : unwritable(path, error);
    }
    const upload = new Upload({ path, filename, contentType, size });
    this.#files.set(path, upload);
    return upload;
  }

  async #open(base: string): Promise<TemporaryFile> {
    this.#ended.signal.throwIfAborted();
    const directory = uploadDirectory(this.#conn.node, base);
    if (!this.#directories.has(directory)) {
      this.#directories.add(directory);
      directory.enter();
    }
    return this.#pending(
      directory.createFile().then(async (file) => {
        this.#files.set(file.path, undefined);
        if (this.#ended.signal.aborted) await file.handle.close();
        this.#ended.signal.throwIfAborted();
        return file;
      }),
    );
  }

  /** Nothing is deleted before this has ended. */
  async #pending<Result>(work: Promise<Result>): Promise<Result> {
    this.#unfinished.add(work);
    try {
      return await work;
    } finally {
      this.#unfinished.delete(work);
    }
  }

  async #end(): Promise<void> {
    this.#ended.abort();
    while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished);
    for (const [path, upload] of this.#files) {
      try {
        if (upload === undefined) await rm(path, { force: true });
        else await upload.release();
      } catch (error) {
        uploadCleanupFailed.execute({ node: this.#conn.node.name, path, error: error as Error });
      }
    }
    for (const directory of this.#directories) await directory.leave();
  }
}

/** Rejects when a signal is aborted. */
function rejection(signal: AbortSignal, callback: () => void): Promise<never> {
  return new Promise((_, reject) => {
    const aborted = () => {
      callback();
      reject(signal.reason);
    };
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted, { once: true });
  });
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(
    413,
    `a file is larger than ${maxBytes} bytes: if it may be, raise uploads: { maxFileBytes } of parseBody()`,
  );
}

function unwritable(path: string, cause: unknown): Error {
  return new Error(`an upload could not be written to ${path}: ${(cause as Error).message}`, { cause });
}
