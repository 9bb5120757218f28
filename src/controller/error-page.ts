import type { ServerResponse } from "node:http";
import { breakOff, type Conn, reasonPhrase } from "../plug/index.ts";
import { debugPage } from "./debug-page.ts";
import { type ErrorFormat, errorFormat } from "./error-format.ts";
import { beginHead, finishHead } from "./error-head.ts";
import { fieldsOf, statusOf } from "./error-status.ts";
import { type ErrorViews, type FailedRequest, shownByView } from "./error-views.ts";
import { plainError } from "./plain-error.ts";

/**
 * Answers a request that failed. Never throws, and needs nothing that a pipeline provides.
 *
 * The status is that of {@link statusOf}; headers that the error carries in `headers` are set. The format is
 * `conn.format`, or else what the `accept` header asks for: HTML, JSON or plain text. In development the page shows the
 * error with its source, stack and causes, the request, the session and the assigns. **In every other environment** it
 * says the status, its reason phrase and what a schema had to say of the params, and nothing else of the error.
 *
 * Of a response that has begun nothing can be taken back: it is broken off, so that the client does not take it for
 * complete. An answer that waits for its `beforeSend` callbacks goes out first, if they let it. If the page itself has
 * to wait for such callbacks and they fail, `conn.sending` rejects; then this is to be called again, with what they
 * failed with.
 *
 * What the application shows instead are the {@link ErrorViews} in `conn.config.errors`.
 *
 * @param error anything that was thrown.
 */
export function errorPage(conn: Conn, error: unknown): void {
  const { response, sending } = conn;
  if (response.headersSent) abandon(response);
  else if (conn.sent && sending !== undefined) answerAfter(sending, conn, error);
  else {
    try {
      sendErrorPage(conn, error);
    } catch {
      // What failed once more, a beforeSend callback for instance, must not keep the client waiting.
      if (response.headersSent) abandon(response);
      else sendBareStatus(response, statusOf(error));
    }
  }
}

function sendErrorPage(conn: Conn, error: unknown): void {
  const status = statusOf(error);
  const failed: FailedRequest = { status, reason: reasonPhrase(status), fields: fieldsOf(error), conn, error };
  const format = errorFormat(conn);
  const views: ErrorViews = conn.config.errors ?? {};
  beginHead(conn, error);
  const { body, own } = pageOf(format, failed, views);
  if (conn.sent) return;
  finishHead(conn, format, own);
  conn.send(status, body);
}

/** @returns `own` for the pages of the framework, which bring a style. */
function pageOf(format: ErrorFormat, failed: FailedRequest, views: ErrorViews): { body: string; own: boolean } {
  if (failed.conn.config.environment === "development" && views.debug !== false) {
    const page = debugPage(format, failed);
    if (page !== undefined) return { body: page, own: true };
  }
  const shown = shownByView(format, failed, views);
  return shown === undefined ? { body: plainError(format, failed), own: true } : { body: shown, own: false };
}

/** The answer that is on its way counts, unless nothing comes of it. */
function answerAfter(sending: Promise<void>, conn: Conn, error: unknown): void {
  const answer = (reason: unknown) => {
    errorPage(conn, reason);
    if (conn.sending !== sending) conn.sending?.catch(answer);
  };
  sending.then(
    () => abandon(conn.response),
    () => answer(error),
  );
}

function sendBareStatus(response: ServerResponse, status: number): void {
  try {
    const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
    response.writeHead(status, headers).end(reasonPhrase(status));
  } catch {
    breakOff(response);
  }
}

function abandon(response: ServerResponse): void {
  // A response that was handed over as a whole is not at fault; its last bytes may still be on their way.
  if (!response.writableEnded) breakOff(response);
}
