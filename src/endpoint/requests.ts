import type { IncomingMessage, ServerResponse } from "node:http";
import { errorPage, statusOf } from "../controller/index.ts";
import { Conn, compilePipeline, type Plug, pipelineFailed, type StaticServer } from "../plug/index.ts";
import { toError } from "../process/index.ts";
import { clientScriptPrefix, serveClientScript } from "./client-scripts.ts";
import type { Connections } from "./connections.ts";
import { endpointCrash, endpointStop, requestRefused } from "./events.ts";
import { Http2Request } from "./http2/http2-messages.ts";
import { pathOf, sendPlain } from "./plain-response.ts";
import type { Refusal, RequestCheck } from "./request-check.ts";
import type { Endpoint } from "./running-endpoint.ts";

/** The status in {@link endpointStop} when the client left before it was answered; the number is nginx's. */
const clientLeft = 499;

/** What is done with requests, whatever connection they came over. */
export interface RequestHandler {
  /** See {@link RequestCheck}. */
  readonly check: RequestCheck;
  /**
   * Answers a request: with a file if the path is one's, else through the router.
   *
   * @param prepare sees the conn before anybody else does.
   */
  handle(request: IncomingMessage, response: ServerResponse, prepare?: (conn: Conn) => void): void;
  /** Answers a request that the application is not asked about, reports it, and lets its connection end. */
  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void;
}

/**
 * Makes what answers the requests of an endpoint. Nothing in it waits unless a plug or an action does.
 *
 * @param plugs what every request passes first, one for a file and one for nothing included.
 * @param reserved paths that only sockets use.
 */
export function requestHandler(
  endpoint: Endpoint,
  check: RequestCheck,
  plugs: readonly Plug[],
  serveFile: StaticServer | undefined,
  reserved: ReadonlySet<string>,
  connections: Connections,
): RequestHandler {
  const { node, config, router } = endpoint;
  const answer = compilePipeline([...plugs, serve]);

  function handle(request: IncomingMessage, response: ServerResponse, prepare?: (conn: Conn) => void): void {
    response.on("error", reportLate);
    const refusal = check(request);
    if (refusal !== undefined) return refuse(request, response, refusal);
    const conn = new Conn(node, config, request, response);
    prepare?.(conn);
    if (endpointStop.hasSubscribers) measure(conn);
    try {
      const pending = answer(conn);
      if (pending === undefined) finish(conn);
      else finishLater(conn, pending);
    } catch (error) {
      fail(conn, error);
    }
  }

  /** What comes after the endpoint's own plugs. */
  function serve(conn: Conn): void | Promise<void> {
    const { path, request, response } = conn;
    if (path.startsWith(clientScriptPrefix)) return serveClientScript(request, response);
    const sending = serveFile?.(conn);
    if (sending !== undefined) return sending;
    if (reserved.has(path)) return explainSocketPath(path, response);
    if (request.url === "*") return answerForServer(response);
    return router.call(conn);
  }

  function refuse(request: IncomingMessage, response: ServerResponse, { status, reason }: Refusal): void {
    const { method = "", url = "", socket } = request;
    const remoteAddress = socket.remoteAddress ?? "";
    requestRefused.execute({ node: node.name, remoteAddress, status, reason, method, path: pathOf(url) });
    // What was refused may hide another request.
    if (!(request instanceof Http2Request)) connections.closing(socket);
    sendPlain(response, status, reason, { connection: "close" });
  }

  function finishLater(conn: Conn, pending: Promise<void>): void {
    pending.then(
      () => finish(conn),
      (error) => fail(conn, error),
    );
  }

  function finish(conn: Conn): void {
    if (conn.sending !== undefined) conn.sending.catch((error) => fail(conn, error));
    else if (!conn.sent && !conn.response.destroyed) fail(conn, nothingWasSent(conn, endpoint));
  }

  function fail(conn: Conn, thrown: unknown): void {
    pipelineFailed(conn, thrown);
    const { request } = conn;
    // Nobody reads the answer to a request that broke off.
    if (request.destroyed && !request.complete) return;
    const status = statusOf(thrown);
    if (status >= 500) {
      const { method, path } = conn;
      endpointCrash.execute({ node: node.name, method, path, status, error: toError(thrown) });
    }
    const held = conn.sending;
    errorPage(conn, thrown);
    if (conn.sending !== held) conn.sending?.catch((error) => fail(conn, error));
  }

  /** Without a listener, a write after the end would end the whole program. */
  function reportLate(this: ServerResponse, error: Error): void {
    const { method = "", url = "" } = this.req;
    endpointCrash.execute({ node: node.name, method, path: pathOf(url), status: 500, error });
  }

  return { check, handle, refuse };
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

/** `OPTIONS *` asks whether there is a server, and no more (RFC 9110, section 9.3.7). */
function answerForServer(response: ServerResponse): void {
  response.writeHead(204, { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }).end();
}

function measure(conn: Conn): void {
  const started = performance.now();
  const { node, request, response } = conn;
  response.on("close", () => {
    endpointStop.execute({
      node: node.name,
      method: request.method as string,
      path: pathOf(request.url as string),
      status: response.headersSent ? response.statusCode : clientLeft,
      durationMicroseconds: Math.round((performance.now() - started) * 1000),
      conn,
    });
  });
}
