import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * The sockets of a server, told apart by what they do, so that each can be ended in the way that hurts
 * nobody.
 *
 * `http.Server.close` is not enough: it cuts connections off whose response is complete but not yet
 * written, and it knows nothing of upgraded sockets.
 */
export class Connections {
  /** The response that is being made or written on each connection that speaks HTTP. */
  readonly #http = new Map<Socket, ServerResponse | undefined>();
  readonly #upgraded = new Set<Socket>();
  readonly #onSocketClose: (this: Socket) => void;
  readonly #onResponseClose: (this: ServerResponse) => void;
  #draining = false;

  constructor() {
    const http = this.#http;
    const upgraded = this.#upgraded;
    this.#onSocketClose = function (this: Socket) {
      http.delete(this);
      upgraded.delete(this);
    };
    this.#onResponseClose = function (this: ServerResponse) {
      const { socket } = this.req;
      if (http.get(socket) === this) http.set(socket, undefined);
    };
  }

  /** Whether what arrives now arrives too late to be kept alive. */
  get draining(): boolean {
    return this.#draining;
  }

  get size(): number {
    return this.#http.size + this.#upgraded.size;
  }

  /** A client has connected. */
  opened(socket: Socket): void {
    this.#http.set(socket, undefined);
    socket.on("close", this.#onSocketClose);
  }

  /** A request has arrived whose answer is `response`. */
  requested(response: ServerResponse): void {
    this.#http.set(response.req.socket, response);
    response.on("close", this.#onResponseClose);
    if (this.#draining) response.setHeader("connection", "close");
  }

  /** A connection speaks another protocol from now on. */
  upgraded(socket: Socket): void {
    this.#http.delete(socket);
    this.#upgraded.add(socket);
  }

  /** Ends connections that wait for a request; the others end with the response that they are at. */
  drain(): void {
    this.#draining = true;
    for (const [socket, response] of this.#http) {
      if (response === undefined) socket.destroy();
      else if (!response.headersSent) response.setHeader("connection", "close");
    }
  }

  /** Cuts off whatever is still open. */
  destroy(): void {
    for (const socket of this.#http.keys()) socket.destroy();
    for (const socket of this.#upgraded) socket.destroy();
  }
}
