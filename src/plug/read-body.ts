import type { Conn } from "./conn.ts";
import { HttpError } from "./http-error.ts";

/**
 * Reads the whole body of a request.
 *
 * @param limit bytes. A longer body is refused: before reading if its length is announced, else when it is reached.
 * @returns the bytes, or undefined if the client went away before it had sent all.
 * @throws HttpError 413 if the body is longer than `limit`; an Error if somebody else has read it.
 */
export function readBody(conn: Conn, limit: number): Promise<Buffer | undefined> {
  const { request } = conn;
  if (request.readableEnded)
    throw new Error(`the body of ${conn.method} ${conn.path} was already read by another plug`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(conn, limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = () => {
      request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      settle();
      // Stops taking in. Once the refusal is sent, node discards the rest, so that the client gets to read it.
      request.pause();
      reject(tooLarge(conn, limit));
    };
    const onEnd = () => {
      settle();
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onGone = () => {
      settle();
      resolve(undefined);
    };
    if (request.destroyed) resolve(undefined);
    else request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  });
}

function tooLarge(conn: Conn, limit: number): HttpError {
  return new HttpError(
    413,
    `the body of ${conn.method} ${conn.path} is larger than ${limit} bytes: raise maxBodyBytes of the endpoint if it may be`,
  );
}
