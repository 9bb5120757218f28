import { statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { BodyLimits, BodyParser } from "./body/body-parser.ts";
import { jsonParser, urlencodedParser } from "./body/body-parsers.ts";
import { mediaType, mediaTypeMatcher } from "./body/content-type.ts";
import { maxJsonDepth } from "./body/json-params.ts";
import { multipartParser, type UploadOptions } from "./body/multipart.ts";
import { discardBody } from "./body/read-chunks.ts";
import type { Conn } from "./conn.ts";
import { bodyRefused } from "./events.ts";
import { HttpError } from "./http-error.ts";
import { emptyParams } from "./params.ts";
import type { Plug } from "./plug.ts";
import { maxFormDepth, maxFormFields } from "./query.ts";

/** How `parseBody` is to read. */
export interface ParseBodyOptions {
  /** Bytes that a body may have. Default: `maxBodyBytes` of the endpoint, which is 8,000,000. */
  readonly maxBytes?: number;
  /** Levels that the body may nest. Default: 32 for forms, 128 for JSON. */
  readonly maxDepth?: number;
  /** Fields that a form may have. Default: 1,000. */
  readonly maxFields?: number;
  /**
   * Milliseconds of which each span has to bring at least 500 bytes per second, or the end of the body. A slower
   * client is answered with 408 and its connection closed. Default: 15,000.
   */
  readonly bodyTimeout?: number;
  /** Parsers of the application's own, for further content types or in place of those that are built in. */
  readonly parsers?: readonly BodyParser[];
  /**
   * Content types that no parser reads and that may pass nevertheless, unread: `["text/*"]`. Others are answered with
   * 415; a body that names no type counts as `application/octet-stream`. Default: all, `["*\/*"]`.
   */
  readonly pass?: readonly string[];
  /** Where files go and how much they may be; `false` leaves forms with files to `pass`. */
  readonly uploads?: UploadOptions | false;
}

const defaultBodyTimeout = 15_000;

/**
 * Reads and decodes the body of a request into `conn.bodyParams`.
 *
 * | content type                        | params                                                              |
 * |-------------------------------------|---------------------------------------------------------------------|
 * | `application/x-www-form-urlencoded` | as {@link decodeQuery} reads a query                                |
 * | `multipart/form-data`, `multipart/mixed` | the same nesting; files are {@link Upload}s                    |
 * | `application/json`, `application/*+json` | as they are; what is not an object comes under the key `_json` |
 * | without a body                      | none                                                                |
 * | others                              | `undefined`: the body stays unread, for the action to stream from `conn.request` |
 *
 * A body that was read by an earlier `parseBody` is not read again. If the client goes away before it has sent all,
 * the conn is halted without an answer.
 *
 * @throws at start, if an option cannot be right. While a request is handled, an HttpError: 400 for a body that is
 * malformed, not UTF-8, or nested too deep; 408 for one that comes too slowly; 413 for one that is too large, or has
 * too many fields; 415 for a type that may not pass, another charset than UTF-8, or a compressed body.
 * @example
 * parseBody({ maxBytes: 100_000, uploads: { maxBytes: 50_000_000, maxFiles: 5 } })
 * @example
 * const csv: BodyParser = {
 *   types: ["text/csv"],
 *   async parse(conn, limits) {
 *     const body = await readBody(conn, limits);
 *     return body && { rows: body.toString().split("\n") };
 *   },
 * };
 * parseBody({ parsers: [csv], pass: [] })
 */
export function parseBody(options: ParseBodyOptions = {}): Plug {
  checkOptions(options);
  const find = parserFinder(options);
  const mayPass = mediaTypeMatcher(options.pass ?? ["*/*"], "pass of parseBody()");
  const bodyTimeout = options.bodyTimeout ?? defaultBodyTimeout;

  return (conn) => {
    if (conn.method === "GET" || conn.method === "HEAD" || conn.bodyParams !== undefined) return;
    if (!hasBody(conn.request)) {
      conn.bodyParams = emptyParams();
      return;
    }
    const contentType = conn.request.headers["content-type"];
    const parse = contentType === undefined ? undefined : find(contentType);
    if (parse !== undefined) return parse(conn);
    if (mayPass(mediaType(contentType ?? "application/octet-stream"))) return;
    throw refused(
      conn,
      bodyTimeout,
      new HttpError(
        415,
        `the body of ${conn.method} ${conn.path} is ${contentType ?? "of no type"}, which is not read here`,
      ),
    );
  };
}

type Parse = (conn: Conn) => Promise<void>;

/** Makes the function that finds who parses a content type. Those that requests usually name it finds at once. */
function parserFinder(options: ParseBodyOptions): (contentType: string) => Parse | undefined {
  const { maxBytes, maxFields = maxFormFields, bodyTimeout = defaultBodyTimeout } = options;
  const limitsOf = (maxDepth: number) => ({ maxBytes, maxFields, bodyTimeout, maxDepth: options.maxDepth ?? maxDepth });
  const forms = options.uploads === false ? [] : [multipartParser(options.uploads ?? {})];
  const parsers = [...(options.parsers ?? []), urlencodedParser, ...forms, jsonParser].map((parser) => {
    const limits = limitsOf(parser === jsonParser ? maxJsonDepth : maxFormDepth);
    return {
      reads: mediaTypeMatcher(parser.types, "types of a parser of parseBody()"),
      types: parser.types,
      parse: (conn: Conn) => parseWith(parser, conn, { ...limits, maxBytes: maxBytes ?? conn.config.maxBodyBytes }),
    };
  });
  const search = (type: string) => parsers.find(({ reads }) => reads(type))?.parse;
  const known = new Map(parsers.flatMap(({ types }) => types.map((type) => [type, search(type)] as const)));
  return (contentType) => known.get(contentType) ?? search(mediaType(contentType));
}

async function parseWith(parser: BodyParser, conn: Conn, limits: BodyLimits): Promise<void> {
  try {
    refuseCompressed(conn);
    const params = await parser.parse(conn, limits);
    if (params === undefined) conn.halt();
    else conn.bodyParams = params;
  } catch (error) {
    throw refused(conn, limits.bodyTimeout, error);
  }
}

function refused(conn: Conn, bodyTimeout: number, error: unknown): unknown {
  discardBody(conn, bodyTimeout);
  if (error instanceof HttpError && error.status < 500) {
    const { node, method, path, remoteAddress } = conn;
    const { status, message: reason } = error;
    bodyRefused.execute({ node: node.name, method, path, remoteAddress, status, reason });
  }
  return error;
}

function refuseCompressed(conn: Conn): void {
  const coding = conn.request.headers["content-encoding"];
  if (coding === undefined || coding.toLowerCase() === "identity") return;
  throw new HttpError(
    415,
    `the body of ${conn.method} ${conn.path} has the content-encoding ${JSON.stringify(coding)}: send it uncompressed`,
  );
}

/**
 * RFC 9112, section 6: a request has a body if one of these headers says so. In HTTP/2 the stream knows (RFC 9113,
 * section 8.1).
 */
function hasBody(request: IncomingMessage & { readonly stream?: { readonly endAfterHeaders: boolean } }): boolean {
  const { headers, stream } = request;
  const length = headers["content-length"];
  if (length !== undefined) return length !== "0";
  return headers["transfer-encoding"] !== undefined || stream?.endAfterHeaders === false;
}

function checkOptions(options: ParseBodyOptions): void {
  const { uploads } = options;
  if (
    uploads &&
    uploads.directory !== undefined &&
    !statSync(uploads.directory, { throwIfNoEntry: false })?.isDirectory()
  )
    throw new Error(`parseBody() was given uploads.directory: ${uploads.directory}; it has to be a directory`);
  const numbers: Record<string, number | undefined> = {
    maxBytes: options.maxBytes,
    maxDepth: options.maxDepth,
    maxFields: options.maxFields,
    bodyTimeout: options.bodyTimeout,
    ...(uploads && {
      "uploads.maxBytes": uploads.maxBytes,
      "uploads.maxFileBytes": uploads.maxFileBytes,
      "uploads.maxFiles": uploads.maxFiles,
    }),
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new Error(`parseBody() was given ${name}: ${value}; it has to be a whole number above 0`);
  }
}
