import type { IncomingMessage, ServerResponse } from "node:http";
import { parseCookie } from "cookie";
import type { Node } from "../process/index.ts";
import type { ServerConfig } from "./config.ts";
import { type CookieOptions, cookieHeader, expiredCookieHeader } from "./cookie-header.ts";
import type { Flash } from "./flash.ts";
import { checkHeaderValue, firstHeaders, type HeaderSet, type Headers, headerName } from "./headers.ts";
import { emptyParams, type Params } from "./params.ts";
import { decodeQuery } from "./query.ts";
import type { Session } from "./session.ts";

/**
 * One request and the response to it, on its way through the plugs.
 *
 * It changes in place and belongs to one request. What costs something is worked out when first asked for:
 * cookies, query, params. Nothing is written before {@link Conn.send}.
 */
export class Conn {
  readonly node: Node;
  readonly config: ServerConfig;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Upper-case. The router reads it, so a plug before the router may override it. */
  method: string;
  /** The pathname as it came, percent-encoded, without the query. */
  readonly path: string;
  /** What stands after the `?`, undecoded; empty if there is none. */
  readonly queryString: string;
  /** Values of the application, such as the current user. */
  readonly assigns: Record<string, unknown> = {};
  /** The status to answer with, as far as somebody set it; `send` records the one sent. */
  status: number | undefined = undefined;
  /** What the client wants to read, chosen by `accepts()`: `html`, `json`, … */
  format: string | undefined = undefined;
  /** Names the request in logs, set by `requestId()`. */
  requestId: string | undefined = undefined;

  #headers: Headers = firstHeaders();
  #responseCookies: Map<string, string> | undefined = undefined;
  #beforeSend: ((conn: Conn) => void)[] | undefined = undefined;
  #halted = false;
  #sent = false;
  #pathParams: Record<string, string> | undefined = undefined;
  #queryParams: Params | undefined = undefined;
  #bodyParams: Params | undefined = undefined;
  #params: Params | undefined = undefined;
  #cookies: Record<string, string | undefined> | undefined = undefined;
  #session: Session | undefined = undefined;
  #flash: Flash | undefined = undefined;
  readonly #private: Record<symbol, unknown> = {};

  /** The endpoint makes one per request. */
  constructor(node: Node, config: ServerConfig, request: IncomingMessage, response: ServerResponse) {
    this.node = node;
    this.config = config;
    this.request = request;
    this.response = response;
    this.method = request.method ?? "GET";
    const target = originForm(request.url ?? "/");
    const mark = target.indexOf("?");
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.queryString = mark === -1 ? "" : target.slice(mark + 1);
  }

  /** The host that the client asked for, lower-case, without port; the configured one if it named none. */
  get host(): string {
    const host = this.request.headers.host;
    return host ? host.replace(/:\d*$/, "").toLowerCase() : this.config.url.host;
  }

