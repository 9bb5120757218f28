import { encodeQuery, type QueryParams, type QueryValue } from "../plug/index.ts";

/** Params of a form. With a `File` or `Blob` among them it goes out as multipart. */
export interface FormParams {
  readonly [key: string]: FormValue;
}

/** What can stand under a key of {@link FormParams}. */
export type FormValue = QueryValue | Blob | FormParams | readonly FormValue[];

/**
 * What a request can carry: params of a form, {@link jsonBody}, the forms of the web, or text and bytes, for which a
 * `content-type` has to be put.
 */
export type RequestBody = FormParams | JsonBody | FormData | URLSearchParams | string | Uint8Array;

/** A body of JSON, made by {@link jsonBody}. */
export class JsonBody {
  readonly text: string;

  constructor(value: unknown) {
    this.text = JSON.stringify(value);
  }
}

/**
 * A body of JSON.
 *
 * @param value anything that JSON can say.
 * @example
 * const created = await post(visitor, "/api/posts", jsonBody({ title: "Hello" }));
 */
export function jsonBody(value: unknown): JsonBody {
  return new JsonBody(value);
}

/** A body as it goes over the wire, with its type. */
export interface EncodedBody {
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
}

/**
 * Encodes a body.
 *
 * @param contentType what was put by hand. It decides how params are written, and is needed for text and bytes.
 * @throws TypeError if body and type do not go together.
 */
export async function encodeBody(body: RequestBody, contentType: string | undefined): Promise<EncodedBody> {
  if (body instanceof JsonBody) return text(contentType ?? "application/json", body.text);
  if (body instanceof FormData) return multipart(body);
  if (body instanceof URLSearchParams) return text(urlencoded, body.toString());
  if (typeof body === "string" || body instanceof Uint8Array) {
    if (contentType !== undefined) return { contentType, bytes: Buffer.from(body as Uint8Array) };
    throw new TypeError(
      'a body of text or bytes needs a type: put it with putReqHeader(conn, "content-type", "text/csv"), or give params, ' +
        "which are sent as a form, or jsonBody(value)",
    );
  }
  return encodeParams(body, contentType);
}

/** The query that params of a GET become, without `?`. */
export function queryOf(body: RequestBody): string {
  if (body instanceof URLSearchParams) return body.toString();
  if (isParams(body)) return encodeQuery(body as QueryParams);
  throw new TypeError("GET and HEAD have no body: give them params, which become the query");
}

const urlencoded = "application/x-www-form-urlencoded";

function encodeParams(params: FormParams, contentType: string | undefined): EncodedBody | Promise<EncodedBody> {
  const type =
    contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? (holdsFile(params) ? "multipart/form-data" : urlencoded);
  if (type === urlencoded) return text(urlencoded, encodeQuery(params as QueryParams));
  if (type === "application/json" || type.endsWith("+json")) return text(contentType ?? type, JSON.stringify(params));
  if (type === "multipart/form-data") return multipart(formData(params));
  throw new TypeError(`params cannot be sent as ${contentType}: give the body as text or bytes`);
}

function text(contentType: string, content: string): EncodedBody {
  return { contentType, bytes: Buffer.from(content) };
}

/** The platform knows how to write such a form. */
async function multipart(form: FormData): Promise<EncodedBody> {
  const written = new Response(form);
  const contentType = written.headers.get("content-type") ?? undefined;
  return { contentType, bytes: Buffer.from(await written.arrayBuffer()) };
}

function formData(params: FormParams): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(params)) append(form, key, value);
  return form;
}

function append(form: FormData, name: string, value: FormValue): void {
  if (value === undefined) return;
  if (value instanceof Blob) form.append(name, value);
  else if (Array.isArray(value)) for (const item of value) append(form, `${name}[]`, item);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) append(form, `${name}[${key}]`, item);
  } else form.append(name, value === null ? "" : String(value));
}

function holdsFile(value: unknown): boolean {
  if (value instanceof Blob) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsFile);
}

function isParams(body: RequestBody): body is FormParams {
  return (
    !(body instanceof JsonBody || body instanceof FormData || body instanceof Uint8Array) && typeof body === "object"
  );
}
