import { stat } from "node:fs/promises";
import { checkHeaderValue, headerSet } from "./conn/headers.ts";
import type { Conn } from "./conn.ts";
import { codingSuffixes, listedFolder, liveFolder, type StaticCoding, type StaticFile } from "./file/static-folder.ts";
import type { Plug } from "./plug.ts";
import { parseQualities } from "./quality-values.ts";
import { contentTypeOf, sendFile } from "./send-file.ts";

/** A folder whose files are served below a path. */
export interface StaticFiles {
  /** `/assets` serves `<from>/app.css` as `/assets/app.css`; `/` is possible. */
  readonly at: string;
  /** The folder: a `file:` URL, or a path from the current directory. */
  readonly from: URL | string;
  /** The files and folders directly in `from` that are served: `["assets", "favicon.ico"]`. Default: all. */
  readonly only?: readonly string[];
  /** Whether `app.css.gz` is sent in place of `app.css` to clients that take it. Default: in production. */
  readonly gzip?: boolean;
  /** As `gzip`, for `app.css.br`, which is preferred. */
  readonly brotli?: boolean;
  /**
   * The header of files that may change under their name. Default `public, max-age=0, must-revalidate`: browsers keep
   * them, and ask each time whether they are still the same.
   */
  readonly cacheControl?: string;
  /**
   * The names that change with their content, so that browsers keep the files for a year and do not ask. Default: names
   * with 16 hexadecimal digits or more behind a dash or a dot, as `app-1f0c9a7b3d5e8642.css`. In development none.
   */
  readonly immutable?: RegExp | false;
  /** Headers of every file beside those: `{ "access-control-allow-origin": "*" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Serves what links in the folder lead to, wherever that is. Default false: only what lies in the folder itself. */
  readonly followLinks?: boolean;
}

/** Answers with a file if the path of a request is one's; undefined if it is not, and then nothing was done. */
export type StaticServer = (conn: Conn) => Promise<void> | undefined;

const revalidated = "public, max-age=0, must-revalidate";
const forGood = "public, max-age=31536000, immutable";
const digested = /[-.][0-9a-f]{16,64}(?:\.[\w]+)+$/;

/**
 * Answers with a file if the path of a request is one's, and halts; else the request goes on.
 *
 * Clients that have the file are told so, ask for parts of it, and get it compressed, if it lies beside itself so. What
 * begins with a dot is hidden, except for `.well-known`; folders have no index. Production lists the folder once, when
 * it is first asked for something; development looks at the disk each time.
 *
 * The endpoint's option `staticFiles` does the same for the whole application, before the router is asked.
 *
 * @throws at start, if there is no such folder, or a path or header cannot be one.
 * @example
 * .pipeline("docs", [requireMember, serveStatic({ at: "/docs", from: new URL("./docs", import.meta.url) })])
 */
export function serveStatic(options: StaticFiles): Plug {
  const live = staticServer(options, false);
  let listed: StaticServer | undefined;
  return (conn) => {
    if (conn.config.environment === "production") listed ??= staticServer(options, true);
    const sending = (listed ?? live)(conn);
    if (sending === undefined) return;
    conn.halt();
    return sending;
  };
}

/**
 * What {@link serveStatic} does, for those who need to know whether it did.
 *
 * @param production lists the folder now, uses compressed neighbours and lets browsers keep files.
 * @throws as {@link serveStatic}.
 */
export function staticServer(options: StaticFiles, production: boolean): StaticServer {
  const { at, from, only, gzip = production, brotli = production, followLinks = false } = options;
  const prefix = at.endsWith("/") ? at : `${at}/`;
  if (!prefix.startsWith("/")) throw new Error(`static files: the path "${at}" must begin with "/"`);
  const codings: StaticCoding[] = [...(brotli ? (["br"] as const) : []), ...(gzip ? (["gzip"] as const) : [])];
  const folder = (production ? listedFolder : liveFolder)({ from, only, codings, followLinks });
  const headers = headerSet({ "x-content-type-options": "nosniff", ...options.headers });
  const cacheControlOf = cachePolicy(options, production);
  return (conn) => {
    if (!conn.path.startsWith(prefix) || (conn.method !== "GET" && conn.method !== "HEAD")) return undefined;
    const path = decoded(conn.path.slice(prefix.length));
    const file = path === undefined ? undefined : folder.find(path);
    if (file === undefined) return undefined;
    conn.putHeaders(headers).setHeader("cache-control", cacheControlOf(file.path, conn.queryString));
    return send(conn, file);
  };
}

function send(conn: Conn, { path, codings }: StaticFile): Promise<void> {
  conn.setHeader("content-type", contentTypeOf(path));
  if (codings.length === 0) return sendFile(conn, path);
  conn.vary("accept-encoding");
  const coding = bestCoding(codings, conn.requestHeader("accept-encoding") ?? "");
  if (coding === undefined) return sendFile(conn, path);
  conn.setHeader("content-encoding", coding);
  return sendCoded(conn, path + codingSuffixes[coding], coding);
}

/** Sends a compressed neighbour. Its etag must be no other's, even where it has the size and the age of the file itself. */
async function sendCoded(conn: Conn, path: string, coding: StaticCoding): Promise<void> {
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
  conn.setHeader("etag", `"${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}-${coding}"`);
  return sendFile(conn, path);
}

/** The coding that a client likes best; of those that it likes equally well, the first. */
function bestCoding(codings: readonly StaticCoding[], accepted: string): StaticCoding | undefined {
  const qualities = parseQualities(accepted);
  const others = qualities.find(({ value }) => value === "*")?.quality ?? 0;
  let best: StaticCoding | undefined;
  let bestQuality = 0;
  for (const coding of codings) {
    const quality = qualities.find(({ value }) => value === coding)?.quality ?? others;
    if (quality > bestQuality) {
      best = coding;
      bestQuality = quality;
    }
  }
  return best;
}

/** A path as it names files; undefined if it is malformed, or if a slash was hidden in it. */
function decoded(path: string): string | undefined {
  if (!path.includes("%")) return path;
  if (/%(?:2f|5c)/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function cachePolicy(options: StaticFiles, production: boolean): (path: string, query: string) => string {
  const { cacheControl = production ? revalidated : "no-cache", immutable = production && digested } = options;
  checkHeaderValue("cache-control", cacheControl);
  // The names of Phoenix's digests do not count, but the query that is put behind them does.
  return (path, query) => (immutable !== false && (immutable.test(path) || query === "vsn=d") ? forGood : cacheControl);
}
