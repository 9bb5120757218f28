import { breakOff } from "./conn/client-signal.ts";
import { headerSet } from "./conn/headers.ts";
import type { Conn } from "./conn.ts";
import { EventQueue, type EventStream, SlowClientError } from "./event-stream/event-stream.ts";
import type { ServerSentEvent } from "./event-stream/server-sent-event.ts";
import { eventStreamOverflow } from "./events.ts";

/** Where events come from: an iterable, or a function that sends them. */
export type EventsSource = AsyncIterable<ServerSentEvent | string> | ((events: EventStream) => void | Promise<void>);

/** How a stream is kept. */
export interface SendEventsOptions {
  /**
   * Milliseconds after which a comment is sent if nothing else was, so that proxies keep the connection and a client
   * that vanished is noticed; `false` for none. Default 15,000.
   */
  readonly heartbeat?: number | false;
}

/**
 * Answers with server-sent events, for `new EventSource(url)` in a page (HTML Standard, section 9.2).
 *
 * The stream is over when the iterable ends, when the promise that the function returned is fulfilled (a function that
 * returns none ends it with `close()`), when the client goes away, and when the server begins to stop. Then an iterable
 * is told by `return()`, a function by `events.signal`.
 *
 * @returns once it is over and the source has ended. Return it from the action, or await it.
 * @throws (rejects) what the source fails with, after the connection was cut.
 * @example
 * import { setInterval } from "node:timers/promises";
 *
 * export const ticks = (conn: Conn) => sendEvents(conn, async (events) => {
 *   for await (const _ of setInterval(1_000, undefined, { signal: events.signal })) {
 *     await events.send({ event: "tick", data: { now: Date.now() } });
 *   }
 * });
 */
export async function sendEvents(conn: Conn, source: EventsSource, options: SendEventsOptions = {}): Promise<void> {
  const { heartbeat = defaultHeartbeat } = options;
  if (heartbeat !== false && !(heartbeat > 0)) {
    throw new RangeError(`the heartbeat of events is ${heartbeat}: give milliseconds, or false`);
  }
  let feeding: Promise<void> | undefined;
  const queue = new EventQueue({
    lastEventId: lastEventId(conn),
    heartbeat,
    start: () => {
      feeding = feed(source, queue);
    },
    cut: () => breakOff(conn.response),
  });
  const { draining } = conn.config;
  const close = () => queue.close();
  draining?.addEventListener("abort", close);
  try {
    if (draining?.aborted) close();
    await conn.putHeaders(eventStreamHeaders).sendStream(200, queue);
  } catch (error) {
    if (error !== queue.failure) throw error;
  } finally {
    draining?.removeEventListener("abort", close);
    close();
    await feeding;
  }
  if (queue.failure instanceof SlowClientError) {
    const { node, path, remoteAddress } = conn;
    eventStreamOverflow.execute({ node: node.name, path, remoteAddress, waiting: queue.failure.waiting });
  } else if (queue.failure !== undefined) throw queue.failure;
}

const defaultHeartbeat = 15_000;

const eventStreamHeaders = headerSet({
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // nginx collects answers before it passes them on, unless told.
  "x-accel-buffering": "no",
});

/** Headers come as bytes, read as Latin-1; an id is UTF-8. */
function lastEventId(conn: Conn): string | undefined {
  const id = conn.requestHeader("last-event-id");
  return id === undefined ? undefined : Buffer.from(id, "latin1").toString();
}

/** Sends what a source gives. What that fails with ends the stream, or, when it is over, is what waiting for it ends with. */
async function feed(source: EventsSource, queue: EventQueue): Promise<void> {
  try {
    if (typeof source !== "function") await feedFrom(source, queue);
    else {
      const pending = source(queue);
      if (pending === undefined) return;
      await pending;
    }
    queue.close();
  } catch (error) {
    queue.fail(error);
  }
}

async function feedFrom(source: AsyncIterable<ServerSentEvent | string>, queue: EventQueue): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  const end = () => void Promise.resolve(iterator.return?.()).catch(() => {});
  queue.signal.addEventListener("abort", end);
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true || !(await queue.send(value))) break;
  }
}
