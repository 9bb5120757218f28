import type { IncomingMessage } from "node:http";
import { Http2ServerRequest } from "node:http2";
import type { DecidedLimits } from "./limits.ts";

/** Why a request is not answered by the application, in a sentence for its sender. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * Checks a request that Node's parser took for one, and brings its target into the form that everybody expects: a
 * path with its query. Undefined says that it may go on.
 */
export type RequestCheck = (request: IncomingMessage) => Refusal | undefined;

/** A path and a query as browsers and programs send them; no fragment, no control character, nothing beyond ASCII. */
const originForm = /^\/[\x21\x22\x24-\x7e]*$/;
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)$/i;
/** A host and its port. Tighter than RFC 3986: no name that is in use has percent escapes or punctuation. */
const authority = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i;

const malformedTarget: Refusal = { status: 400, reason: "The target of the request is malformed." };
const malformedHost: Refusal = { status: 400, reason: "The host of the request is malformed." };
const noHost: Refusal = { status: 400, reason: "A request names one host, in one line." };
const wrongVersion: Refusal = { status: 505, reason: "This version of HTTP is not spoken here." };
const wrongCoding: Refusal = { status: 400, reason: "The only transfer coding that is understood here is chunked." };
const endlessBody: Refusal = { status: 413, reason: "The body of the request is too large." };

/** Compiles the check of a server with these limits. */
export function requestCheck({ maxUrlBytes, maxHeaders, maxHeaderBytes }: DecidedLimits): RequestCheck {
  const longUrl: Refusal = { status: 414, reason: `The target of a request may have ${maxUrlBytes} bytes.` };
  const manyHeaders: Refusal = { status: 431, reason: `A request may have ${maxHeaders} header lines.` };
  const largeHead: Refusal = { status: 431, reason: `The head of a request may have ${maxHeaderBytes} bytes.` };
  return (request) => {
    const target = request.url as string;
    if (target.length > maxUrlBytes) return longUrl;
    if (request.rawHeaders.length > 2 * maxHeaders) return manyHeaders;
    const version = request.httpVersion;
    const refusal =
      version === "1.1" || version === "1.0"
        ? checkFirst(request, version)
        : request instanceof Http2ServerRequest
          ? (checkSecond(request) ?? (sizeOf(request.rawHeaders) > maxHeaderBytes ? largeHead : undefined))
          : wrongVersion;
    if (refusal !== undefined) return refusal;
    if (!originForm.test(target) && !normalizeTarget(request, target)) return malformedTarget;
    const { host } = request.headers;
    return host === undefined || authority.test(host) ? undefined : malformedHost;
  };
}

/** What RFC 9112 asks of the framing (section 6) and of the host (section 3.2). */
function checkFirst({ headers, rawHeaders }: IncomingMessage, version: string): Refusal | undefined {
  const hosts = countHosts(rawHeaders);
  if (hosts !== 1 && (version === "1.1" || hosts > 1)) return noHost;
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (version === "1.0" || coding.toLowerCase() !== "chunked")) return wrongCoding;
  const length = headers["content-length"];
  return length !== undefined && length.length > 15 && !Number.isSafeInteger(Number(length)) ? endlessBody : undefined;
}

/** What RFC 9113 asks of the host (section 8.3.1); frames have no framing that could be forged. */
function checkSecond({ headers }: IncomingMessage): Refusal | undefined {
  const { host, ":authority": named } = headers as { host?: string; ":authority"?: string };
  if (host === undefined) return noHost;
  return named !== undefined && named.toLowerCase() !== host.toLowerCase() ? malformedHost : undefined;
}

/** The library of HTTP/2 knows the limit only once the client has confirmed it. */
function sizeOf(rawHeaders: readonly string[]): number {
  let size = 0;
  for (const text of rawHeaders) size += text.length;
  return size;
}

/** Node keeps the first of several, whatever the case of their names. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === "host") count++;
  }
  return count;
}

/**
 * Takes the other forms of a target: a whole URL, as to a proxy, whose host counts more than the header (RFC 9112,
 * section 3.2.2), and the `*` of `OPTIONS` (section 3.2.4).
 *
 * @returns false if it has none of them.
 */
function normalizeTarget(request: IncomingMessage, target: string): boolean {
  if (target === "*") return request.method === "OPTIONS";
  const [, host, rest] = absoluteForm.exec(target) ?? [];
  if (host === undefined || rest === undefined) return false;
  const path = rest.startsWith("/") ? rest : `/${rest}`;
  if (!originForm.test(path)) return false;
  request.url = path;
  request.headers.host = host;
  return true;
}
