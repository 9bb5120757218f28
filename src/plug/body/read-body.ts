import type { Conn } from "../conn.ts";
import type { BodyLimits } from "./body-parser.ts";
import { readChunks } from "./read-chunks.ts";

/**
 * Reads the whole body of a request into memory; for the parsers of an application, see {@link BodyParser}.
 *
 * @returns the bytes, or undefined if the client went away before it had sent all.
 * @throws HttpError 413 if the body is larger than allowed, 408 if it comes too slowly; an Error if somebody else
 * has read it.
 */
export async function readBody(
  conn: Conn,
  limits: Pick<BodyLimits, "maxBytes" | "bodyTimeout">,
): Promise<Buffer | undefined> {
  return readBodyAs(conn, limits, (bytes) => bytes);
}

/** Reads as {@link readBody} does, and gives what `decode` makes of the bytes. */
export function readBodyAs<Result>(
  conn: Conn,
  limits: Pick<BodyLimits, "maxBytes" | "bodyTimeout">,
  decode: (bytes: Buffer) => Result,
): Promise<Result | undefined> {
  const chunks: Buffer[] = [];
  return readChunks(conn, limits, {
    take: (chunk) => chunks.push(chunk) > 0,
    finish: (size) => decode(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
  });
}
