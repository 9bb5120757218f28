import { parseSetCookie } from "cookie";

/** A cookie as a response sets it (RFC 6265, section 4.1). */
export interface ResponseCookie {
  readonly name: string;
  /** Decoded. */
  readonly value: string;
  /** Seconds; 0 or less makes browsers forget it. */
  readonly maxAge?: number;
  readonly expires?: Date;
  readonly path?: string;
  readonly domain?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
  readonly sameSite?: "strict" | "lax" | "none";
  readonly partitioned?: boolean;
}

/**
 * The cookies that a visitor has, as a browser keeps them: by name and path. A jar never changes, what changes it gives
 * another one.
 *
 * It serves one site. The flags `Secure` and `HttpOnly` and the domain make no difference here.
 */
export class CookieJar {
  readonly #cookies: readonly JarCookie[];

  constructor(cookies: readonly JarCookie[] = []) {
    this.#cookies = cookies;
  }

  /** Puts a cookie in by hand, sent to every path. */
  put(name: string, value: string): CookieJar {
    return this.#with({ name, text: encodeURIComponent(value), path: "/" });
  }

  /** Takes all cookies of a name out. */
  delete(name: string): CookieJar {
    return new CookieJar(this.#cookies.filter((cookie) => cookie.name !== name));
  }

  /**
   * Takes in what a response sets, and out what it expires.
   *
   * @param requestPath the path that was asked for: where a cookie without a path belongs (RFC 6265, section 5.1.4).
   */
  receive(headers: Headers, requestPath: string): CookieJar {
    return headers.getSetCookie().reduce<CookieJar>((jar, line) => jar.#receive(line, requestPath), this);
  }

  /** The `cookie` header of a request, the longest paths first (RFC 6265, section 5.4); undefined if there are none. */
  header(requestPath: string): string | undefined {
    const fitting = this.#cookies
      .filter(({ path }) => pathMatches(requestPath, path))
      .toSorted((one, other) => other.path.length - one.path.length);
    return fitting.length === 0 ? undefined : fitting.map(({ name, text }) => `${name}=${text}`).join("; ");
  }

  /** Names and values of all cookies, decoded. */
  get values(): Record<string, string> {
    return Object.fromEntries(this.#cookies.map(({ name, text }) => [name, decode(text)]));
  }

  #receive(line: string, requestPath: string): CookieJar {
    const { name, value = "", path, maxAge, expires } = parseSetCookie(line, { decode: (text) => text });
    const cookie = { name, text: value, path: path?.startsWith("/") ? path : defaultPath(requestPath) };
    const expired = maxAge === undefined ? expires !== undefined && expires.getTime() <= Date.now() : maxAge <= 0;
    return expired ? new CookieJar(this.#others(cookie)) : this.#with(cookie);
  }

  #with(cookie: JarCookie): CookieJar {
    return new CookieJar([...this.#others(cookie), cookie]);
  }

  #others({ name, path }: JarCookie): JarCookie[] {
    return this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
  }
}

/** The cookies that a response sets, by name. */
export function responseCookies(headers: Headers): Record<string, ResponseCookie> {
  const cookies = headers.getSetCookie().map((line) => parseSetCookie(line) as ResponseCookie);
  return Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie]));
}

interface JarCookie {
  readonly name: string;
  /** The value as it is sent. */
  readonly text: string;
  readonly path: string;
}

/** RFC 6265, section 5.1.4. */
function pathMatches(requestPath: string, path: string): boolean {
  return requestPath === path || requestPath.startsWith(path.endsWith("/") ? path : `${path}/`);
}

function defaultPath(requestPath: string): string {
  return requestPath.slice(0, requestPath.lastIndexOf("/")) || "/";
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
