import { type ConnectInfo, socketMount } from "../channel/index.ts";
import type { SocketMount } from "../endpoint/index.ts";
import { validCsrfToken } from "../plug/index.ts";
import { type LiveConnectionAssigns, liveChannel } from "./live-channel.ts";
import { logLiveEvents } from "./log.ts";
import { viewsOf } from "./views-of.ts";

/** Options of {@link liveSocket}. */
export interface LiveSocketOptions {
  /** Largest message a client may send, in bytes; larger ones end the connection. Default 1 MiB. */
  readonly maxFrameBytes?: number;
}

/**
 * The socket that pages with views connect to.
 *
 * Views see the visitor's session only if the page sends a CSRF token of that session along, which other sites
 * cannot know: a cookie alone does not say who opened a socket. Without it no view can be joined, and the browser
 * loads the page anew (PROTOCOL section 12).
 *
 * @example endpoint({ router: appRouter, sockets: { "/live": liveSocket() } })
 */
export function liveSocket(options: LiveSocketOptions = {}): SocketMount {
  const mount = socketMount({ ...options, channels: [liveChannel], connect });
  return {
    start(endpoint, path) {
      viewsOf(endpoint.router);
      logLiveEvents(endpoint.node);
      mount.start?.(endpoint, path);
    },
    upgrade: (context) => mount.upgrade(context),
    drain: (endpoint) => mount.drain(endpoint),
  };
}

function connect({ session, params }: ConnectInfo): { readonly assigns: Readonly<Record<string, unknown>> } {
  const token = params._csrf_token;
  const proven = session !== null && typeof token === "string" && validCsrfToken(session, token);
  const assigns: LiveConnectionAssigns = { session: proven ? session : null };
  return { assigns: { ...assigns } };
}
