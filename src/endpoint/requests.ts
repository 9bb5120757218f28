import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { errorPage, statusOf } from "../controller/index.ts";
import { Conn } from "../plug/index.ts";
import { toError } from "../process/index.ts";
import { clientScriptPrefix, serveClientScript } from "./client-scripts.ts";
import type { Connections } from "./connections.ts";
import { endpointCrash, endpointStop } from "./events.ts";
import { pathOf, sendPlain } from "./plain-response.ts";
import type { Endpoint } from "./running-endpoint.ts";
import type { StaticServer } from "./static-files.ts";

/** The status in {@link endpointStop} when the client left before it was answered; the number is nginx's. */
const clientLeft = 499;

/**
 * Makes the listener that answers requests: with a file if the path is one's, else through the router.
 *
 * Nothing here waits unless a plug or an action does.
 *
 * @param reserved paths that only sockets use.
 */
export function requestListener(
  endpoint: Endpoint,
  serveFile: StaticServer | undefined,
  reserved: ReadonlySet<string>,
  connections: Connections,
): RequestListener {
  const { node, config, router } = endpoint;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    connections.requested(response);
    response.on("error", reportLate);
    if (endpointStop.hasSubscribers) measure(node.name, request, response);
    const conn = new Conn(node, config, request, response);
    try {
      if (conn.path.startsWith(clientScriptPrefix)) return serveClientScript(request, response);
      if (serveFile?.(request, response)) return;
      if (reserved.has(conn.path)) return explainSocketPath(conn.path, response);
      const pending = router.call(conn);
      if (pending === undefined) finish(conn);
      else finishLater(conn, pending);
    } catch (error) {
      fail(conn, error);
    }
  }

  function finishLater(conn: Conn, pending: Promise<void>): void {
    pending.then(
      () => finish(conn),
      (error) => fail(conn, error),
    );
  }

  function finish(conn: Conn): void {
    if (!conn.sent && !conn.response.destroyed) fail(conn, nothingWasSent(conn, endpoint));
  }

  function fail(conn: Conn, thrown: unknown): void {
    const { request } = conn;
    // Nobody reads the answer to a request that broke off.
    if (request.destroyed && !request.complete) return;
    const status = statusOf(thrown);
    if (status >= 500) {
      const { method, path } = conn;
      endpointCrash.execute({ node: node.name, method, path, status, error: toError(thrown) });
    }
    errorPage(conn, thrown);
  }

  /** Without a listener, a write after the end would end the whole program. */
  function reportLate(this: ServerResponse, error: Error): void {
    const { method = "", url = "" } = this.req;
    endpointCrash.execute({ node: node.name, method, path: pathOf(url), status: 500, error });
  }

  return handle;
}

function nothingWasSent(conn: Conn, endpoint: Endpoint): Error {
  const route = endpoint.router.match(conn.method, conn.path, conn.host)?.route;
  return new Error(
    `${conn.method} ${route?.pattern ?? conn.path} was handled, but nothing was sent: ` +
      "an action answers with render, json, text or redirect, and one that waits returns its promise",
  );
}

function explainSocketPath(path: string, response: ServerResponse): void {
  if (path.endsWith("/websocket")) sendPlain(response, 400, "This path takes WebSocket connections only.");
  else sendPlain(response, 404, "Long polling is not supported here: connect with a WebSocket.");
}

function measure(node: string, request: IncomingMessage, response: ServerResponse): void {
  const started = performance.now();
  response.on("close", () => {
    endpointStop.execute({
      node,
      method: request.method as string,
      path: pathOf(request.url as string),
      status: response.headersSent ? response.statusCode : clientLeft,
      durationMicroseconds: Math.round((performance.now() - started) * 1000),
    });
  });
}
