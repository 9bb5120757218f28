import type { Conn } from "../plug/index.ts";
import { telemetryEvent } from "../telemetry/index.ts";

/** An endpoint listens, at these addresses: `http://127.0.0.1:4000`, `unix:/run/shop.sock`. */
export const endpointStart = telemetryEvent<{
  node: string;
  url: string;
  environment: string;
  addresses: readonly string[];
}>("anqa.endpoint.start");

/**
 * A response is complete, or its connection broke; status 499 says that the client left before it was
 * answered. The path is without its query.
 */
export const endpointStop = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  status: number;
  durationMicroseconds: number;
  /** Of requests that came as far as to have one. */
  conn?: Conn;
}>("anqa.endpoint.stop");

/** A request was answered with a status of 500 or above because of `error`. */
export const endpointCrash = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  status: number;
  error: Error;
}>("anqa.endpoint.error");

/**
 * A request never reached the application, because it is malformed, too large, too slow, or one too many. Method and
 * path are there if it got that far.
 */
export const requestRefused = telemetryEvent<{
  node: string;
  remoteAddress: string;
  status: number;
  reason: string;
  method?: string;
  path?: string;
}>("anqa.endpoint.request_refused");

/** A connection was closed without an answer: TLS or HTTP/2 was violated, or there are too many. */
export const connectionRefused = telemetryEvent<{ node: string; remoteAddress: string; reason: string }>(
  "anqa.endpoint.connection_refused",
);

/** A socket was not opened: the path is nobody's, the request is no WebSocket's, or the endpoint is stopping. */
export const upgradeRefused = telemetryEvent<{
  node: string;
  remoteAddress: string;
  path: string;
  status: number;
  reason: string;
}>("anqa.endpoint.upgrade_refused");

/** A socket was refused because of the page that it was opened from. */
export const originRefused = telemetryEvent<{ node: string; path: string; origin: string }>(
  "anqa.endpoint.origin_refused",
);

/** A socket mount threw while it took over a connection, or while it was drained. */
export const socketMountCrash = telemetryEvent<{ node: string; path: string; error: Error }>(
  "anqa.endpoint.socket_mount_crash",
);

/** Requests and sockets that were still open when the time to stop was over; they were cut off. */
export const drainTimedOut = telemetryEvent<{ node: string; connections: number; milliseconds: number }>(
  "anqa.endpoint.drain_timeout",
);
