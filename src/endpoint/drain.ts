import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { toError } from "../process/index.ts";
import type { Connections } from "./connections.ts";
import { drainTimedOut, socketMountCrash } from "./events.ts";
import type { Endpoint } from "./running-endpoint.ts";
import type { SocketMount } from "./socket-mount.ts";

/**
 * Stops a server in peace: it takes no new connections, mounts close their sockets, requests finish, and
 * connections that wait for one end. What is still open after `timeout` milliseconds is cut off.
 *
 * @param mounts the socket mounts, each with one path of its own for reports.
 */
export async function drain(
  endpoint: Endpoint,
  server: Server,
  connections: Connections,
  mounts: ReadonlyMap<SocketMount, string>,
  timeout: number,
): Promise<void> {
  const node = endpoint.node.name;
  const stopped = stopListening(server);
  connections.drain();
  const drained = [...mounts].map(async ([mount, path]) => {
    try {
      await mount.drain(endpoint);
    } catch (thrown) {
      socketMountCrash.execute({ node, path, error: toError(thrown) });
    }
  });
  if (await within(timeout, [stopped, ...drained])) return;
  drainTimedOut.execute({ node, connections: connections.size, milliseconds: timeout });
  connections.destroy();
  await stopped;
}

/** Leaves nothing open of a server whose process is gone, perhaps killed before it could drain. */
export function abandon(server: Server, connections: Connections): void {
  server.close();
  connections.destroy();
}

/** Refuses new connections and resolves when the present ones, upgraded ones included, have ended. */
async function stopListening(server: Server): Promise<void> {
  // Connections that finish a response whose head was already written are not kept either.
  server.keepAliveTimeout = 1;
  server.keepAliveTimeoutBuffer = 0;
  // `server.close()` would cut off responses that are complete but not yet written.
  await new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

/** Waits for all, but not longer than some milliseconds; whether all are done. */
async function within(milliseconds: number, pending: readonly Promise<void>[]): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  const done = await Promise.race([Promise.all(pending).then(() => true), timeout]);
  clearTimeout(timer);
  return done;
}
