import type { Transform } from "node:stream";

/** A way to write the bytes of a response differently (RFC 9110, section 8.4); `compression()` has some. */
export interface ContentCoding {
  /** Codes a body that is there as a whole: at once, or later where it would hold everybody up. */
  encode(body: string | Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Codes a body piece by piece. */
  createStream(): Transform;
  /** Makes a stream pass on what it holds back, so that the client sees all that was written so far. */
  flush(stream: Transform): void;
}
