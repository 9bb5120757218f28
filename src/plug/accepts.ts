import { lookup } from "mrmime";
import type { Conn } from "./conn.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";
import { parseQualities, type Quality } from "./quality-values.ts";

/** A format by the name of its file extension, or by a name of one's own and the media types that it stands for. */
export type Format = string | { readonly format: string; readonly types: readonly [string, ...string[]] };

/**
 * Chooses the format to answer in and puts its name into `conn.format`.
 *
 * A param `_format`, of the path, the query or the body, says it outright. Else the `accept` header does (RFC 9110,
 * section 12.5.1): of the formats that the client likes equally well, the one it names first wins; of those it does not
 * name, the first given here, which is also the answer to a request without the header.
 *
 * With several formats the answer depends on the header, and says so to caches, in `vary`.
 *
 * @param formats file extensions: `html`, `json`, `xml`, `csv`, …; others as `{ format, types }`.
 * @throws at start for a format without a known media type; per request HttpError 406 if the client accepts none of them.
 * @example
 * accepts("html", { format: "api", types: ["application/vnd.api+json"] })
 */
export function accepts(...formats: [Format, ...Format[]]): Plug {
  const offers = formats.map(offerOf);
  const first = (offers[0] as Offer).format;
  const html = offers.some(({ format }) => format === "html");
  const several = offers.length > 1;
  const chosen = new Map<string, string>();
  return (conn) => {
    const wanted = formatParam(conn);
    if (wanted !== undefined) {
      conn.format = named(offers, wanted);
      return;
    }
    if (several) conn.vary("accept");
    const { accept } = conn.request.headers;
    if (accept === undefined || accept === "" || accept === "*/*") conn.format = first;
    // What browsers send for a page: nothing can beat a first choice of full quality.
    else if (html && accept.startsWith("text/html,")) conn.format = "html";
    else conn.format = chosen.get(accept) ?? remember(chosen, accept, choose(offers, accept));
  };
}

/** Programs send a few dozen different headers; whoever makes up others must not fill the memory. */
const mostRemembered = 100;
const longestRemembered = 200;

function remember(chosen: Map<string, string>, accept: string, format: string): string {
  if (chosen.size < mostRemembered && accept.length <= longestRemembered) chosen.set(accept, format);
  return format;
}

interface Offer {
  readonly format: string;
  /** Lower-case. */
  readonly types: readonly string[];
}

/** Formats that go by more than one media type; mrmime knows one of each. */
const otherTypes: Readonly<Record<string, readonly string[]>> = {
  js: ["application/javascript"],
  xml: ["application/xml"],
};

function offerOf(given: Format): Offer {
  if (typeof given !== "string") {
    const malformed = given.types.find((type) => !mediaType.test(type));
    if (malformed === undefined && given.types.length > 0) {
      return { format: given.format, types: given.types.map((type) => type.toLowerCase()) };
    }
    throw new Error(`accepts(): "${malformed ?? ""}" is no media type for the format "${given.format}"`);
  }
  const type = lookup(given);
  if (type === undefined) {
    throw new Error(
      `accepts("${given}"): no media type is known for it; formats are file extensions such as "html" or "json", ` +
        `others are given as { format: "${given}", types: ["application/…"] }`,
    );
  }
  return { format: given, types: [type, ...(otherTypes[given] ?? [])] };
}

const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** The param is looked for only where it can be: most requests have no query, and need not have it decoded. */
function formatParam(conn: Conn): unknown {
  return (
    conn.pathParams._format ??
    conn.bodyParams?._format ??
    (conn.queryString.includes("_format") ? conn.queryParams._format : undefined)
  );
}

function named(offers: readonly Offer[], wanted: unknown): string {
  const found = offers.find(({ format }) => format === wanted);
  if (found !== undefined) return found.format;
  const name = typeof wanted === "string" ? JSON.stringify(wanted.slice(0, 80)) : "no text";
  throw refusal(offers, `the param _format is ${name}`);
}

function choose(offers: readonly Offer[], accept: string): string {
  const ranges = parseQualities(accept);
  let best: string | undefined;
  let bestQuality = 0;
  let bestPosition = Number.POSITIVE_INFINITY;
  for (const { format, types } of offers) {
    for (const type of types) {
      const position = mostSpecific(ranges, type);
      const quality = ranges[position]?.quality ?? 0;
      if (quality > bestQuality || (quality === bestQuality && quality > 0 && position < bestPosition)) {
        best = format;
        bestQuality = quality;
        bestPosition = position;
      }
    }
  }
  if (best !== undefined) return best;
  throw refusal(offers, `the client accepts "${accept}"`);
}

/** Where the range stands that says most about a type (RFC 9110, section 12.5.1); -1 if none matches. */
function mostSpecific(ranges: readonly Quality[], type: string): number {
  const exact = ranges.findIndex((range) => range.value === type);
  if (exact !== -1) return exact;
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  const sameFamily = ranges.findIndex((range) => range.value === family);
  return sameFamily !== -1 ? sameFamily : ranges.findIndex((range) => range.value === "*/*");
}

function refusal(offers: readonly Offer[], what: string): HttpError {
  return new HttpError(
    406,
    `${what}, and this route answers with ${offers.map(({ types }) => types[0]).join(" or ")} only: ` +
      "add a format to accepts() in its pipeline, or send another accept header",
  );
}
