import { isUtf8 } from "node:buffer";
import type { Conn } from "../conn.ts";
import { HttpError } from "../http-error.ts";
import type { Params } from "../params.ts";
import { decodeForm } from "../query.ts";
import type { BodyLimits, BodyParser } from "./body-parser.ts";
import { requireUtf8 } from "./content-type.ts";
import { decodeJson } from "./json-params.ts";
import { readBodyAs } from "./read-body.ts";

/** Reads forms without files. */
export const urlencodedParser: BodyParser = {
  types: ["application/x-www-form-urlencoded"],
  parse: (conn, limits) => readText(conn, limits, decodeUrlencoded),
};

/** Reads JSON. */
export const jsonParser: BodyParser = {
  types: ["application/json", "application/*+json"],
  parse: (conn, limits) => readText(conn, limits, decodeLimitedJson),
};

function decodeUrlencoded(text: string, { maxFields, maxDepth }: BodyLimits): Params {
  return decodeForm(text, maxFields, maxDepth);
}

function decodeLimitedJson(text: string, { maxDepth }: BodyLimits): Params {
  return decodeJson(text, maxDepth);
}

function readText(
  conn: Conn,
  limits: BodyLimits,
  decode: (text: string, limits: BodyLimits) => Params,
): Promise<Params | undefined> {
  requireUtf8(conn.request.headers["content-type"] ?? "", "the body");
  return readBodyAs(conn, limits, (bytes) => {
    if (!isUtf8(bytes)) throw new HttpError(400, `the body of ${conn.method} ${conn.path} is not UTF-8`);
    return decode(bytes.toString(), limits);
  });
}
