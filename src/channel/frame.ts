/**
 * The V2 JSON form of messages (PROTOCOL section 2): arrays of join_ref, ref, topic, event and payload.
 */

/** A client's message as it came, checked for its shape but not for its payload. */
export type ClientFrame = readonly [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
  ...ignored: unknown[],
];

/**
 * Reads one text frame.
 *
 * @returns the frame, or a sentence that says what is wrong with it.
 */
export function decodeFrame(text: string): ClientFrame | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "frame is not JSON";
  }
  if (!Array.isArray(value) || value.length < 5) return "frame is not an array of join_ref, ref, topic, event, payload";
  if (!isRef(value[0])) return "join_ref is neither string nor null";
  if (!isRef(value[1])) return "ref is neither string nor null";
  if (typeof value[2] !== "string") return "topic is not a string";
  if (typeof value[3] !== "string") return "event is not a string";
  return value as unknown as ClientFrame;
}

/** A reply. `response` is JSON text; `joinRef`, `ref` and `topic` are JSON text as well. */
export function encodeReply(joinRef: string, ref: string, topic: string, status: string, response: string): string {
  return `[${joinRef},${ref},${topic},"phx_reply",{"status":"${status}","response":${response}}]`;
}

/** A push to one channel instance. All but `event` are JSON text. */
export function encodePush(joinRef: string, topic: string, event: string, payload: string): string {
  return `[${joinRef},null,${topic},${JSON.stringify(event)},${payload}]`;
}

/** An event for every instance of a topic. `payload` is any value that JSON can hold. */
export function encodeBroadcast(topic: string, event: string, payload: unknown): string {
  return `[null,null,${JSON.stringify(topic)},${JSON.stringify(event)},${JSON.stringify(payload ?? {})}]`;
}

function isRef(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
