import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { refuseSocket } from "./plain-response.ts";

/** Milliseconds within which the head of a request must have arrived. */
const headersTimeout = 20_000;
/** Milliseconds within which a whole request must have arrived, a large upload on a slow line included. */
const requestTimeout = 300_000;
/** Bytes that the head of a request may have; cookies are what makes it large. */
const maxHeaderSize = 16 * 1024;
/** Milliseconds that a connection waits for its next request: more than the 60 s of common load balancers, which must be the ones to close. */
const keepAliveTimeout = 65_000;

/** Statuses for what the parser of Node reports; everything else is a 400. */
const parserStatuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A server with this framework's limits, which answers malformed HTTP itself. */
export function createHttpServer(): Server {
  const server = createServer({
    headersTimeout,
    requestTimeout,
    maxHeaderSize,
    keepAliveTimeout,
    shouldUpgradeCallback: wantsWebSocket,
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET") socket.destroy();
    else refuseSocket(socket, parserStatuses[error.code ?? ""] ?? 400);
  });
  return server;
}

/**
 * Whether a request asks for a WebSocket (RFC 6455, 4.1). Offers of other protocols, which some clients
 * make with every request, are ignored, as RFC 9110, 7.8 allows.
 */
export function wantsWebSocket(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Starts listening.
 *
 * @returns the port, which is a free one if `port` is 0.
 * @throws one sentence that names the port and how to choose another.
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      reject(new Error(`the endpoint cannot listen at ${host}:${port}: ${advice(error, port)}`, { cause: error }));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function advice(error: NodeJS.ErrnoException, port: number): string {
  const choose = "choose another with the variable PORT or the option port";
  if (error.code === "EADDRINUSE") return `port ${port} is in use; end the program that listens there, or ${choose}`;
  if (error.code === "EACCES") return `port ${port} is reserved for the administrator; ${choose}`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    return "this machine has no such address; correct the option host";
  }
  return error.message;
}
