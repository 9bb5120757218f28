import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { toError } from "../process/index.ts";
import type { Connections } from "./connections.ts";
import { originRefused, socketMountCrash, upgradeRefused } from "./events.ts";
import { wantsWebSocket } from "./http-server.ts";
import { pathOf, refuseSocket } from "./plain-response.ts";
import type { RequestCheck } from "./request-check.ts";
import type { Endpoint } from "./running-endpoint.ts";
import type { SocketMount } from "./socket-mount.ts";

/** Handles the `upgrade` event of a server. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Makes the listener that checks upgrades and hands them to the mount of their path. */
export function upgradeListener(
  endpoint: Endpoint,
  check: RequestCheck,
  mounts: ReadonlyMap<string, SocketMount>,
  connections: Connections,
): UpgradeListener {
  const node = endpoint.node.name;

  function refuse(request: IncomingMessage, socket: Socket, status: number, reason: string): void {
    const path = pathOf(request.url as string);
    upgradeRefused.execute({ node, remoteAddress: socket.remoteAddress ?? "", path, status, reason });
    refuseSocket(socket, status, reason);
  }

  return (request, socket, head) => {
    if (connections.draining) return refuse(request, socket, 503, "The server is stopping.");
    const refusal = check(request);
    if (refusal !== undefined) return refuse(request, socket, refusal.status, refusal.reason);
    if (!wantsWebSocket(request)) return refuse(request, socket, 400, "This is no request for a WebSocket.");
    const path = pathOf(request.url as string);
    const mount = mounts.get(path);
    const url = URL.parse(endpoint.url + request.url);
    if (mount === undefined || url === null) return refuse(request, socket, 404, "No socket is served at this path.");
    if (!endpoint.originAllowed(request)) {
      originRefused.execute({ node, path, origin: request.headers.origin as string });
      return refuseSocket(socket, 403, "Sockets cannot be opened from this origin.");
    }
    try {
      mount.upgrade({ endpoint, request, socket, head, transport: "websocket", url });
    } catch (thrown) {
      socketMountCrash.execute({ node, path, error: toError(thrown) });
      refuseSocket(socket, 500);
    }
  };
}
