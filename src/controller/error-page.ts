import type { ServerResponse } from "node:http";
import { type Conn, reasonPhrase } from "../plug/index.ts";
import { developmentHtml, errorPolicy, plainHtml } from "./error-html.ts";
import { developmentJson, plainJson } from "./error-json.ts";
import { describeError } from "./error-report.ts";
import { headersOf, statusOf } from "./error-status.ts";

/**
 * Answers a request that failed. Never throws, and needs nothing that a pipeline provides.
 *
 * The status is that of {@link statusOf}; headers that the error carries in `headers` are set. The format is
 * `conn.format`, or else what the `accept` header asks for: HTML or JSON. In development the page shows the error with
 * its source, stack and causes, and the request. **In every other environment** it says the status and its reason
 * phrase, and nothing of the error.
 *
 * Of a response that has begun nothing can be taken back: its connection is destroyed, so that the client does not
 * take it for complete.
 *
 * @param error anything that was thrown.
 */
export function errorPage(conn: Conn, error: unknown): void {
  const { response } = conn;
  if (response.headersSent) {
    abandon(response);
    return;
  }
  try {
    sendErrorPage(conn, error);
  } catch {
    // What failed once more, a beforeSend callback for instance, must not keep the client waiting.
    if (response.headersSent) abandon(response);
    else sendBareStatus(response, statusOf(error));
  }
}

/** Headers that told of the body which is not sent now. */
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

function sendErrorPage(conn: Conn, error: unknown): void {
  const status = statusOf(error);
  for (const name of headersOfTheBody) conn.deleteHeader(name);
  conn.setHeader("cache-control", "no-store");
  for (const [name, value] of headersOf(error)) conn.setHeader(name, value);

  const report = conn.config.environment === "development" ? describeError(conn, error, status) : undefined;
  if (wantsJson(conn)) {
    conn.setHeader("content-type", "application/json; charset=utf-8");
    conn.send(status, report ? developmentJson(report) : plainJson(status));
  } else {
    conn.setHeader("content-type", "text/html; charset=utf-8");
    conn.setHeader("content-security-policy", errorPolicy);
    conn.send(status, report ? developmentHtml(report) : plainHtml(status));
  }
}

function wantsJson(conn: Conn): boolean {
  if (conn.format !== undefined) return conn.format === "json";
  const accept = conn.request.headers.accept ?? "";
  return /[/+]json\b/i.test(accept) && !/text\/html/i.test(accept);
}

function sendBareStatus(response: ServerResponse, status: number): void {
  try {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
    response.end(reasonPhrase(status));
  } catch {
    response.destroy();
  }
}

function abandon(response: ServerResponse): void {
  // A response that was handed over as a whole is not at fault; its last bytes may still be on their way.
  if (!response.writableEnded) response.destroy();
}
