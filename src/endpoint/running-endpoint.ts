import type { IncomingMessage, ServerResponse } from "node:http";
import type { Conn, ServerConfig } from "../plug/index.ts";
import { type Node, service } from "../process/index.ts";
import type { Router } from "../router/index.ts";

/** An endpoint that listens. */
export interface Endpoint {
  readonly node: Node;
  readonly config: ServerConfig;
  readonly router: Router;
  /**
   * What the server is bound to; the port is the real one when the configured port is 0. At a Unix socket the host is
   * empty and the port 0.
   */
  readonly address: { readonly host: string; readonly port: number };
  /** Every place where it listens, as people read it: `https://127.0.0.1:4000`, `unix:/run/shop.sock`. */
  readonly addresses: readonly string[];
  /** What people type to get here, without a trailing slash: `http://localhost:4000`. */
  readonly url: string;
  /**
   * Whether a socket may be opened from the page that sent this request, by the `checkOrigin` option.
   * A request without an `Origin` header does not come from a browser and is allowed.
   */
  originAllowed(request: IncomingMessage): boolean;
  /**
   * Aborted when the endpoint begins to stop: the moment for answers without an end, as server-sent events, to end.
   * Plugs and actions find it as `conn.config.draining`.
   */
  readonly draining: AbortSignal;
  /**
   * Answers a request that came over no connection of this endpoint, exactly as if it had: for tests, which make
   * both themselves.
   *
   * @param prepare sees the conn before anybody else does; not called for a request that is refused unseen.
   */
  handle(request: IncomingMessage, response: ServerResponse, prepare?: (conn: Conn) => void): void;
  /**
   * Reads key and certificate again, if the option `https` named files, and uses them for connections from now on:
   * `process.on("SIGHUP", () => endpointOf(node).reloadCertificate())`.
   *
   * @throws one sentence if they cannot be used; then the present ones stay. Without HTTPS nothing happens.
   */
  reloadCertificate(): void;
}

/** Where a node keeps its endpoint. */
export const endpointService = service<Endpoint>("endpoint");

/**
 * The endpoint of a node.
 *
 * @throws if the node has none.
 */
export function endpointOf(node: Node): Endpoint {
  return node.service(endpointService);
}
