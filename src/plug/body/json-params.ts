import { HttpError } from "../http-error.ts";
import { emptyParams, type Params, type ParamValue } from "../params.ts";

/** How deep arrays and objects of a JSON body may nest, unless `parseBody()` is told otherwise. */
export const maxJsonDepth = 128;

/** Characters below which no nesting is deep enough to keep the parser busy: its depth is looked at afterwards. */
const shortText = 65_536;

/**
 * Decodes a JSON body into {@link Params}: objects without a prototype at every level, and what is not an
 * object at the top under the key `_json`. Of two equal keys the last one wins; a byte order mark is ignored
 * (RFC 8259, section 8.1); an empty text is an empty object.
 *
 * @throws HttpError 400 if it is not JSON or nested deeper than `maxDepth`.
 */
export function decodeJson(text: string, maxDepth: number = maxJsonDepth): Params {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (json === "") return emptyParams();
  if (json.length > shortText && nestsDeeper(json, maxDepth)) throw tooDeep(maxDepth);
  const value = parse(json);
  if (isNested(value) && !Array.isArray(value)) return paramsOf(value, maxDepth, 1);
  const params = emptyParams();
  params._json = isNested(value) ? withoutPrototypes(value, maxDepth, 1) : value;
  return params;
}

function parse(text: string): ParamValue {
  try {
    return JSON.parse(text) as ParamValue;
  } catch (error) {
    // Its message quotes what was sent, which must not get into logs.
    throw new HttpError(400, "the body is not JSON", { cause: error });
  }
}

function withoutPrototypes(value: Params | ParamValue[], maxDepth: number, depth: number): Params | ParamValue[] {
  if (!Array.isArray(value)) return paramsOf(value, maxDepth, depth);
  if (depth > maxDepth) throw tooDeep(maxDepth);
  for (let index = 0; index < value.length; index++) {
    const item = value[index] as ParamValue;
    if (isNested(item)) value[index] = withoutPrototypes(item, maxDepth, depth + 1);
  }
  return value;
}

function paramsOf(object: Params, maxDepth: number, depth: number): Params {
  if (depth > maxDepth) throw tooDeep(maxDepth);
  const params = emptyParams();
  for (const key of Object.keys(object)) {
    const item = object[key] as ParamValue;
    params[key] = isNested(item) ? withoutPrototypes(item, maxDepth, depth + 1) : item;
  }
  return params;
}

/** Of the values that JSON has. */
function isNested(value: ParamValue): value is Params | ParamValue[] {
  return typeof value === "object" && value !== null;
}

/** Whether brackets nest too deep, found out without making anything: millions of arrays in each other cost a second. */
function nestsDeeper(json: string, maxDepth: number): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index++) {
    const character = json.charCodeAt(index);
    if (character === quotationMark) {
      index = endOfText(json, index);
      if (index === -1) return false;
    } else if (character === openBracket || character === openBrace) {
      if (++depth > maxDepth) return true;
    } else if (character === closeBracket || character === closeBrace) depth--;
  }
  return false;
}

/** Where the text ends that begins at `start`, or -1. */
function endOfText(json: string, start: number): number {
  for (let end = start; ; ) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return -1;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === backslash) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function tooDeep(maxDepth: number): HttpError {
  return new HttpError(400, `the JSON of the body is nested deeper than ${maxDepth}`);
}

const quotationMark = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
