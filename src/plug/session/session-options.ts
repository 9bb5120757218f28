import type { CookieOptions } from "../cookie/cookie-header.ts";
import type { SessionStoreOption } from "./session-store.ts";

/**
 * How sessions are kept: in their cookie, signed; in their cookie, encrypted; or on the server, in a store.
 */
export interface SessionOptions {
  /**
   * The cookie's name; `_anqa_key` if absent. With the prefix `__Host-` browsers make sure that no subdomain and no
   * connection without TLS sets the cookie: the best choice for a site of its own host under https.
   */
  readonly name?: string;
  /** Hides what a session holds from the visitor: the cookie is encrypted, instead of signed only. */
  readonly encrypt?: boolean;
  /**
   * Keeps what sessions hold on the server, and only a random id in the cookie. For what is too large for a cookie,
   * and where a session must be over at once when it is dropped: a cookie that was copied stays valid for its age.
   */
  readonly store?: SessionStoreOption;
  /**
   * Seconds after which a session that was not written again is over, in the browser and on the server.
   * Absent, it ends with the browser; a store forgets it 14 days after it was last written.
   */
  readonly maxAge?: number;
  /** Writes sessions in use again when half their age has passed, so that only those not in use end. Needs `maxAge`. */
  readonly sliding?: boolean;
  /** When a browser sends the cookie along with requests from other sites; `lax` if absent. */
  readonly sameSite?: "strict" | "lax" | "none";
  /** The domain whose subdomains share the session; absent, it belongs to the host alone. */
  readonly domain?: string;
  /** The path below which the session exists; `/` if absent. */
  readonly path?: string;
  /** Whether the cookie travels by https only; absent, it does where `config.url` is https, or its options demand it. */
  readonly secure?: boolean;
}

/** Options of sessions, checked, with everything decided that does not change from request to request. */
export interface SessionSettings {
  readonly name: string;
  /** What keys of the cookie derive from: a session made for one cookie is worthless in another of the application. */
  readonly salt: string;
  readonly purpose: "sign" | "encrypt";
  readonly store: SessionStoreOption | undefined;
  /** Seconds, `Infinity` if a cookie has none. */
  readonly maxAge: number;
  /** The age in seconds from which a session in use is written again. */
  readonly refreshAge: number;
  readonly cookie: CookieOptions;
  /** Path and domain, to delete the cookie with. */
  readonly scope: Pick<CookieOptions, "path" | "domain">;
}

/**
 * The settings of options, or of the defaults; those of the same object are worked out once.
 *
 * @throws if options contradict each other or browsers would not keep such a cookie.
 */
export function sessionSettings(options: SessionOptions = defaults): SessionSettings {
  let settings = known.get(options);
  if (settings === undefined) {
    settings = settle(options);
    known.set(options, settings);
  }
  return settings;
}

/**
 * Looks at options before anybody uses them.
 *
 * @throws if they contradict each other or browsers would not keep such a cookie.
 */
export function checkSessionOptions(options: SessionOptions | undefined): void {
  sessionSettings(options);
}

const defaults: SessionOptions = Object.freeze({});
const known = new WeakMap<SessionOptions, SessionSettings>();
const storedDays = 14;
/** What browsers shorten longer ages to: 400 days (RFC 6265bis, section 5.5). */
const longestMaxAge = 400 * 24 * 60 * 60;

function settle(options: SessionOptions): SessionSettings {
  const { name = "_anqa_key", store, sameSite = "lax", path = "/", maxAge } = options;
  check(name, options);
  const secure = options.secure ?? (/^__(?:Host|Secure)-/i.test(name) || sameSite === "none" ? true : undefined);
  const scope = { path, ...(options.domain === undefined ? {} : { domain: options.domain }) };
  const lifetime = maxAge ?? (store === undefined ? Infinity : storedDays * 24 * 60 * 60);
  return {
    name,
    salt: `anqa session ${name}`,
    purpose: options.encrypt ? "encrypt" : "sign",
    store,
    maxAge: lifetime,
    refreshAge: options.sliding ? lifetime / 2 : Infinity,
    cookie: {
      ...scope,
      sameSite,
      ...(secure === undefined ? {} : { secure }),
      // How long an id is good for its store decides, so that the cookie is written only with a new one.
      ...(maxAge === undefined ? {} : { maxAge: store === undefined ? maxAge : longestMaxAge }),
    },
    scope,
  };
}

function check(name: string, options: SessionOptions): void {
  const { encrypt, store, maxAge, sliding, sameSite, domain, path = "/", secure } = options;
  const wrong = (what: string) => new Error(`the session options of the cookie "${name}": ${what}`);
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw wrong("this name cannot be a cookie's (RFC 6265, section 4.1.1)");
  if (encrypt && store !== undefined) {
    throw wrong("with a store the cookie holds nothing but a random id, which needs no encryption: leave encrypt out");
  }
  if (maxAge !== undefined && (!Number.isInteger(maxAge) || maxAge < 1)) {
    throw wrong(`maxAge is ${maxAge}, but has to be a whole number of seconds above 0`);
  }
  if (sliding && maxAge === undefined && store === undefined) throw wrong("sliding needs a maxAge to start again");
  if (/^__Host-/i.test(name) && (domain !== undefined || path !== "/")) {
    throw wrong("browsers refuse the prefix __Host- together with a domain or a path: leave them out");
  }
  if (/^__(?:Host|Secure)-/i.test(name) && secure === false) {
    throw wrong("browsers refuse this prefix without Secure: leave secure out");
  }
  if (sameSite === "none" && secure === false) {
    throw wrong('browsers refuse sameSite "none" without Secure: leave secure out');
  }
  if (!/^\/[!-:<-~]*$/.test(path)) throw wrong(`${JSON.stringify(path)} is no path`);
  if (domain !== undefined && !/^[a-z0-9.-]+$/i.test(domain)) throw wrong(`${JSON.stringify(domain)} is no domain`);
}
