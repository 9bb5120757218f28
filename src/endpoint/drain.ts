import { toError } from "../process/index.ts";
import type { Connections } from "./connections.ts";
import { drainTimedOut, socketMountCrash } from "./events.ts";
import type { Http2Sessions } from "./http2/http2-sessions.ts";
import type { Endpoint } from "./running-endpoint.ts";
import type { Servers } from "./servers.ts";
import type { SocketMount } from "./socket-mount.ts";

/** What of an endpoint has to come to its end. */
export interface Stoppable {
  readonly servers: Servers;
  readonly connections: Connections;
  readonly sessions: Http2Sessions;
  /** Tells answers without an end to end. */
  readonly draining: AbortController;
}

/**
 * Stops servers in peace: they take no new connections, answers without an end are told, mounts close their sockets,
 * requests finish, and connections that wait for one end. What is still open after `timeout` milliseconds is cut off.
 *
 * @param mounts the socket mounts, each with one path of its own for reports.
 */
export async function drain(
  endpoint: Endpoint,
  { servers, connections, sessions, draining }: Stoppable,
  mounts: ReadonlyMap<SocketMount, string>,
  timeout: number,
): Promise<void> {
  const node = endpoint.node.name;
  const stopped = servers.close();
  connections.drain();
  sessions.drain();
  draining.abort(new Error("the endpoint is stopping"));
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

/** Leaves nothing open of servers whose process is gone, perhaps killed before it could drain. */
export function abandon({ servers, connections, draining }: Stoppable): void {
  void servers.close();
  draining.abort(new Error("the endpoint is gone"));
  connections.destroy();
}

/** Waits for all, but not longer than some milliseconds; whether all are done. */
async function within(milliseconds: number, pending: readonly Promise<void>[]): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  const done = await Promise.race([Promise.all(pending).then(() => true), timeout]);
  clearTimeout(timer);
  return done;
}
