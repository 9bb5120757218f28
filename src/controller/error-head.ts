import { createHash } from "node:crypto";
import { type Conn, headerSet, putSecureBrowserHeaders } from "../plug/index.ts";
import type { ErrorFormat } from "./error-format.ts";
import { headersOf } from "./error-status.ts";
import { errorStyle } from "./error-style.ts";

/** Takes back what was said of the body that is not sent now, and says what the error has to say. */
export function beginHead(conn: Conn, error: unknown): void {
  for (const name of headersOfTheBody) conn.deleteHeader(name);
  // Requests may fail in front of the plugs that protect pages.
  if (conn.getHeader("x-content-type-options") === undefined) secure(conn);
  conn.putHeaders(uncached);
  for (const [name, value] of headersOf(error)) {
    try {
      conn.setHeader(name, value);
    } catch {
      // A header that cannot be sent is no reason not to tell of the error.
    }
  }
  // What it is comes last, and from here alone.
  conn.deleteHeader("content-type").deleteHeader("content-length");
}

/** Says what the page is. */
export function finishHead(conn: Conn, format: ErrorFormat, own: boolean): void {
  if (conn.getHeader("content-type") === undefined) conn.putHeaders(contentTypes[format]);
  if (own && format === "html") conn.deleteHeader("content-security-policy-report-only").putHeaders(ownPolicy);
}

const secure = putSecureBrowserHeaders();
const uncached = headerSet({ "cache-control": "no-store" });
const contentTypes = {
  html: headerSet({ "content-type": "text/html; charset=utf-8" }),
  json: headerSet({ "content-type": "application/json; charset=utf-8" }),
  text: headerSet({ "content-type": "text/plain; charset=utf-8" }),
};

/** Allows the page its own style and nothing else (CSP Level 3, section 8.4: hashes). */
const ownPolicy = headerSet({
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(errorStyle).digest("base64")}'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
});

const headersOfTheBody = [
  "accept-ranges",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
  "etag",
  "expires",
  "last-modified",
  "location",
  "transfer-encoding",
];
