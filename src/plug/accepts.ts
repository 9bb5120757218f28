import { lookup } from "mrmime";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";

/**
 * Chooses the format to answer in, by the request's `accept` header, and puts its name into `conn.format`.
 *
 * Of the formats the client likes equally well, the one it names first wins; of those it does not name, the
 * first given here, which is also the answer to a request without the header.
 *
 * @param formats file extensions: `html`, `json`, `xml`, `csv`, …
 * @throws at start for a format without a known media type; per request HttpError 406 if the client accepts none of them.
 */
export function accepts(...formats: [string, ...string[]]): Plug {
  const offers = formats.map((format): Offer => ({ format, type: mediaType(format) }));
  const [first] = formats;
  const html = formats.includes("html");
  return (conn) => {
    const { accept } = conn.request.headers;
    if (accept === undefined || accept === "" || accept === "*/*") conn.format = first;
    // What browsers send for a page: nothing can beat a first choice of full quality.
    else if (html && accept.startsWith("text/html,")) conn.format = "html";
    else conn.format = choose(offers, accept);
  };
}

interface Offer {
  readonly format: string;
  readonly type: string;
}

/** One element of an accept header: `text/*;q=0.5`. */
interface Range {
  readonly type: string;
  readonly quality: number;
}

function choose(offers: readonly Offer[], accept: string): string {
  const ranges = accept.split(",").map(parseRange);
  let best: string | undefined;
  let bestQuality = 0;
  let bestPosition = Number.POSITIVE_INFINITY;
  for (const { format, type } of offers) {
    const position = mostSpecific(ranges, type);
    const quality = ranges[position]?.quality ?? 0;
    if (quality > bestQuality || (quality === bestQuality && quality > 0 && position < bestPosition)) {
      best = format;
      bestQuality = quality;
      bestPosition = position;
    }
  }
  if (best !== undefined) return best;
  throw new HttpError(
    406,
    `the client accepts "${accept}", and this route answers with ${offers.map(({ type }) => type).join(" or ")} only: ` +
      "add a format to accepts() in its pipeline, or send another accept header",
  );
}

/** Where the range stands that says most about a type (RFC 9110, section 12.5.1); -1 if none matches. */
function mostSpecific(ranges: readonly Range[], type: string): number {
  const exact = ranges.findIndex((range) => range.type === type);
  if (exact !== -1) return exact;
  const family = `${type.slice(0, type.indexOf("/"))}/*`;
  const sameFamily = ranges.findIndex((range) => range.type === family);
  return sameFamily !== -1 ? sameFamily : ranges.findIndex((range) => range.type === "*/*");
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";");
  const weight = parameters
    .map((parameter) => parameter.trim().toLowerCase())
    .find((parameter) => /^q\s*=/.test(parameter));
  const quality = weight === undefined ? 1 : Number(weight.slice(weight.indexOf("=") + 1));
  return { type: type.trim().toLowerCase(), quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function mediaType(format: string): string {
  const type = lookup(format);
  if (type === undefined) {
    throw new Error(
      `accepts("${format}"): no media type is known for it; formats are file extensions such as "html" or "json"`,
    );
  }
  return type;
}
