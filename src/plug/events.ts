import { telemetryEvent } from "../telemetry/index.ts";

/** A session cookie was not accepted; the visitor goes on with an empty session. */
export const sessionRejected = telemetryEvent<{
  node: string;
  cookie: string;
  /** Of a session in a store it is not known why it has none of that id; then `unknown`. */
  reason: "invalid" | "expired" | "unknown";
}>("anqa.plug.session.rejected");

/**
 * A session could not be written to its store; the visitor got status 503 in place of the answer. (If it cannot be read,
 * the request fails, and is reported as failed requests are.)
 */
export const sessionStoreFailed = telemetryEvent<{ node: string; method: string; path: string; error: Error }>(
  "anqa.plug.session.store_failed",
);

/** A request was refused as a possible forgery. */
export const forgeryRefused = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  remoteAddress: string;
  reason: string;
}>("anqa.plug.forgery.refused");

/** `basicAuth()` got credentials that do not let anyone in; a request without any is not reported. */
export const credentialsRefused = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  remoteAddress: string;
}>("anqa.plug.basic_auth.refused");

/** `rateLimit()` refused a request. */
export const rateLimitExceeded = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  remoteAddress: string;
  /** The name of the limit. */
  policy: string;
  /** Whose requests are too many: an address, or what the option `by` answered. */
  key: string;
  retryAfterSeconds: number;
}>("anqa.plug.rate_limit.exceeded");

/** The store of a rate limit failed; the request was let through, or refused with 503 if the limit says so. */
export const rateLimitFailed = telemetryEvent<{ node: string; policy: string; refused: boolean; error: Error }>(
  "anqa.plug.rate_limit.failed",
);

/** `parseBody()` refused a body: malformed, too large, too slow, or of a type that may not pass. */
export const bodyRefused = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  remoteAddress: string;
  status: number;
  reason: string;
}>("anqa.plug.body.refused");

/** A temporary file or directory of uploads could not be deleted, and takes up room. */
export const uploadCleanupFailed = telemetryEvent<{ node: string; path: string; error: Error }>(
  "anqa.plug.upload.cleanup_failed",
);

/** A client read server-sent events more slowly than they came, and was cut off; `waiting` is in characters. */
export const eventStreamOverflow = telemetryEvent<{
  node: string;
  path: string;
  remoteAddress: string;
  waiting: number;
}>("anqa.plug.event_stream.overflow");
