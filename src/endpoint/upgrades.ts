import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { toError } from "../process/index.ts";
import type { Connections } from "./connections.ts";
import { originRefused, socketMountCrash } from "./events.ts";
import { wantsWebSocket } from "./http-server.ts";
import { pathOf, refuseSocket } from "./plain-response.ts";
import type { Endpoint } from "./running-endpoint.ts";
import type { SocketMount } from "./socket-mount.ts";

/** Handles the `upgrade` event of a server. */
export type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** Makes the listener that checks upgrades and hands them to the mount of their path. */
export function upgradeListener(
  endpoint: Endpoint,
  mounts: ReadonlyMap<string, SocketMount>,
  connections: Connections,
): UpgradeListener {
  const node = endpoint.node.name;
  return (request, socket, head) => {
    connections.upgraded(socket);
    socket.on("error", destroyBroken);
    const path = pathOf(request.url as string);
    const mount = mounts.get(path);
    const url = URL.parse(endpoint.url + request.url);
    if (mount === undefined || url === null) return refuseSocket(socket, 404);
    if (!wantsWebSocket(request)) return refuseSocket(socket, 400);
    if (connections.draining) return refuseSocket(socket, 503);
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

function destroyBroken(this: Socket): void {
  this.destroy();
}
