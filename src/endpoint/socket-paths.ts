import type { SocketMount } from "./socket-mount.ts";

/** What the paths below the socket mounts of an endpoint are for. */
export interface SocketPaths {
  /** Mounts by the path that a WebSocket is opened at: `/live/websocket`. */
  readonly webSocket: ReadonlyMap<string, SocketMount>;
  /** Every path that is not the router's. */
  readonly reserved: ReadonlySet<string>;
}

/**
 * Compiles the `sockets` option (protocol 1).
 *
 * @throws if a mount path cannot be one.
 */
export function socketPaths(sockets: Readonly<Record<string, SocketMount>>): SocketPaths {
  const webSocket = new Map<string, SocketMount>();
  const reserved = new Set<string>();
  for (const [path, mount] of Object.entries(sockets)) {
    if (!/^(?:\/[\w.~-]+)+$/.test(path)) {
      throw new Error(`the endpoint's option sockets has the path "${path}": write it like "/live"`);
    }
    webSocket.set(`${path}/websocket`, mount);
    reserved.add(`${path}/websocket`).add(`${path}/longpoll`);
  }
  return { webSocket, reserved };
}