  /** The address at the other end of the TCP connection: the client's, or that of the last proxy. */
  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? "";
  }

  /** The decoded segments that the route names; set by the router. */
  get pathParams(): Record<string, string> {
    this.#pathParams ??= Object.create(null) as Record<string, string>;
    return this.#pathParams;
  }
  set pathParams(params: Record<string, string>) {
    this.#pathParams = params;
    this.#params = undefined;
  }

  /**
   * The decoded query, see {@link decodeQuery}.
   *
   * @throws HttpError 400 if it is malformed.
   */
  get queryParams(): Params {
    this.#queryParams ??= decodeQuery(this.queryString);
    return this.#queryParams;
  }

  /** The decoded body; undefined unless `parseBody()` ran and knew the content type. */
  get bodyParams(): Params | undefined {
    return this.#bodyParams;
  }
  set bodyParams(params: Params | undefined) {
    this.#bodyParams = params;
    this.#params = undefined;
  }

  /**
   * Path, body and query params in one; of two with the same key, path goes before body before query.
   *
   * @throws HttpError 400 if the query is malformed.
   */
  get params(): Params {
    this.#params ??= this.#mergeParams();
    return this.#params;
  }

  /** The request's cookies by name. */
  get cookies(): Record<string, string | undefined> {
    this.#cookies ??= parseCookie(this.request.headers.cookie ?? "");
    return this.#cookies;
  }

  /** A header of the request, by its name in any case. */
  requestHeader(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : undefined;
  }

  /**
   * Sets a header of the response, replacing an earlier value.
   *
   * @throws if the name or the value may not stand in a response, in particular if the value has a line break.
   */
  setHeader(name: string, value: string): this {
    checkHeaderValue(name, value);
    this.#headers[headerName(name)] = value;
    return this;
  }

  /** Sets headers that were checked at start, by `headerSet()`. */
  putHeaders(set: HeaderSet): this {
    for (const [name, value] of set.entries) this.#headers[name] = value;
    return this;
  }

  /** A header of the response, as far as it was set. */
  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()] as string | undefined;
  }

  /** Takes a header of the response back. */
  deleteHeader(name: string): this {
    delete this.#headers[name.toLowerCase()];
    return this;
  }

  /**
   * Sets a cookie in the browser, replacing one of the same name set before in this response.
   *
   * @throws if name or options may not stand in a cookie, or if it has more than 4096 bytes, attributes included.
   */
  putCookie(name: string, value: string, options?: CookieOptions): this {
    this.#responseCookies ??= new Map();
    this.#responseCookies.set(name, cookieHeader(this.config, name, value, options));
    return this;
  }

  /** Makes the browser forget a cookie. Path and domain must be those it was set with. */
  deleteCookie(name: string, options?: Pick<CookieOptions, "path" | "domain">): this {
    this.#responseCookies ??= new Map();
    this.#responseCookies.set(name, expiredCookieHeader(this.config, name, options));
    return this;
  }

  /** Whether the rest of the pipeline is to be skipped. */
  get halted(): boolean {
    return this.#halted;
  }

  /** Skips the rest of the pipeline; whoever halts has answered. */
  halt(): this {
    this.#halted = true;
    return this;
  }

  /** Whether the response's head is written, by {@link Conn.send} or by somebody who wrote to `response` itself. */
  get sent(): boolean {
    return this.#sent || this.response.headersSent;
  }

  /**
   * Calls back right before the head is written, the last registered first. Each is called once, even where
   * one throws and an error page is sent instead.
   */
  beforeSend(callback: (conn: Conn) => void): void {
    this.#beforeSend ??= [];
    this.#beforeSend.push(callback);
  }

  /**
   * Answers: writes the head and the whole body. Halts nothing by itself. Unless `cache-control` was set, caches
   * are told to keep the answer to the visitor and to ask again.
   *
   * @param body texts go out as UTF-8; left out for HEAD and for statuses that have none.
   * @throws if the response is already sent, and what `beforeSend` callbacks throw, before anything is written.
   */
  send(status: number, body: string | Uint8Array): void {
    this.#refuseSecondAnswer();
    this.status = status;
    while (this.#beforeSend !== undefined && this.#beforeSend.length > 0) this.#beforeSend.pop()?.(this);
    this.#refuseSecondAnswer();
    this.#sent = true;
    const headers = this.#headers;
    if (this.#responseCookies !== undefined) headers["set-cookie"] = [...this.#responseCookies.values()];
    // RFC 9110, sections 8.6 and 15.4.5: these statuses have no body, and no length of one that could be relied on.
    const bodyless = this.status === 204 || this.status === 304 || this.status < 200;
    const length = Buffer.byteLength(body);
    if (!bodyless) headers["content-length"] = String(length);
    this.response.writeHead(this.status, headers);
    if (bodyless || this.request.method === "HEAD") this.response.end();
    // A text of as many bytes as characters is ASCII, which Node writes faster as what it is.
    else if (length === body.length && typeof body === "string") this.response.end(body, "latin1");
    else this.response.end(body);
  }

  /**
   * What is remembered of the visitor.
   *
   * @throws unless `fetchSession()` ran.
   */
  get session(): Session {
    return this.#session ?? this.#missing("session", "fetchSession()", "anqa/plug");
  }

  /** Called by the plug that provides the session. */
  installSession(session: Session): void {
    this.#session = session;
  }

  /** Whether `fetchSession()` ran, for those who can do without. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /**
   * Messages for the next page.
   *
   * @throws unless `fetchFlash()` ran.
   */
  get flash(): Flash {
    return this.#flash ?? this.#missing("flash", "fetchFlash()", "anqa/controller");
  }

  /** Called by the plug that provides the flash. */
  installFlash(flash: Flash): void {
    this.#flash = flash;
  }

  /** Whether `fetchFlash()` ran, for those who can do without. */
  get hasFlash(): boolean {
    return this.#flash !== undefined;
  }

  /** What {@link Conn.putPrivate} put under a key, or undefined. */
  getPrivate(key: symbol): unknown {
    return this.#private[key];
  }

  /** Keeps a value for a library's own use, apart from the application's `assigns`. */
  putPrivate(key: symbol, value: unknown): void {
    this.#private[key] = value;
  }

  #mergeParams(): Params {
    const path = this.pathParams;
    if (this.#bodyParams === undefined && this.queryString === "") return path;
    return Object.assign(emptyParams(), this.queryParams, this.#bodyParams, path);
  }

  #refuseSecondAnswer(): void {
    if (this.sent) {
      throw new Error(
        `${this.method} ${this.path} was already answered (with ${this.status ?? this.response.statusCode}): ` +
          "a request is answered once; halt the conn after answering in a plug",
      );
    }
  }

  #missing(what: string, plug: string, from: string): never {
    throw new Error(
      `${this.method} ${this.path} asked for conn.${what}, but no plug provided it: ` +
        `put ${plug} (from "${from}") into the pipeline of this route, before what needs it`,
    );
  }
}

/** The path and query of a request target, which proxies may send in absolute form (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/") || target === "*" || !URL.canParse(target)) return target;
  const url = new URL(target);
  return url.pathname + url.search;
}
