import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { parseCookie } from "cookie";
import type { Node } from "../../process/index.ts";
import type { ServerConfig } from "../config.ts";
import { readEncryptedCookie, readSignedCookie } from "../cookie/secured-cookie.ts";
import { emptyParams, type Params } from "../params.ts";
import { decodeQuery } from "../query.ts";
import { clientSignal } from "./client-signal.ts";
import { authorityOf, originForm, type RequestOrigin } from "./request-target.ts";

/** The request's half of a conn: everything that came from the client. `Conn` adds the answer. */
export abstract class ConnRequest {
  readonly node: Node;
  readonly config: ServerConfig;
  /** Node's own request, for what is not here: `httpVersion`, `socket`, the body as a stream. */
  readonly request: IncomingMessage;
  /** Node's own response. What is written to it directly passes by `beforeSend` and by the conn's headers. */
  readonly response: ServerResponse;
  /** Upper-case. The router reads it, so a plug before the router may override it. */
  method: string;
  /** The pathname as it came, percent-encoded, without the query. */
  readonly requestPath: string;
  /** The same; behind a router that has forwarded, what is left of it. */
  readonly path: string;
  /** What stands after the `?`, undecoded; empty if there is none. */
  readonly queryString: string;

  #origin: Partial<RequestOrigin> | undefined = undefined;
  #pathParams: Record<string, string> | undefined = undefined;
  #queryParams: Params | undefined = undefined;
  #bodyParams: Params | undefined = undefined;
  #params: Params | undefined = undefined;
  #cookies: Record<string, string | undefined> | undefined = undefined;
  #signal: AbortSignal | undefined = undefined;

  constructor(node: Node, config: ServerConfig, request: IncomingMessage, response: ServerResponse) {
    this.node = node;
    this.config = config;
    this.request = request;
    this.response = response;
    this.method = request.method ?? "GET";
    const target = originForm(request.url ?? "/");
    const mark = target.indexOf("?");
    this.requestPath = mark === -1 ? target : target.slice(0, mark);
    this.path = this.requestPath;
    this.queryString = mark === -1 ? "" : target.slice(mark + 1);
  }

  /** How the request came: the connection's own scheme, unless {@link ConnRequest.overrideOrigin} said otherwise. */
  get scheme(): "http" | "https" {
    return this.#origin?.scheme ?? ((this.request.socket as Partial<TLSSocket>).encrypted === true ? "https" : "http");
  }

  /**
   * The host that the client asked for, lower-case, without port; the configured one if it named none.
   *
   * **The client chooses it.** Links that leave the page, as in mails, begin with `config.url` instead.
   *
   * @throws HttpError 400 if it cannot be the name of a host.
   */
  get host(): string {
    return this.#origin?.host ?? authorityOf(this.request)?.host ?? this.config.url.host;
  }

  /** The port that the client asked for, its scheme's own if it named none. */
  get port(): number {
    if (this.#origin?.port !== undefined) return this.#origin.port;
    const authority = authorityOf(this.request);
    return authority === undefined ? this.config.url.port : (authority.port ?? defaultPort(this.scheme));
  }

  /** The address at the other end of the TCP connection: the client's, or that of the last proxy. */
  get remoteAddress(): string {
    return this.#origin?.remoteAddress ?? this.request.socket.remoteAddress ?? "";
  }

  /**
   * Replaces what the connection says of where the request came from and went to. For plugs that know better because
   * they **trust the proxy** that forwarded the request; anybody can send the headers that proxies send.
   */
  overrideOrigin(origin: Partial<RequestOrigin>): this {
    this.#origin = { ...this.#origin, ...origin };
    return this;
  }

  /** Path and query as they came: `/posts?page=2`. */
  get fullPath(): string {
    return this.queryString === "" ? this.requestPath : `${this.requestPath}?${this.queryString}`;
  }

  /** The whole URL as the client asked for it: `https://example.org/posts?page=2`. See the warning at `host`. */
  get requestUrl(): string {
    const { scheme, host, port } = this;
    return `${scheme}://${host}${port === defaultPort(scheme) ? "" : `:${port}`}${this.fullPath}`;
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

  /** The request's cookies by name, on an object without a prototype. Of two with the same name, the first. */
  get cookies(): Record<string, string | undefined> {
    this.#cookies ??= parseCookie(this.request.headers.cookie ?? "");
    return this.#cookies;
  }

  /**
   * What `putCookie` signed under a name; undefined if there is no such cookie, or it is forged or too old.
   *
   * @typeParam Value what was signed; since only this server signs, it is believed without a look.
   */
  signedCookie<Value = unknown>(name: string): Value | undefined {
    return readSignedCookie(this.config, name, this.cookies[name]) as Value | undefined;
  }

  /** What `putCookie` encrypted under a name; undefined as with {@link ConnRequest.signedCookie}. */
  encryptedCookie<Value = unknown>(name: string): Value | undefined {
    return readEncryptedCookie(this.config, name, this.cookies[name]) as Value | undefined;
  }

  /** A header of the request, by its name in any case; what came on several lines is joined by commas. */
  requestHeader(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : undefined;
  }

  /** Every line of a header as it came, also of those that may stand only once. */
  requestHeaders(name: string): string[] {
    const wanted = name.toLowerCase();
    const { rawHeaders } = this.request;
    return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === wanted);
  }

  /**
   * Aborted, with a `ClientGoneError`, when the client goes away before all of the answer was handed over. Give it to
   * what the answer waits for: `fetch(url, { signal: conn.signal })`.
   */
  get signal(): AbortSignal {
    this.#signal ??= clientSignal(this.response);
    return this.#signal;
  }

  #mergeParams(): Params {
    const path = this.pathParams;
    if (this.#bodyParams === undefined && this.queryString === "") return path;
    return Object.assign(emptyParams(), this.queryParams, this.#bodyParams, path);
  }
}

function defaultPort(scheme: string): number {
  return scheme === "https" ? 443 : 80;
}
