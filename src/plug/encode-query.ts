import { Upload } from "./upload.ts";

/** What {@link encodeQuery} writes: params, and what is easily turned into them. `undefined` is left out. */
export interface QueryParams {
  readonly [key: string]: QueryValue;
}

/** What can stand under a key of {@link QueryParams}. */
export type QueryValue = string | number | bigint | boolean | null | undefined | QueryParams | readonly QueryValue[];

/**
 * Writes params as `application/x-www-form-urlencoded` text, with nesting in brackets: what
 * {@link decodeQuery} has read is read from it again. Numbers and booleans become texts, `null` the empty text;
 * empty lists and objects have nothing to write and vanish.
 *
 * @throws Error for what the notation cannot say: an object or list with several items inside a list (give the
 * items keys of their own instead), and keys in which brackets would be taken for nesting.
 * @example
 * encodeQuery({ page: 2, tags: ["a", "b"], user: { name: "Ann Lee" } })   // page=2&tags[]=a&tags[]=b&user[name]=Ann+Lee
 */
export function encodeQuery(params: QueryParams): string {
  const fields: string[] = [];
  for (const [key, value] of Object.entries(params)) {
    if (isNested(value)) {
      if (key.includes("[")) throw unwritable(key);
      write(encode(key), value, fields);
    } else if (key.includes("[") && key.endsWith("]")) throw unwritable(key);
    else write(encode(key), value, fields);
  }
  return fields.join("&");
}

function write(name: string, value: QueryValue, fields: string[]): void {
  if (value === undefined) return;
  if (!isNested(value)) fields.push(`${name}=${value === null ? "" : encode(String(value))}`);
  else if (isList(value)) for (const item of value) writeItem(name, item, fields);
  else {
    for (const [key, item] of Object.entries(value)) {
      if (key === "" || key.includes("][")) throw unwritable(key);
      write(`${name}[${encode(key)}]`, item, fields);
    }
  }
}

/** Each `[]` is a new item: one that took two fields would be read as two. */
function writeItem(name: string, item: QueryValue, fields: string[]): void {
  const before = fields.length;
  write(`${name}[]`, item, fields);
  if (fields.length - before > 1) {
    throw new Error(
      `a query cannot hold a list whose items have several values, as that of ${decodeURIComponent(name)}: ` +
        "give the items keys, as in { items: { 0: { a: 1, b: 2 } } }",
    );
  }
}

function isNested(value: QueryValue): value is QueryParams | readonly QueryValue[] {
  if ((value as unknown) instanceof Upload) throw new Error("a query cannot hold an uploaded file");
  return typeof value === "object" && value !== null;
}

function isList(value: QueryParams | readonly QueryValue[]): value is readonly QueryValue[] {
  return Array.isArray(value);
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%20", "+");
}

function unwritable(key: string): Error {
  return new Error(`a query cannot hold the key ${JSON.stringify(key)}: it would be read as a nesting`);
}
