import { stringifySetCookie } from "cookie";

/** How a cookie is kept. Absent options: path `/`, `HttpOnly`, `SameSite=Lax`, `Secure` where the site is https. */
export interface CookieOptions {
  /** Seconds; absent, the cookie ends with the browser. */
  readonly maxAge?: number;
  readonly path?: string;
  readonly domain?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
  readonly sameSite?: "strict" | "lax" | "none";
  /** Keeps a cookie of an embedded page apart for each site that embeds it (CHIPS). */
  readonly partitioned?: boolean;
}

/**
 * The `set-cookie` header that makes a browser keep a cookie; the value is percent-encoded where needed.
 *
 * @param secure whether the cookie is `Secure` unless the options say otherwise.
 * @throws if name or options cannot stand in a cookie, or make one that browsers drop: larger than they keep, or
 * of a kind that has to be `Secure` and is not.
 */
export function cookieHeader(secure: boolean, name: string, value: string, options?: CookieOptions): string {
  const attributes = { ...defaults, secure, ...options };
  const weakness = secureOnly(name, attributes);
  if (weakness !== undefined) throw new Error(`browsers drop the cookie "${name}": ${weakness}`);
  // A text may hold half of a surrogate pair, which has no UTF-8 and so no percent-encoding.
  const header = stringifySetCookie({ ...attributes, name, value: value.toWellFormed() });
  if (Buffer.byteLength(header) > maxBytes) {
    throw new Error(
      `the cookie "${name}" has ${Buffer.byteLength(header)} bytes, and browsers drop one of more than ${maxBytes} ` +
        "(RFC 6265, section 6.1): keep the data on the server and only its id in the cookie or session",
    );
  }
  return header;
}

/** The `set-cookie` header that makes a browser forget a cookie. */
export function expiredCookieHeader(secure: boolean, name: string, options?: Omit<CookieOptions, "maxAge">): string {
  return stringifySetCookie({ ...defaults, secure, ...options, name, value: "", maxAge: 0, expires: new Date(0) });
}

const maxBytes = 4096;
const defaults = { path: "/", httpOnly: true, sameSite: "lax" } as const;

/** What a cookie breaks of the rules of RFC 6265bis, sections 4.1.2.7 and 4.1.3, and of CHIPS, or undefined. */
function secureOnly(name: string, { secure, sameSite, partitioned, path, domain }: CookieOptions): string | undefined {
  const lowered = name.toLowerCase();
  const hostOnly = lowered.startsWith("__host-");
  if (hostOnly && (path !== "/" || domain !== undefined)) {
    return "a name that begins with __Host- needs the path / and no domain";
  }
  if (secure === true) return undefined;
  const reason = [
    hostOnly || lowered.startsWith("__secure-") ? "its name" : undefined,
    sameSite === "none" ? "sameSite: none" : undefined,
    partitioned === true ? "partitioned" : undefined,
  ].find((given) => given !== undefined);
  return reason && `${reason} needs secure: true, and a site that is https (or localhost)`;
}
