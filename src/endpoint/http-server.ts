import { createServer, type IncomingMessage, type Server } from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { SecureContextOptions } from "node:tls";
import { Http2Request, Http2Response } from "./http2/http2-messages.ts";
import type { DecidedLimits } from "./limits.ts";

/** A server that speaks HTTP/1.1, or HTTP/2 and HTTP/1.1 over TLS. */
export type WebServer = Server | Http2SecureServer;

/** A server for plain HTTP with these limits. */
export function createHttpServer(limits: DecidedLimits): Server {
  const options = firstOptions(limits);
  return Object.assign(createServer(options), options);
}

/**
 * A server for HTTPS: TLS agrees on HTTP/2 with clients that know it, on HTTP/1.1 with all others.
 *
 * WebSockets come over HTTP/1.1 here as well: browsers open a connection of its own for them, unless HTTP/2 offers
 * them (RFC 8441), which this server does not.
 */
export function createHttpsServer(limits: DecidedLimits, tls: SecureContextOptions): Http2SecureServer {
  const options = firstOptions(limits);
  const server = createSecureServer({
    ...tls,
    allowHTTP1: true,
    handshakeTimeout: limits.headersTimeout || defaultHandshakeTimeout,
    Http2ServerRequest: Http2Request,
    Http2ServerResponse: Http2Response,
    settings: { enablePush: false, maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxHeaderBytes },
    // More than are allowed, so that the usual excess gets its status; beyond that the stream is reset.
    maxHeaderListPairs: 2 * limits.maxHeaders,
    maxSessionInvalidFrames: 100,
    streamResetBurst: 10 * limits.maxStreams,
    streamResetRate: limits.maxStreams,
  });
  // Older versions of Node take none of these as options here, and no version all of them.
  return Object.assign(server, options);
}

/** Milliseconds, for servers that wait for requests without an end. */
const defaultHandshakeTimeout = 120_000;

/** How often connections are looked at: a time-out is kept to a quarter of its length, and to 5 seconds. */
function checkingInterval({ headersTimeout, requestTimeout }: DecidedLimits): number {
  return Math.max(1, Math.min(5_000, ...[headersTimeout, requestTimeout].filter(Boolean).map((time) => time / 4)));
}

function firstOptions(limits: DecidedLimits) {
  const { headersTimeout, requestTimeout, idleTimeout } = limits;
  return {
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.ceil(checkingInterval(limits)),
    keepAliveTimeout: idleTimeout,
    // Longer than clients are told, so that none sends a request into a connection that is just being closed.
    keepAliveTimeoutBuffer: Math.min(1_000, idleTimeout),
    maxHeaderSize: limits.maxHeaderBytes,
    // Node would drop the rest without a word; they are counted later.
    maxHeadersCount: 0,
    // Checked later, where the refusal is reported.
    requireHostHeader: false,
    shouldUpgradeCallback: wantsWebSocket,
  };
}

/**
 * Whether a request asks for a WebSocket (RFC 6455, 4.1). Offers of other protocols, which some clients
 * make with every request, are ignored, as RFC 9110, 7.8 allows; so is one that comes with a body.
 */
export function wantsWebSocket({ method, headers, httpVersion }: IncomingMessage): boolean {
  if (method !== "GET" || httpVersion !== "1.1" || headers.upgrade?.toLowerCase() !== "websocket") return false;
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}
