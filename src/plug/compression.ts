import { mediaType, mediaTypeMatcher } from "./body/content-type.ts";
import { type CodingName, codingNames, contentCodings } from "./compression/content-codings.ts";
import type { ContentCoding } from "./conn/content-coding.ts";
import { isBodyless } from "./conn/send-whole.ts";
import type { Conn } from "./conn.ts";
import type { Plug } from "./plug.ts";
import { parseQualities } from "./quality-values.ts";

/** What is compressed, and how. */
export interface CompressionOptions {
  /** The codings to use. Of those that a client likes equally well the first is taken. Default `zstd`, `br`, `gzip`, `deflate`. */
  readonly codings?: readonly [CodingName, ...CodingName[]];
  /** Bytes below which a body whose length is known stays as it is. Default 1,024. */
  readonly threshold?: number;
  /**
   * Content types to compress beside texts, JSON, JavaScript, XML, SVG and WebAssembly: `application/x-thing`,
   * `application/*+thing`. Server-sent events are compressed only if `text/event-stream` is named: each open stream
   * then keeps a compressor, of some hundred kilobytes.
   */
  readonly types?: readonly string[];
}

/**
 * Compresses answers, by what the client's `accept-encoding` allows (RFC 9110, section 12.5.3): those that were sent as
 * a whole, and streams piece by piece, each as soon as nothing follows at once.
 *
 * Left alone is what is small, of a type that does not get smaller, coded already, a part of something
 * (`content-range`), or marked `cache-control: no-transform`. An `etag` becomes a weak one, since the bytes are others.
 *
 * Stands anywhere before what answers; error pages are compressed as well. The endpoint's `staticFiles` do not pass
 * by here: they are served from files that were compressed beforehand.
 *
 * **Do not compress secrets together with what a visitor sent**: from the lengths of many answers, each to another
 * guess, an eavesdropper who makes a browser ask can learn the secret (BREACH). CSRF tokens of this framework are masked
 * anew for every page, and give nothing away. Leave other secrets out of pages that show what their request contained,
 * or mark these `no-transform`.
 *
 * @throws at start, for an unknown coding or a malformed type or threshold.
 */
export function compression(options: CompressionOptions = {}): Plug {
  const { codings = codingNames, threshold = defaultThreshold, types = [] } = options;
  const unknown = codings.find((name) => !codingNames.includes(name));
  if (unknown !== undefined)
    throw new Error(`compression(): the coding "${unknown}" is none of ${codingNames.join(", ")}`);
  if (!(threshold >= 0)) throw new RangeError(`compression(): the threshold is ${threshold}; give bytes`);
  const compressible = typeMatcher(types);
  const negotiate = negotiator(codings);

  function choose(conn: Conn, length: number | undefined): ContentCoding | undefined {
    const accepted = conn.requestHeader("accept-encoding");
    // The version that a client has may be the compressed one.
    if (conn.status === 304) return void markVariant(conn);
    if (!mayChange(conn) || !compressible(conn.getHeader("content-type"))) return undefined;
    conn.vary("accept-encoding");
    if (accepted === undefined || (length !== undefined && length < threshold)) return undefined;
    const name = negotiate(accepted);
    if (name === undefined) return undefined;
    weakenEtag(conn);
    conn.setHeader("content-encoding", name).deleteHeader("content-length").deleteHeader("accept-ranges");
    return contentCodings[name];
  }

  return (conn) => conn.codeBody(choose);
}

const defaultThreshold = 1024;

const compressibleTypes = [
  "text/*",
  "application/json",
  "application/*+json",
  "application/javascript",
  "application/xml",
  "application/*+xml",
  "application/wasm",
  "application/x-ndjson",
  "image/*+xml",
];

function typeMatcher(more: readonly string[]): (contentType: string | undefined) => boolean {
  const matches = mediaTypeMatcher([...compressibleTypes, ...more], "compression({ types })");
  const events = more.includes(eventStream);
  return (contentType) => {
    if (contentType === undefined) return false;
    const type = mediaType(contentType);
    return matches(type) && (type !== eventStream || events);
  };
}

const eventStream = "text/event-stream";

function mayChange(conn: Conn): boolean {
  return (
    !isBodyless(conn.status as number) &&
    conn.status !== 206 &&
    conn.getHeader("content-encoding") === undefined &&
    conn.getHeader("content-range") === undefined &&
    !noTransform.test(conn.getHeader("cache-control") ?? "")
  );
}

const noTransform = /(?:^|,)\s*no-transform\s*(?:,|$)/i;

function markVariant(conn: Conn): void {
  conn.vary("accept-encoding");
  weakenEtag(conn);
}

function weakenEtag(conn: Conn): void {
  const etag = conn.getHeader("etag");
  if (etag?.startsWith('"')) conn.setHeader("etag", `W/${etag}`);
}

/** Clients send few different headers: each is looked at once. */
const mostRemembered = 100;

function negotiator(codings: readonly CodingName[]): (header: string) => CodingName | undefined {
  const known = new Map<string, CodingName | undefined>();
  return (header) => {
    if (known.has(header)) return known.get(header);
    const chosen = bestCoding(codings, header);
    if (known.size < mostRemembered) known.set(header, chosen);
    return chosen;
  };
}

/** The coding that a header likes best; undefined for none, also where it likes the body better as it is. */
function bestCoding(codings: readonly CodingName[], header: string): CodingName | undefined {
  const accepted = parseQualities(header);
  const qualityOf = (name: string) => accepted.find(({ value }) => value === name)?.quality;
  const others = qualityOf("*") ?? 0;
  let best: CodingName | undefined;
  let bestQuality = qualityOf("identity") ?? 0;
  for (const name of codings) {
    const quality = qualityOf(name) ?? others;
    if (quality > bestQuality || (best === undefined && quality > 0 && quality === bestQuality)) {
      best = name;
      bestQuality = quality;
    }
  }
  return best;
}
