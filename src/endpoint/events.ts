import { telemetryEvent } from "../telemetry/index.ts";

/** An endpoint listens. */
export const endpointStart = telemetryEvent<{ node: string; url: string; environment: string }>("anqa.endpoint.start");

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
}>("anqa.endpoint.stop");

/** A request was answered with a status of 500 or above because of `error`. */
export const endpointCrash = telemetryEvent<{
  node: string;
  method: string;
  path: string;
  status: number;
  error: Error;
}>("anqa.endpoint.error");

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
