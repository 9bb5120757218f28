import type { Server } from "node:http";
import type { Http2SecureServer } from "node:http2";
import { Server as NetServer, type Socket } from "node:net";
import { createHttpServer, createHttpsServer, type WebServer } from "./http-server.ts";
import { type HttpsOptions, secureContextOptions } from "./https-options.ts";
import type { DecidedLimits } from "./limits.ts";
import { listen, type Place } from "./listen.ts";
import { formatPlace } from "./places.ts";
import { type Service, serveHttp, serveHttps } from "./serve.ts";

/** The servers of an endpoint, one for each place where it listens. */
export class Servers {
  readonly #https: HttpsOptions | undefined;
  /** With HTTPS the first one speaks it. */
  readonly #secure: Http2SecureServer | undefined;
  readonly #plain: readonly Server[];
  #places: readonly Place[];

  /**
   * Makes the servers; they do not listen yet.
   *
   * @param places the main one first; with `https` it is the one that speaks HTTPS.
   * @throws one sentence if key and certificate cannot be used.
   */
  constructor(places: readonly Place[], https: HttpsOptions | undefined, limits: DecidedLimits) {
    this.#https = https;
    this.#places = places;
    this.#secure = https === undefined ? undefined : createHttpsServer(limits, secureContextOptions(https));
    this.#plain = places.slice(https === undefined ? 0 : 1).map(() => createHttpServer(limits));
    for (const server of this.#all) (server as NetServer).on("connection", closeEarly);
  }

  get #all(): readonly WebServer[] {
    return this.#secure === undefined ? this.#plain : [this.#secure, ...this.#plain];
  }

  /** Starts listening everywhere, see {@link listen}. */
  async listen(): Promise<void> {
    const places: Place[] = [];
    for (const [at, server] of this.#all.entries()) places.push(await listen(server, this.#places[at] as Place));
    this.#places = places;
  }

  /** The main place; at a Unix socket without host and port. */
  get address(): { readonly host: string; readonly port: number } {
    const place = this.#places[0] as Place;
    return "port" in place ? place : { host: "", port: 0 };
  }

  get addresses(): readonly string[] {
    return this.#places.map((place, at) => formatPlace(place, at === 0 && this.#secure !== undefined));
  }

  /** Answers what comes in. Before that, while one place listens and another does not yet, connections are closed. */
  serve(service: Service): void {
    for (const server of this.#all) server.off("connection", closeEarly);
    if (this.#secure !== undefined) serveHttps(this.#secure, service);
    for (const server of this.#plain) serveHttp(server, service);
  }

  /** Calls back when a server breaks. */
  onError(callback: (error: Error) => void): void {
    for (const server of this.#all) (server as NetServer).on("error", callback);
  }

  /** See `Endpoint.reloadCertificate`. */
  reloadCertificate(): void {
    if (this.#https !== undefined) this.#secure?.setSecureContext(secureContextOptions(this.#https));
  }

  /** Refuses new connections and resolves when the present ones, upgraded ones included, have ended. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map(closeServer));
  }
}

function closeEarly(socket: Socket): void {
  socket.destroy();
}

async function closeServer(server: WebServer): Promise<void> {
  // Connections that finish a response whose head was already written are not kept either.
  Object.assign(server, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 });
  // `server.close()` would cut off responses that are complete but not yet written.
  await new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}
