import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * The connections of an endpoint, told apart by what they do, so that each can be ended in the way that hurts
 * nobody.
 *
 * `http.Server.close` is not enough: it cuts connections off whose response is complete but not yet
 * written, and it knows nothing of upgraded sockets.
 */
export class Connections {
  /** Every TCP or Unix connection, whatever it speaks and how far it is. */
  readonly #open = new Set<Socket>();
  /** What speaks HTTP/1, with the last response that is being made or written; null while it waits for a request. */
  readonly #http = new Map<Socket, ServerResponse | null>();
  /** TCP connections that have not agreed on TLS yet, by the address of their other end. */
  readonly #handshaking = new Map<string, Socket>();
  /** Connections that were told why they are closed; nothing that still comes over them counts. */
  readonly #refused = new Set<Socket>();
  /** Connections over HTTP/1 whose client was told that the answer which it waits for is the last. */
  readonly #closing = new Set<Socket>();
  /** Requests so far, if they are limited. */
  readonly #requests = new WeakMap<Socket, number>();
  readonly #maxRequests: number;
  readonly #forget: (this: Socket) => void;
  readonly #onResponseClose: (this: ServerResponse) => void;
  #draining = false;

  /** @param maxRequests requests that one connection may have, over HTTP/1. */
  constructor(maxRequests = Number.POSITIVE_INFINITY) {
    this.#maxRequests = maxRequests;
    const open = this.#open;
    const http = this.#http;
    const refused = this.#refused;
    const closing = this.#closing;
    this.#forget = function (this: Socket) {
      open.delete(this);
      http.delete(this);
      refused.delete(this);
      closing.delete(this);
    };
    this.#onResponseClose = function (this: ServerResponse) {
      const { socket } = this.req;
      if (http.get(socket) === this) http.set(socket, null);
    };
  }

  /** Whether what arrives now arrives too late to be kept alive. */
  get draining(): boolean {
    return this.#draining;
  }

  get size(): number {
    return this.#open.size - this.#refused.size;
  }

  /** A client has connected, and speaks HTTP/1 at once. */
  opened(socket: Socket): void {
    this.#open.add(socket);
    this.#http.set(socket, null);
    socket.on("close", this.#forget);
  }

  /** A client has connected that has to agree on TLS first. */
  openedSecure(socket: Socket): void {
    const end = otherEnd(socket);
    this.#open.add(socket);
    this.#handshaking.set(end, socket);
    socket.on("close", () => {
      this.#open.delete(socket);
      if (this.#handshaking.get(end) === socket) this.#handshaking.delete(end);
    });
  }

  /** TLS is agreed on; `http` says whether HTTP/1 is what will be spoken. */
  secured(socket: Socket, http: boolean): void {
    this.#handshaking.delete(otherEnd(socket));
    if (this.#draining) socket.destroy();
    else if (http) {
      this.#http.set(socket, null);
      socket.on("close", this.#forget);
    }
  }

  /**
   * A request has arrived over HTTP/1 whose answer is `response`.
   *
   * @returns false if it must not be handled: its connection is to be closed after an earlier answer, or was refused.
   */
  requested(response: ServerResponse): boolean {
    const { socket } = response.req;
    const earlier = this.#http.get(socket);
    if (earlier === undefined) return false;
    // RFC 9112, section 9.6: after an answer with `close` nothing more is answered, so nothing may be done either.
    if (this.#closing.size > 0 && this.#closing.has(socket)) return false;
    if (this.#draining || this.#isLast(socket)) this.#announceClose(socket, response);
    this.#http.set(socket, response);
    response.on("close", this.#onResponseClose);
    return true;
  }

  /** The last response that a connection over HTTP/1 still owes, if there is one. */
  pending(socket: Socket): ServerResponse | undefined {
    return this.#http.get(socket) ?? undefined;
  }

  /** Calls back when all that was asked for over a connection is answered; at once if nothing is owed. */
  afterAnswers(socket: Socket, callback: () => void): void {
    const pending = this.pending(socket);
    if (pending === undefined) callback();
    else pending.once("close", callback);
  }

  /** The answer that is being made is the last one of its connection. */
  closing(socket: Socket): void {
    if (this.#http.has(socket)) this.#closing.add(socket);
  }

  isClosing(socket: Socket): boolean {
    return this.#closing.has(socket);
  }

  /** Nothing that comes over this connection counts any more. */
  refused(socket: Socket): void {
    this.#http.delete(socket);
    this.#refused.add(socket);
  }

  isRefused(socket: Socket): boolean {
    return this.#refused.has(socket);
  }

  /** A connection speaks another protocol from now on. */
  upgraded(socket: Socket): void {
    this.#http.delete(socket);
  }

  /**
   * What to do about a connection on which nothing has moved for long: one that waits for a request, or whose client
   * does not read, is at an end; one whose answer takes its time is not.
   */
  idled(socket: Socket): void {
    if (this.pending(socket) === undefined || socket.writableLength > 0) socket.destroy();
  }

  /** Makes {@link Connections.idled} be asked about connections that have something to write. */
  watchSlowReaders(milliseconds: number): void {
    for (const [socket, response] of this.#http) {
      if (response !== null && socket.writableLength > 0 && !socket.timeout) socket.setTimeout(milliseconds);
    }
  }

  /** Ends connections that wait for a request; the others end with the response that they are at. */
  drain(): void {
    this.#draining = true;
    for (const [socket, response] of this.#http) {
      if (response === null) socket.destroy();
      else if (!response.headersSent) this.#announceClose(socket, response);
    }
    for (const socket of this.#handshaking.values()) socket.destroy();
    for (const socket of this.#refused) socket.destroy();
  }

  /** Cuts off whatever is still open. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #isLast(socket: Socket): boolean {
    if (this.#maxRequests === Number.POSITIVE_INFINITY) return false;
    const count = (this.#requests.get(socket) ?? 0) + 1;
    this.#requests.set(socket, count);
    return count >= this.#maxRequests;
  }

  /** Makes a response the last of its connection. */
  #announceClose(socket: Socket, response: ServerResponse): void {
    this.closing(socket);
    response.setHeader("connection", "close");
  }
}

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
