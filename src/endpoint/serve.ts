import type { EventEmitter } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { brokenRequestListener } from "./broken-requests.ts";
import type { Connections } from "./connections.ts";
import { connectionRefused, requestRefused } from "./events.ts";
import type { WebServer } from "./http-server.ts";
import { Http2Request } from "./http2/http2-messages.ts";
import type { Http2Sessions } from "./http2/http2-sessions.ts";
import type { DecidedLimits } from "./limits.ts";
import { pathOf, refuseSocket } from "./plain-response.ts";
import type { Refusal } from "./request-check.ts";
import type { RequestHandler } from "./requests.ts";
import type { UpgradeListener } from "./upgrades.ts";

/** What all servers of one endpoint share. */
export interface Service {
  readonly node: string;
  readonly limits: DecidedLimits;
  readonly connections: Connections;
  readonly sessions: Http2Sessions;
  readonly requests: RequestHandler;
  readonly upgrade: UpgradeListener;
}

const fullHouse: Refusal = { status: 503, reason: "The server has too many connections. Try again soon." };
const noProxy: Refusal = { status: 405, reason: "This is no proxy." };
const oddExpectation: Refusal = { status: 417, reason: "The only expectation that is met here is 100-continue." };
/** Connections over the limit that are told so; more are closed as they come. */
const toldAtOnce = 100;

/** Answers what comes in over a server for plain HTTP. */
export function serveHttp(server: Server, service: Service): void {
  const { node, limits, connections } = service;
  server.on("connection", (socket) => {
    const full = connections.size >= limits.maxConnections;
    connections.opened(socket);
    if (full) refuse(service, socket, fullHouse, undefined, { "retry-after": "1" });
  });
  if (Number.isFinite(limits.maxConnections)) {
    server.maxConnections = limits.maxConnections + toldAtOnce;
    server.on("drop", (data) => {
      connectionRefused.execute({ node, remoteAddress: data?.remoteAddress ?? "", reason: "too many connections" });
    });
  }
  serveAny(server, service, (response) => connections.requested(response));
}

/** Answers what comes in over a server for HTTPS, in either version of HTTP. */
export function serveHttps(server: Http2SecureServer, service: Service): void {
  const { node, limits, connections, sessions } = service;
  server.on("connection", (socket: Socket) => {
    if (connections.size >= limits.maxConnections) {
      connectionRefused.execute({ node, remoteAddress: socket.remoteAddress ?? "", reason: "too many connections" });
      socket.destroy();
    } else connections.openedSecure(socket);
  });
  let securing: TLSSocket;
  // First of all listeners: that of Node makes the session at once.
  server.prependListener("secureConnection", (socket) => {
    securing = socket;
    connections.secured(socket, socket.alpnProtocol !== "h2");
  });
  server.on("session", (session) => sessions.opened(session, securing));
  server.on("sessionError", (error, session) => sessions.failed(error, session));
  // A stream of HTTP/2 ends without its connection.
  serveAny(server, service, (response) => response.req instanceof Http2Request || connections.requested(response));
}

/**
 * What is the same in both, HTTP/1.1 above all.
 *
 * @param accepted whether a request may be handled, asked once for each.
 */
function serveAny(server: WebServer, service: Service, accepted: (response: ServerResponse) => boolean): void {
  const { node, limits, connections, requests, upgrade } = service;
  // The two kinds of servers have the same events, which their types do not say.
  const events: EventEmitter = server;

  events.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (accepted(response)) requests.handle(request, response);
  });
  events.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (!accepted(response)) return;
    if (requests.check(request) === undefined) response.writeContinue();
    requests.handle(request, response);
  });
  events.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    if (accepted(response)) requests.refuse(request, response, oddExpectation);
  });
  events.on("connect", (request: IncomingMessage, stream: Socket | ServerResponse) => {
    if ("req" in stream) return requests.refuse(request, stream, noProxy);
    stream.on("error", destroyItself);
    connections.afterAnswers(stream, () => refuse(service, stream, noProxy, request, { allow: "GET, HEAD" }));
  });
  events.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", destroyItself);
    if (connections.isRefused(socket)) return;
    connections.afterAnswers(socket, () => {
      if (!socket.writable) return socket.destroy();
      connections.upgraded(socket);
      upgrade(request, socket, head);
    });
  });
  events.on("clientError", brokenRequestListener(node, connections));
  // Of HTTP/2 sessions the time-outs are handled with the sessions.
  events.on("timeout", (socket: Socket) => connections.idled(socket));
  if (limits.idleTimeout > 0) {
    const watch = setInterval(() => connections.watchSlowReaders(limits.idleTimeout), limits.idleTimeout).unref();
    server.once("close", () => clearInterval(watch));
  }
}

/** One function for all: one made for each socket would keep the request that it was upgraded by, as long as it is open. */
function destroyItself(this: Socket): void {
  this.destroy();
}

function refuse(
  { node, connections }: Service,
  socket: Socket,
  { status, reason }: Refusal,
  request: IncomingMessage | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  const asked = request === undefined ? {} : { method: request.method as string, path: pathOf(request.url as string) };
  requestRefused.execute({ node, remoteAddress: socket.remoteAddress ?? "", status, reason, ...asked });
  connections.refused(socket);
  refuseSocket(socket, status, reason, headers);
}
