import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Conn } from "./conn.ts";
import { contentDisposition } from "./file/content-disposition.ts";
import { contentTypeOf, type SendFileOptions, sendFile } from "./send-file.ts";

/** What is downloaded: a file, or data and the name that it is to have. */
export type Download =
  | { readonly file: string | URL; readonly data?: never }
  | { readonly data: string | Uint8Array; readonly filename: string; readonly file?: never };

/** How it is downloaded. */
export interface SendDownloadOptions extends SendFileOptions {
  /** The name to save it under; of a file its own if absent. It may come from a visitor. */
  readonly filename?: string;
  /** Chosen by the extension of the name if absent. */
  readonly contentType?: string;
  /** `inline` lets the browser show what it can show; `attachment`, the default, always saves. */
  readonly disposition?: "attachment" | "inline";
}

/**
 * Answers with something to save. Browsers are told not to guess its type: what one visitor uploaded must not become a
 * page of this site for another.
 *
 * A file is sent as by {@link sendFile}, ranges included; data as a whole, or from `offset` on and `length` bytes.
 *
 * @returns once it is sent. Return it from the action, or await it.
 * @throws (rejects) as {@link sendFile}.
 * @example
 * sendDownload(conn, { file: upload.path }, { filename: upload.filename });
 * sendDownload(conn, { data: rows.join("\r\n"), filename: "orders.csv" });
 */
export async function sendDownload(conn: Conn, download: Download, options: SendDownloadOptions = {}): Promise<void> {
  const filename = options.filename ?? nameOf(download);
  const { contentType, disposition = "attachment" } = options;
  conn.mergeHeaders({
    "content-disposition": contentDisposition(disposition, filename),
    "x-content-type-options": "nosniff",
  });
  conn.updateHeader("content-type", (present) => contentType ?? present ?? contentTypeOf(filename));
  if (download.file !== undefined) return sendFile(conn, download.file, options);
  const { offset = 0, length = Infinity, status = conn.status ?? 200 } = options;
  const bytes = typeof download.data === "string" ? Buffer.from(download.data) : download.data;
  conn.send(status, bytes.subarray(offset, offset + length));
}

function nameOf(download: Download): string {
  if (download.file === undefined) return download.filename;
  return basename(typeof download.file === "string" ? download.file : fileURLToPath(download.file));
}
