import { type CookieOptions, cookieHeader, expiredCookieHeader } from "../cookie/cookie-header.ts";
import { type SecuredCookieOptions, securedValue } from "../cookie/secured-cookie.ts";
import { ConnRequest } from "./conn-request.ts";
import {
  checkHeaderValue,
  dropHeader,
  findHeader,
  firstHeaders,
  type HeaderList,
  type HeaderSet,
  headerName,
  putHeader,
  withVary,
} from "./headers.ts";

/** The head of a conn's response as it comes together: status, headers, cookies. `Conn` adds what sends it. */
export abstract class ConnHead extends ConnRequest {
  /** The status to answer with, as far as somebody set it; what sends records the one sent. */
  status: number | undefined = undefined;

  readonly #headers: HeaderList = firstHeaders();
  #setCookies: Map<string, string> | undefined = undefined;
  #complete = false;

  /** The status to answer with, unless who answers says otherwise: 100 to 599. */
  putStatus(status: number): this {
    this.refuseIfSent();
    if (!Number.isInteger(status) || status < 100 || status > 599) {
      throw new RangeError(`${status} is no HTTP status: they go from 100 to 599 (RFC 9110, section 15)`);
    }
    this.status = status;
    return this;
  }

  /**
   * Sets a header of the response, replacing an earlier value.
   *
   * @throws if the name or the value may not stand in a response, in particular if the value has a line break.
   */
  setHeader(name: string, value: string): this {
    this.refuseIfSent();
    checkHeaderValue(name, value);
    putHeader(this.#headers, headerName(name), value);
    return this;
  }

  /** Sets several headers, as {@link Conn.setHeader}. */
  mergeHeaders(headers: Readonly<Record<string, string>>): this {
    for (const name of Object.keys(headers)) this.setHeader(name, headers[name] as string);
    return this;
  }

  /** Sets headers that were checked at start, by `headerSet()`. */
  putHeaders(set: HeaderSet): this {
    this.refuseIfSent();
    for (const [name, value] of set.entries) putHeader(this.#headers, name, value);
    return this;
  }

  /** Adds to a header that is a list, such as `link` or `server-timing`, after what it has. */
  appendHeader(name: string, value: string): this {
    return this.updateHeader(name, (present) => (present ? `${present}, ${value}` : value));
  }

  /** Adds to a header that is a list, before what it has. */
  prependHeader(name: string, value: string): this {
    return this.updateHeader(name, (present) => (present ? `${value}, ${present}` : value));
  }

  /** Sets a header by what it is so far, undefined if it was not set. */
  updateHeader(name: string, update: (present: string | undefined) => string): this {
    return this.setHeader(name, update(this.getHeader(name)));
  }

  /** Tells caches that the answer depends on a header of the request: adds its name to `vary`, if it is not there. */
  vary(requestHeader: string): this {
    return this.updateHeader("vary", (present) => withVary(present, requestHeader));
  }

  /** A header of the response, as far as it was set. */
  getHeader(name: string): string | undefined {
    return findHeader(this.#headers, name.toLowerCase());
  }

  /** Takes a header of the response back. */
  deleteHeader(name: string): this {
    this.refuseIfSent();
    dropHeader(this.#headers, name.toLowerCase());
    return this;
  }

  /**
   * Sets a cookie in the browser, replacing one of the same name set before in this response.
   *
   * With `sign` or `encrypt` the value may be any JSON, and `conn.signedCookie(name)` or `conn.encryptedCookie(name)`
   * reads it; the server accepts it for `maxAge` seconds, or for a day.
   *
   * @throws if name or options may not stand in a cookie, or if it has more than 4096 bytes, attributes included.
   * @example
   * conn.putCookie("theme", "dark", { maxAge: 365 * 24 * 60 * 60 });
   * conn.putCookie("cart", { items: [7, 9] }, { sign: true });
   */
  putCookie(name: string, value: string, options?: CookieOptions): this;
  putCookie(name: string, value: unknown, options: SecuredCookieOptions): this;
  putCookie(name: string, value: unknown, options?: CookieOptions | SecuredCookieOptions): this {
    this.refuseIfSent();
    const secured = options !== undefined && ("sign" in options || "encrypt" in options);
    const text = secured ? securedValue(this.config, name, value, options as SecuredCookieOptions) : value;
    if (typeof text !== "string") throw new TypeError(`the cookie "${name}" is no text: sign or encrypt other values`);
    this.#setCookies ??= new Map();
    this.#setCookies.set(name, cookieHeader(this.#secure, name, text, options));
    return this;
  }

  /** Makes the browser forget a cookie. Path and domain must be those it was set with. */
  deleteCookie(name: string, options?: Omit<CookieOptions, "maxAge">): this {
    this.refuseIfSent();
    this.#setCookies ??= new Map();
    this.#setCookies.set(name, expiredCookieHeader(this.#secure, name, options));
    return this;
  }

  /**
   * Adds the value of a `set-cookie` header that something else wrote, such as a handler that was forwarded to.
   *
   * @throws if it may not stand in a response.
   */
  appendSetCookie(line: string): this {
    this.refuseIfSent();
    checkHeaderValue("set-cookie", line);
    this.#setCookies ??= new Map();
    this.#setCookies.set(line, line);
    return this;
  }

  /** Whether the response was handed over, by {@link Conn.send} and its like or by somebody who wrote to `response` itself. */
  get sent(): boolean {
    return this.#complete || this.response.headersSent;
  }

  /**
   * Fixes the head: from here on the response counts as sent.
   *
   * @returns the headers as Node writes them.
   */
  protected completeHead(): (string | string[])[] {
    this.#complete = true;
    const headers: (string | string[])[] = this.#headers;
    if (this.#setCookies !== undefined) headers.push("set-cookie", [...this.#setCookies.values()]);
    return headers;
  }

  protected refuseIfSent(): void {
    if (this.#complete || this.response.headersSent) this.refuseAnswer();
  }

  protected refuseAnswer(): never {
    throw new Error(
      `${this.method} ${this.path} was already answered (with ${this.status ?? this.response.statusCode}): ` +
        "a request is answered once, and nothing of the answer can be changed after that; " +
        "halt the conn after answering in a plug",
    );
  }

  get #secure(): boolean {
    return this.config.url.scheme === "https" || this.scheme === "https";
  }
}
