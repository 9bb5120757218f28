import { tmpdir } from "node:os";
import type { Conn } from "../conn.ts";
import { emptyParams, type Params } from "../params.ts";
import { requestFiles } from "../upload/request-files.ts";
import type { BodyLimits, BodyParser } from "./body-parser.ts";
import { boundaryOf } from "./multipart/boundary.ts";
import { MultipartForm, type MultipartLimits } from "./multipart/form.ts";
import { insertParam } from "./nested-params.ts";
import { readChunks } from "./read-chunks.ts";

/** How forms with files are read. */
export interface UploadOptions {
  /** The directory below which files are kept for the time of the request. Default: the system's, see `os.tmpdir()`. */
  readonly directory?: string;
  /** Bytes that a form with all its files may have. Default: as other bodies. */
  readonly maxBytes?: number;
  /** Bytes that one file may have. Default: as the whole form. */
  readonly maxFileBytes?: number;
  /** Default: 100. */
  readonly maxFiles?: number;
}

const defaultMaxFiles = 100;

/**
 * Reads forms with files (`multipart/form-data`, RFC 7578, and as Plug does `multipart/mixed`). Files go to the disk
 * while they arrive and become {@link Upload}s; parts without a name, and file inputs in which nothing was chosen,
 * are left out.
 */
export function multipartParser(options: UploadOptions): BodyParser {
  return {
    types: ["multipart/form-data", "multipart/mixed"],
    parse: (conn, limits) => readForm(conn, limits, options),
  };
}

async function readForm(conn: Conn, limits: BodyLimits, options: UploadOptions): Promise<Params | undefined> {
  const boundary = boundaryOf(conn.request.headers["content-type"] ?? "");
  const maxBytes = options.maxBytes ?? limits.maxBytes;
  const partLimits: MultipartLimits = {
    maxParts: limits.maxFields,
    maxTextBytes: limits.maxBytes,
    maxFiles: options.maxFiles ?? defaultMaxFiles,
  };
  const files = { base: options.directory ?? tmpdir(), maxBytes: options.maxFileBytes ?? maxBytes };

  const form = new MultipartForm(boundary, partLimits, (source, file) =>
    requestFiles(conn).store(source, { ...file, ...files }),
  );
  const fields = await readChunks(
    conn,
    { maxBytes, bodyTimeout: limits.bodyTimeout },
    {
      begin: (control) => form.begin(control),
      take: (chunk) => form.write(chunk),
      finish: (size) => (size === 0 ? [] : form.end()),
    },
  );
  if (fields === undefined) return undefined;

  const params = emptyParams();
  for (const { name, value } of fields) insertParam(params, name, value, limits.maxDepth);
  return params;
}
