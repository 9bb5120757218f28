import { insertParam } from "./body/nested-params.ts";
import { HttpError } from "./http-error.ts";
import { emptyParams, type Params } from "./params.ts";

/** How deep keys of a query or form may nest, unless `parseBody()` is told otherwise: `a[b][c]` is three deep. */
export const maxFormDepth = 32;
/** How many values a query or form may have, unless `parseBody()` is told otherwise. */
export const maxFormFields = 1_000;

/**
 * Decodes `application/x-www-form-urlencoded` text, such as a query, with nesting written in brackets.
 *
 * `a[b]=1` is an object, `a[]=1` adds to a list, `a[][b]=1` adds an object with one key to a list: what belongs
 * to one object of a list needs keys of its own, `a[0][b]=1&a[0][c]=2`. Where the same key comes twice, or as
 * different things, the last one wins. A key without `=` has the empty text as value. Keys keep their order,
 * but as in every JavaScript object, whole numbers come first.
 *
 * | text                  | params                          |
 * |-----------------------|---------------------------------|
 * | `name=Ann+Lee`        | `{ name: "Ann Lee" }`           |
 * | `user[tags][]=a&user[tags][]=b` | `{ user: { tags: ["a", "b"] } }` |
 * | `a[0]=x`              | `{ a: { "0": "x" } }`           |
 * | `l[][x]=1&l[][x]=2`   | `{ l: [{ x: "1" }, { x: "2" }] }` |
 *
 * {@link encodeQuery} is the way back. The encoding is that of the URL Standard, section 5, the nesting Plug's.
 *
 * @throws HttpError 400 for percent-encoding that is malformed or not UTF-8, for a null character (which no text
 * needs, and databases choke on), for more than 1,000 values, and for nesting deeper than 32.
 */
export function decodeQuery(text: string): Params {
  return decodeFields(text, maxFormFields, maxFormDepth, 400);
}

/**
 * Decodes the body of a form, as {@link decodeQuery} does.
 *
 * @throws HttpError 413 for more than `maxFields` values, 400 as `decodeQuery` does.
 */
export function decodeForm(text: string, maxFields: number, maxDepth: number): Params {
  return decodeFields(text, maxFields, maxDepth, 413);
}

function decodeFields(encoded: string, maxFields: number, maxDepth: number, statusOfTooMany: number): Params {
  if (encoded.includes("%00") || encoded.includes("\0"))
    throw new HttpError(400, "a query or form has a null character in it");
  const text = encoded.includes("+") ? encoded.replace(/\+/g, " ") : encoded;
  const params = emptyParams();
  // Empty fields count as well: a million times "&" is work, too.
  let fields = 0;
  for (let start = 0; start < text.length; ) {
    if (++fields > maxFields) throw new HttpError(statusOfTooMany, `a query or form has more than ${maxFields} values`);
    const found = text.indexOf("&", start);
    const end = found === -1 ? text.length : found;
    if (end > start) decodeField(text.slice(start, end), params, maxDepth);
    start = end + 1;
  }
  return params;
}

function decodeField(field: string, params: Params, maxDepth: number): void {
  const equals = field.indexOf("=");
  const name = decodeText(equals === -1 ? field : field.slice(0, equals));
  const value = equals === -1 ? "" : decodeText(field.slice(equals + 1));
  insertParam(params, name, value, maxDepth);
}

function decodeText(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // What was sent stands in the cause only: messages get into logs.
    const cause = new URIError(`${JSON.stringify(text.slice(0, 80))} cannot be decoded`);
    throw new HttpError(400, "a query or form is not percent-encoded UTF-8", { cause });
  }
}
