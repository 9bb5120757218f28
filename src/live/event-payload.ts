import { decodeQuery, HttpError, type ParamValue } from "../plug/index.ts";

/** An event of the client, as handlers are to see it. */
export interface ClientEvent {
  readonly name: string;
  /** Decoded params of a form; of other types what the client sent. */
  readonly value: unknown;
  /** Whether it is for a component. */
  readonly forComponent: boolean;
}

/**
 * Reads the payload of an `event` message (PROTOCOL sections 22 and 23).
 *
 * @returns the event, or a sentence that says what is wrong with it.
 */
export function readEvent(payload: unknown): ClientEvent | string {
  if (!isObject(payload)) return "the payload is not an object";
  const { type, event: name, value = {}, meta, cid } = payload;
  if (typeof name !== "string") return "the payload names no event";
  const forComponent = cid !== undefined && cid !== null;
  if (type !== "form") return { name, value, forComponent };
  if (typeof value !== "string") return "the value of a form is not a text";
  try {
    return { name, value: decodeForm(value, meta), forComponent };
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
}

/** Whether a value is an object that is no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeForm(value: string, meta: unknown): Readonly<Record<string, unknown>> {
  const params: Record<string, unknown> = decodeQuery(value);
  if (isObject(meta)) Object.assign(params, meta);
  if (typeof params._target === "string") params._target = targetPath(params._target);
  return params;
}

/** The path of an input's name: `u[n]` is `["u", "n"]`, `l[]` is `["l"]`. */
function targetPath(name: string): ParamValue {
  return name
    .replaceAll("]", "")
    .split("[")
    .filter((segment, index) => index === 0 || segment !== "");
}
