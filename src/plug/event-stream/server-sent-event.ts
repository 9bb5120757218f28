/** One event of an event stream (HTML Standard, section 9.2). */
export interface ServerSentEvent {
  /** What it says: a text of any number of lines, anything else as JSON. Without it only the other fields take effect. */
  readonly data?: unknown;
  /** Its type, by which pages listen; `message` if absent. */
  readonly event?: string;
  /** The browser sends the last id that it saw in `last-event-id` when it connects again. */
  readonly id?: string;
  /** Milliseconds after which the browser connects again when the stream breaks. */
  readonly retry?: number;
  /** For people who look at the stream; browsers skip it. */
  readonly comment?: string;
}

/**
 * Writes an event as an event stream has it. A text alone is an event's data.
 *
 * @throws if a field other than `data` and `comment` has a line break, an id a NUL, or `retry` is no whole number of
 * milliseconds: any of them would become another event, or none.
 */
export function encodeEvent(event: ServerSentEvent | string): string {
  if (typeof event === "string") return `${lines("data", event)}\n`;
  const { data, comment, retry } = event;
  let text = comment === undefined ? "" : lines("", comment);
  if (event.event !== undefined) text += `event: ${oneLine("event", event.event)}\n`;
  if (event.id !== undefined) text += `id: ${oneLine("id", event.id)}\n`;
  if (retry !== undefined) text += `retry: ${milliseconds(retry)}\n`;
  if (data !== undefined) text += lines("data", typeof data === "string" ? data : JSON.stringify(data));
  return `${text}\n`;
}

function lines(field: string, text: string): string {
  return text
    .split(lineBreak)
    .map((line) => `${field}: ${line}\n`)
    .join("");
}

function oneLine(field: string, text: string): string {
  if (unsafe.test(text)) {
    throw new Error(
      `the ${field} of a server-sent event is one line, without NUL: ${JSON.stringify(text.slice(0, 80))}`,
    );
  }
  return text;
}

function milliseconds(retry: number): number {
  if (!Number.isSafeInteger(retry) || retry < 0) {
    throw new RangeError(`the retry of a server-sent event is ${retry}: give whole milliseconds, from 0`);
  }
  return retry;
}

const lineBreak = /\r\n|\r|\n/;
const unsafe = /[\r\n\0]/;
