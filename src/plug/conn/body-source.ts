import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ResponseWriter } from "./chunk-writer.ts";

/** Where the pieces of a body come from, texts or bytes, one after another. */
export type BodySource =
  | AsyncIterable<string | Uint8Array>
  | ReadableStream<string | Uint8Array>
  | ReadableStream<Uint8Array>
  | Readable;

/**
 * Writes a source to a response, each piece when there is room for it.
 *
 * If the client goes away the source is told at once: an iterator by `return()`, a stream by `cancel()` or `destroy()`.
 * What it fails with after that is nobody's concern any more.
 *
 * @param open writes the head of the response.
 * @returns once the source has ended or, told to, has cleaned up.
 * @throws (rejects) what the source fails with, after the connection was cut, and what `open` or the cleaning up fails with.
 */
export async function pump(source: BodySource, open: () => Promise<ResponseWriter>): Promise<void> {
  const input = openSource(source);
  let cancelled: Promise<unknown> | undefined;
  const cancel = () => {
    cancelled ??= Promise.resolve(input.cancel());
    // Whether it failed is asked for below, perhaps only after a turn in which this would count as unhandled.
    cancelled.catch(() => {});
    return cancelled;
  };
  const writer = await open().catch(async (error) => {
    await cancel().catch(() => {});
    throw error;
  });
  writer.onUnwanted(cancel);
  try {
    while (writer.wanted) {
      const { done, value } = await input.next();
      if (done === true || !(await writer.write(value))) break;
    }
  } catch (error) {
    if (cancelled === undefined) {
      writer.cut();
      await cancel().catch(() => {});
      throw error;
    }
  }
  if (cancelled !== undefined) await cancelled;
  else writer.end();
}

interface OpenSource {
  next(): Promise<IteratorResult<string | Uint8Array>>;
  cancel(): unknown;
}

function openSource(source: BodySource): OpenSource {
  if (source instanceof Readable) return openReadable(source);
  if ("getReader" in source) return openWebStream(source as ReadableStream<string | Uint8Array>);
  const iterator = source[Symbol.asyncIterator]();
  return { next: () => iterator.next(), cancel: () => iterator.return?.() };
}

function openReadable(stream: Readable): OpenSource {
  // The iterator tells of errors once something is read; one that comes before, as of a file that cannot be opened,
  // would have no listener and end the program.
  stream.on("error", () => {});
  const iterator = stream[Symbol.asyncIterator]();
  // Returning the iterator would wait for the read that it is at; destroying the stream ends that.
  return { next: () => iterator.next(), cancel: () => void stream.destroy() };
}

function openWebStream(stream: ReadableStream<string | Uint8Array>): OpenSource {
  const reader = stream.getReader();
  return {
    next: async () => (await reader.read()) as IteratorResult<string | Uint8Array>,
    cancel: () => reader.cancel(),
  };
}
