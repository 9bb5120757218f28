import { statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import type { StaticFiles } from "./options.ts";
import { pathOf } from "./plain-response.ts";

/** Answers a request for a file; false if there is no such file, then the router is asked. */
export type StaticServer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A segment that begins with a dot, except `.well-known` (RFC 8615). */
const dotSegment = /(?:^|\/)\.(?!well-known(?:\/|$))/;
const usableRange = /^bytes=(\d+)-(\d*)$/;

/**
 * Makes the server of the `staticFiles` option. The files are served by `sirv`, with etags, ranges and, in
 * production, the compressed neighbours `.br` and `.gz`.
 *
 * Production lists the directory once, at start; development looks at the disk for each request.
 *
 * @throws if a directory does not exist or a path is no path.
 */
export function staticServer(mounts: readonly StaticFiles[], production: boolean): StaticServer | undefined {
  if (mounts.length === 0) return undefined;
  const servers = mounts.map((mount) => directoryServer(mount, production));
  return (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    for (const serve of servers) if (serve(request, response)) return true;
    return false;
  };
}

function directoryServer({ at, from }: StaticFiles, production: boolean): StaticServer {
  const prefix = at.endsWith("/") ? at : `${at}/`;
  if (!prefix.startsWith("/")) throw new Error(`staticFiles: the path "${at}" must begin with "/"`);
  const directory = typeof from === "string" ? resolve(from) : fileURLToPath(from);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`staticFiles: there is no directory ${directory} to serve at ${at}`);
  }
  const serve = sirv(directory, {
    dev: !production,
    etag: true,
    extensions: [],
    ...(production ? { maxAge: 0, brotli: true, gzip: true } : {}),
    setHeaders: (response) => response.setHeader("x-content-type-options", "nosniff"),
  });
  return (request, response) => {
    const url = request.url as string;
    if (!url.startsWith(prefix)) return false;
    const path = pathOf(url).slice(prefix.length);
    if (!isServable(path)) return false;
    let found = true;
    dropUnusableRange(request);
    response.once("pipe", closeTogether);
    request.url = `/${path}`;
    try {
      serve(request, response, () => {
        found = false;
      });
    } finally {
      request.url = url;
    }
    if (!found) response.off("pipe", closeTogether);
    return found;
  };
}

/** Refuses dotfiles, and what cannot be decoded, whatever way it is encoded; sirv keeps inside the directory. */
function isServable(path: string): boolean {
  if (path === "" || path.endsWith("/")) return false;
  try {
    const decoded = decodeURIComponent(path);
    return !dotSegment.test(decoded.replaceAll("\\", "/")) && !decoded.includes("\0");
  } catch {
    return false;
  }
}

/** A range that is malformed or of a kind that sirv misreads is ignored, as RFC 9110, 14.2 allows. */
function dropUnusableRange(request: IncomingMessage): void {
  const range = request.headers.range;
  if (range === undefined) return;
  const [, first, last] = usableRange.exec(range) ?? [];
  if (first === undefined || last === undefined || (last !== "" && Number(last) < Number(first))) {
    delete request.headers.range;
  }
}

/**
 * sirv pipes a file without watching it. A file that cannot be read (deleted since the start) must end
 * its response and nothing else; a client that leaves must not leave the file open.
 */
function closeTogether(this: ServerResponse, file: Readable): void {
  file.once("error", () => this.destroy());
  this.once("close", () => file.destroy());
}
