import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Conn } from "./conn.ts";
import { HttpError } from "./http-error.ts";
import { decodeJson } from "./json-params.ts";
import { emptyParams, type Params } from "./params.ts";
import type { Plug } from "./plug.ts";
import { decodeQuery } from "./query.ts";
import { readBody } from "./read-body.ts";

/**
 * Reads and decodes the body of a request into `conn.bodyParams`.
 *
 * `application/x-www-form-urlencoded` is read like a query; `application/json` as it is, and what is not an
 * object comes under the key `_json`. A body of another content type stays unread, for the action to stream
 * from `conn.request`, and `bodyParams` undefined. Without a body, `bodyParams` is empty.
 *
 * The body may have `config.maxBodyBytes`. If the client goes away before it has sent all, the conn is halted
 * without an answer.
 *
 * @throws HttpError 413 for a body too large, 400 for one that is malformed or not UTF-8.
 */
export function parseBody(): Plug {
  return (conn) => {
    if (conn.method === "GET" || conn.method === "HEAD" || conn.bodyParams !== undefined) return;
    if (!hasBody(conn.request)) {
      conn.bodyParams = emptyParams();
      return;
    }
    const decode = decoderFor(conn.request.headers["content-type"]);
    if (decode !== undefined) return parse(conn, decode);
  };
}

async function parse(conn: Conn, decode: (text: string) => Params): Promise<void> {
  const bytes = await readBody(conn, conn.config.maxBodyBytes);
  if (bytes === undefined) {
    conn.halt();
    return;
  }
  if (!isUtf8(bytes)) throw new HttpError(400, `the body of ${conn.method} ${conn.path} is not UTF-8`);
  conn.bodyParams = decode(bytes.toString());
}

/** RFC 9112, section 6: a request has a body if one of these headers says so. */
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

function decoderFor(contentType: string | undefined): ((text: string) => Params) | undefined {
  if (contentType === undefined) return undefined;
  const semicolon = contentType.indexOf(";");
  const type = (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") return decodeQuery;
  if (type === "application/json" || (type.startsWith("application/") && type.endsWith("+json"))) return decodeJson;
  return undefined;
}
