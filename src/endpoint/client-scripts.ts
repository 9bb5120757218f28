import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { bootScript } from "./boot-script.ts";
import { pathOf, sendPlain } from "./plain-response.ts";

/** The scripts that a page with LiveView needs, in this order. */
export type ClientScriptName = "phoenix" | "phoenix_live_view" | "boot";

type Encoding = "br" | "gzip" | "identity";

interface ClientScript {
  readonly path: string;
  readonly etag: string;
  readonly content: Buffer;
  /** Compressed on the first request that wants it. */
  readonly compressed: Map<Encoding, Promise<Buffer>>;
}

/** Where the scripts are served; nothing else is served below it. */
export const clientScriptPrefix = "/anqa/";

const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** A constant of the installed packages, read when it is first needed. */
let loaded:
  | { readonly byName: Record<ClientScriptName, ClientScript>; readonly byPath: Map<string, ClientScript> }
  | undefined;

/**
 * The path of a script for a `<script defer src>`: `/anqa/phoenix-1f0c….js`. It changes with the content,
 * so browsers keep the file for good.
 *
 * @example
 * html`<script defer src="${clientScriptPath("phoenix")}"></script>`
 */
export function clientScriptPath(name: ClientScriptName): string {
  return clientScripts().byName[name].path;
}

/**
 * Answers a request for a path below {@link clientScriptPrefix}; one that is no script gets a 404.
 *
 * @returns nothing if it is answered already.
 */
export function serveClientScript(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
  const script = clientScripts().byPath.get(pathOf(request.url as string));
  if (script === undefined) return sendPlain(response, 404, "There is no such client script.");
  if (request.method !== "GET" && request.method !== "HEAD") {
    return sendPlain(response, 405, "Client scripts can only be read.", { allow: "GET, HEAD" });
  }
  const encoding = preferredEncoding(request.headers["accept-encoding"]);
  const etag = encoding === "identity" ? `"${script.etag}"` : `"${script.etag}-${encoding}"`;
  response.setHeader("cache-control", "public, max-age=31536000, immutable");
  response.setHeader("etag", etag);
  response.setHeader("vary", "accept-encoding");
  response.setHeader("x-content-type-options", "nosniff");
  if (request.headers["if-none-match"]?.includes(etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("content-type", "text/javascript; charset=utf-8");
  if (encoding === "identity") {
    sendContent(script.content, request, response);
    return;
  }
  response.setHeader("content-encoding", encoding);
  return compressed(script, encoding).then((content) => sendContent(content, request, response));
}

function sendContent(content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("content-length", content.length);
  response.writeHead(200).end(request.method === "HEAD" ? undefined : content);
}

function compressed(script: ClientScript, encoding: "br" | "gzip"): Promise<Buffer> {
  let content = script.compressed.get(encoding);
  if (content === undefined) {
    content = compressors[encoding](script.content);
    script.compressed.set(encoding, content);
  }
  return content;
}

/** The best encoding that an `Accept-Encoding` header names and does not exclude (RFC 9110, 12.5.3). */
function preferredEncoding(header: string | string[] | undefined): Encoding {
  const accepted = String(header ?? "")
    .toLowerCase()
    .split(",")
    .filter((entry) => !/;\s*q=0(\.0*)?\s*$/.test(entry))
    .map((entry) => entry.split(";", 1)[0]?.trim());
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : "identity";
}

function clientScripts(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded;
  const byName = {
    phoenix: clientScript("phoenix", packagedScript("phoenix")),
    phoenix_live_view: clientScript("phoenix_live_view", packagedScript("phoenix_live_view")),
    boot: clientScript("boot", Buffer.from(bootScript)),
  };
  loaded = { byName, byPath: new Map(Object.values(byName).map((script) => [script.path, script])) };
  return loaded;
}

function clientScript(name: ClientScriptName, content: Buffer): ClientScript {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return { path: `${clientScriptPrefix}${name}-${hash}.js`, etag: hash, content, compressed: new Map() };
}

/** The script for browsers of an npm package; it lies beside the package's main file. */
function packagedScript(name: "phoenix" | "phoenix_live_view"): Buffer {
  return readFileSync(new URL(`${name}.min.js`, import.meta.resolve(name)));
}
