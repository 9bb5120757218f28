import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Endpoint } from "./running-endpoint.ts";

/**
 * What answers the sockets of a path: the seam between the endpoint and the rooms above it, which bring
 * channels and LiveView.
 *
 * The endpoint has checked the method, the path and the origin before it calls a mount.
 */
export interface SocketMount {
  /**
   * Called once each time an endpoint starts with this mount, in the endpoint's process, right after it began to
   * listen and before the first request: the moment to attach log lines with `logTelemetry`, which end with that
   * endpoint.
   *
   * @param path where it is mounted, `/live`; the last one if there are several.
   */
  start?(endpoint: Endpoint, path: string): void;
  /**
   * Takes over the socket of a WebSocket upgrade: answers it, or refuses it with a status of its own. A
   * throw is answered with status 500.
   */
  upgrade(context: UpgradeContext): void;
  /**
   * Closes the connections that came over `endpoint` with close code 1012, so that clients reconnect elsewhere, and
   * resolves when they are closed. Called once, when the endpoint stops (protocol 8).
   */
  drain(endpoint: Endpoint): void | Promise<void>;
}

/** One WebSocket upgrade request. */
export interface UpgradeContext {
  readonly endpoint: Endpoint;
  readonly request: IncomingMessage;
  /** The raw socket; it already has an `error` listener, so that it cannot crash the server. */
  readonly socket: Socket;
  /** Bytes that came after the head of the request. */
  readonly head: Buffer;
  readonly transport: "websocket";
  /** The requested URL below the endpoint's own, with the connect params as its query. */
  readonly url: URL;
}
