import type { IncomingMessage } from "node:http";
import type { ServerConfig } from "../plug/index.ts";
import { type Node, service } from "../process/index.ts";
import type { Router } from "../router/index.ts";

/** An endpoint that listens. */
export interface Endpoint {
  readonly node: Node;
  readonly config: ServerConfig;
  readonly router: Router;
  /** What the server is bound to; the port is the real one when the configured port is 0. */
  readonly address: { readonly host: string; readonly port: number };
  /** What people type to get here, without a trailing slash: `http://localhost:4000`. */
  readonly url: string;
  /**
   * Whether a socket may be opened from the page that sent this request, by the `checkOrigin` option.
   * A request without an `Origin` header does not come from a browser and is allowed.
   */
  originAllowed(request: IncomingMessage): boolean;
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
