import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connections } from "./connections.ts";
import { connectionRefused, requestRefused } from "./events.ts";
import { endSocket, pathOf, refuseSocket, sendPlain } from "./plain-response.ts";
import type { Refusal } from "./request-check.ts";

/** What Node reports as a `clientError`. */
export interface ClientError extends Error {
  readonly code?: string;
  /** What the parser of HTTP/1 found wrong. */
  readonly reason?: string;
  /** The bytes that it was at. */
  readonly rawPacket?: Buffer;
}

/**
 * Makes the listener for what is no request: malformed, too large, too slow, or no TLS.
 *
 * Such a thing may come in the middle, while earlier requests of the same connection wait for their answers, or as
 * the body of a request that is being handled. **Its answer takes its place in the order**, or the client would take
 * it for the answer to another request.
 */
export function brokenRequestListener(node: string, connections: Connections) {
  return (error: ClientError, socket: Socket): void => {
    if (connections.isRefused(socket)) return;
    const refusal = refusalOf(error);
    if (refusal === undefined) return breakOff(error, socket);
    const pending = connections.pending(socket);
    // RFC 9112, section 9.6: what follows is ignored.
    if (error.code === "HPE_CLOSED_CONNECTION" || connections.isClosing(socket)) {
      if (pending === undefined) return void socket.destroy();
      if (pending.headersSent || error.code === "HPE_CLOSED_CONNECTION") return;
    }
    if (error.code === "HPE_PAUSED") return endFlood(socket, pending);
    // A connection that browsers open in advance, and that nobody needed.
    if (refusal.status === 408 && socket.bytesRead === 0) return void socket.destroy();
    const body = pending !== undefined && !pending.req.complete;
    // A client that leaves in the middle of an upload is nobody's fault.
    if (body && error.code === "HPE_INVALID_EOF_STATE") return void socket.destroy();
    report(refusal, socket, body ? pending : undefined);
    connections.refused(socket);
    if (body && !pending.headersSent) sendPlain(pending, refusal.status, refusal.reason, closing);
    else if (body && !pending.writableEnded) socket.destroy();
    else if (pending !== undefined) pending.once("close", () => refuseSocket(socket, refusal.status, refusal.reason));
    else refuseSocket(socket, refusal.status, refusal.reason);
  };

  /**
   * Requests that were sent ahead of their answers are held back by pausing; over TLS some come through nevertheless
   * and are lost to Node's parser, so that nothing behind them can be trusted. What was taken in is still answered.
   */
  function endFlood(socket: Socket, pending: ServerResponse | undefined): void {
    const { remoteAddress = "" } = socket;
    const reason = "too many requests were sent ahead of their answers";
    connectionRefused.execute({ node, remoteAddress, reason });
    connections.refused(socket);
    if (pending === undefined) endSocket(socket);
    else pending.once("close", () => endSocket(socket));
  }

  function breakOff(error: ClientError, socket: Socket): void {
    const { remoteAddress = "" } = socket;
    socket.destroy();
    if (!isDeparture(error)) connectionRefused.execute({ node, remoteAddress, reason: error.message });
  }

  function report({ status, reason }: Refusal, socket: Socket, pending: ServerResponse | undefined): void {
    const { remoteAddress = "" } = socket;
    const { method, url } = pending?.req ?? {};
    const request = method === undefined || url === undefined ? {} : { method, path: pathOf(url) };
    requestRefused.execute({ node, remoteAddress, status, reason, ...request });
  }
}

const closing = { connection: "close" };

/** A client that went away, or the network on its way: errors of the system, but for those that OpenSSL names so. */
export function isDeparture({ code = "" }: NodeJS.ErrnoException): boolean {
  return /^E[A-Z]+$/.test(code) && code !== "EPROTO";
}

/** What Node's parser complained about as a status; undefined if it was not the parser. */
function refusalOf({ code = "", reason = "", rawPacket }: ClientError): Refusal | undefined {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { status: 408, reason: "The request took too long to arrive." };
  if (!code.startsWith("HPE_")) return undefined;
  if (code === "HPE_HEADER_OVERFLOW") return tooLarge(rawPacket);
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return { status: 413, reason: "The chunk extensions are too large." };
  if (code === "HPE_PAUSED_H2_UPGRADE" || reason === "Invalid HTTP version") {
    return { status: 505, reason: "This version of HTTP is not spoken here." };
  }
  return { status: 400, reason: reason === "" ? "The request is malformed." : `The request is malformed: ${reason}.` };
}

/** A head that is too large has a target that is too long if its first line does not even end. */
function tooLarge(packet: Buffer | undefined): Refusal {
  if (packet !== undefined && /^[A-Z-]+ [^\r\n]*$/.test(packet.toString("latin1"))) {
    return { status: 414, reason: "The target of the request is too long." };
  }
  return { status: 431, reason: "The head of the request is too large." };
}
