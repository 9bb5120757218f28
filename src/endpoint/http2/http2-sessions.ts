import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { isDeparture } from "../broken-requests.ts";
import { connectionRefused, requestRefused } from "../events.ts";
import type { DecidedLimits } from "../limits.ts";

/** Milliseconds that a client gets to close a connection which the server has ended. */
const linger = 1_000;

/**
 * The HTTP/2 connections of an endpoint: their time-outs, which Node has for HTTP/1.1 only, and their end.
 *
 * What floods them with frames is ended by the HTTP/2 library itself, with an error that is reported here.
 */
export class Http2Sessions {
  readonly #node: string;
  readonly #limits: DecidedLimits;
  readonly #sessions = new Map<ServerHttp2Session, SessionState>();
  #draining = false;

  constructor(node: string, limits: DecidedLimits) {
    this.#node = node;
    this.#limits = limits;
  }

  /** A connection speaks HTTP/2 from now on. */
  opened(session: ServerHttp2Session, socket: Socket): void {
    const { idleTimeout, maxRequestsPerConnection } = this.#limits;
    const state: SessionState = { socket, address: socket.remoteAddress ?? "", streams: new Set() };
    this.#sessions.set(session, state);
    let count = 0;
    session.on("close", () => this.#sessions.delete(session));
    session.on("stream", (stream) => {
      state.streams.add(stream);
      stream.on("close", () => {
        state.streams.delete(stream);
        if (session.closed) endSoon(state);
      });
      if (!stream.endAfterHeaders) this.#limitBody(stream, state);
      if (++count === maxRequestsPerConnection) this.#end(session, state);
    });
    if (idleTimeout > 0) session.setTimeout(idleTimeout, () => this.#idled(session, state));
    if (this.#draining) this.#end(session, state);
  }

  /** A connection broke, through the client's fault or because it is gone. */
  failed(error: NodeJS.ErrnoException, session: ServerHttp2Session): void {
    const remoteAddress = this.#sessions.get(session)?.address ?? "";
    if (isDeparture(error)) return;
    connectionRefused.execute({ node: this.#node, remoteAddress, reason: error.message });
  }

  /** Tells clients that no more requests are taken, and ends each connection with its last answer. */
  drain(): void {
    this.#draining = true;
    for (const [session, state] of this.#sessions) this.#end(session, state);
  }

  /** A client that reads and an answer that takes its time may be silent for as long as they like. */
  #idled(session: ServerHttp2Session, state: SessionState): void {
    if (state.streams.size === 0) this.#end(session, state);
    else if ([...state.streams].some((stream) => stream.writableLength > 0)) session.destroy();
  }

  #end(session: ServerHttp2Session, state: SessionState): void {
    session.close();
    endSoon(state);
  }

  /** Cuts a request off whose body does not come. */
  #limitBody(stream: ServerHttp2Stream, { address }: SessionState): void {
    const { requestTimeout } = this.#limits;
    if (requestTimeout === 0) return;
    const timer = setTimeout(() => {
      if (stream.destroyed || stream.state.remoteClose === 1) return;
      const reason = "The request took too long to arrive.";
      requestRefused.execute({ node: this.#node, remoteAddress: address, status: 408, reason });
      if (stream.headersSent) return stream.close(constants.NGHTTP2_CANCEL);
      stream.respond({ ":status": 408 }, { endStream: true });
      stream.close(constants.NGHTTP2_NO_ERROR);
    }, requestTimeout);
    stream.on("close", () => clearTimeout(timer));
  }
}

interface SessionState {
  readonly socket: Socket;
  /** Where it comes from; a socket forgets it when it breaks. */
  readonly address: string;
  readonly streams: Set<ServerHttp2Stream>;
}

/** Node waits for the client to close a connection that was ended. */
function endSoon({ socket, streams }: SessionState): void {
  if (streams.size > 0) return;
  const timer = setTimeout(() => socket.destroy(), linger);
  socket.on("close", () => clearTimeout(timer));
}
