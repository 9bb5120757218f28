import { HttpError } from "./http-error.ts";
import { emptyParams, type Params, type ParamValue } from "./params.ts";

/** How deep keys of a query or form may nest: `a[b][c]` is three deep. */
const maxDepth = 32;
/** How many pairs a query or form may have. */
const maxPairs = 1_000;

/**
 * Decodes `application/x-www-form-urlencoded` text, a query or a form's body, with nesting written in brackets.
 *
 * `a[b]=1` is an object, `a[]=1` adds to a list, `a[][b]=1` adds an object with one key to a list. Where the
 * same key comes twice, or as different things, the last one wins. A key without `=` has the empty text as value.
 *
 * | text                  | params                          |
 * |-----------------------|---------------------------------|
 * | `name=Ann+Lee`        | `{ name: "Ann Lee" }`           |
 * | `user[tags][]=a&user[tags][]=b` | `{ user: { tags: ["a", "b"] } }` |
 * | `a[0]=x`              | `{ a: { "0": "x" } }`           |
 * | `l[][x]=1&l[][x]=2`   | `{ l: [{ x: "1" }, { x: "2" }] }` |
 *
 * @throws HttpError 400 for malformed percent-encoding, more than 1,000 pairs or nesting deeper than 32.
 */
export function decodeQuery(text: string): Params {
  const params = emptyParams();
  let pairs = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("&", start);
    const end = found === -1 ? text.length : found;
    if (end > start) {
      if (++pairs > maxPairs) throw new HttpError(400, `a query or form has more than ${maxPairs} values`);
      decodePair(text, start, end, params);
    }
    start = end + 1;
  }
  return params;
}

function decodePair(text: string, start: number, end: number, params: Params): void {
  const found = text.indexOf("=", start);
  const keyEnd = found === -1 || found > end ? end : found;
  const key = decodeText(text.slice(start, keyEnd));
  const value = keyEnd === end ? "" : decodeText(text.slice(keyEnd + 1, end));
  const bracket = key.endsWith("]") ? key.indexOf("[") : -1;
  if (bracket === -1) params[key] = value;
  else insert(params, key.slice(0, bracket), key.slice(bracket + 1, -1).split("]["), value);
}

/**
 * Puts a value where its segments lead, an empty segment meaning a new item of a list. What stands in the
 * way because it is of another kind gives way to the newcomer.
 */
function insert(params: Params, first: string, segments: readonly string[], value: string): void {
  if (segments.length >= maxDepth)
    throw new HttpError(400, `a key of a query or form is nested deeper than ${maxDepth}`);
  let container: Params | ParamValue[] = params;
  let key = first;
  for (const segment of segments) {
    container = segment === "" ? listAt(container, key) : paramsAt(container, key);
    key = segment;
  }
  if (Array.isArray(container)) container.push(value);
  else container[key] = value;
}

function listAt(container: Params | ParamValue[], key: string): ParamValue[] {
  const list: ParamValue[] = [];
  if (Array.isArray(container)) container.push(list);
  else {
    const present = container[key];
    if (Array.isArray(present)) return present;
    container[key] = list;
  }
  return list;
}

function paramsAt(container: Params | ParamValue[], key: string): Params {
  const params = emptyParams();
  if (Array.isArray(container)) container.push(params);
  else {
    const present = container[key];
    if (typeof present === "object" && present !== null && !Array.isArray(present)) return present;
    container[key] = params;
  }
  return params;
}

function decodeText(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (error) {
    throw new HttpError(400, `a query or form is not percent-encoded UTF-8: ${text.slice(0, 80)}`, { cause: error });
  }
}
