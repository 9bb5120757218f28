import { HttpError } from "./http-error.ts";
import { emptyParams, type Params, type ParamValue } from "./params.ts";

/** How deep arrays and objects of a JSON body may nest. */
const maxDepth = 128;

/**
 * Decodes a JSON body into {@link Params}: objects without a prototype at every level, and what is not an
 * object at the top under the key `_json`.
 *
 * @throws HttpError 400 if it is not JSON or nested deeper than 128.
 */
export function decodeJson(text: string): Params {
  const value = toParam(parse(text), 1);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  const params = emptyParams();
  params._json = value;
  return params;
}

function parse(text: string): ParamValue {
  try {
    return JSON.parse(text) as ParamValue;
  } catch (error) {
    throw new HttpError(400, `the body is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function toParam(value: ParamValue, depth: number): ParamValue {
  if (typeof value !== "object" || value === null) return value;
  if (depth > maxDepth) throw new HttpError(400, `the JSON of the body is nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) value[index] = toParam(item, depth + 1);
    return value;
  }
  const params = emptyParams();
  for (const key of Object.keys(value)) params[key] = toParam(value[key] as ParamValue, depth + 1);
  return params;
}
