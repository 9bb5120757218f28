import { stringifySetCookie } from "cookie";
import type { ServerConfig } from "./config.ts";

/** How a cookie is kept. Absent options: path `/`, `HttpOnly`, `SameSite=Lax`, `Secure` where the site is https. */
export interface CookieOptions {
  /** Seconds; absent, the cookie ends with the browser. */
  readonly maxAge?: number;
  readonly path?: string;
  readonly domain?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
  readonly sameSite?: "strict" | "lax" | "none";
}

/**
 * The `set-cookie` header that makes a browser keep a cookie; the value is percent-encoded where needed.
 *
 * @throws if name or options cannot stand in a cookie, or if it is larger than browsers keep.
 */
export function cookieHeader(config: ServerConfig, name: string, value: string, options?: CookieOptions): string {
  const header = stringifySetCookie({ ...defaults(config), ...options, name, value });
  if (Buffer.byteLength(header) > maxBytes) {
    throw new Error(
      `the cookie "${name}" has ${Buffer.byteLength(header)} bytes, and browsers drop one of more than ${maxBytes} ` +
        "(RFC 6265, section 6.1): keep the data on the server and only its id in the cookie or session",
    );
  }
  return header;
}

/** The `set-cookie` header that makes a browser forget a cookie. */
export function expiredCookieHeader(
  config: ServerConfig,
  name: string,
  options?: Pick<CookieOptions, "path" | "domain">,
): string {
  return stringifySetCookie({ ...defaults(config), ...options, name, value: "", maxAge: 0, expires: new Date(0) });
}

const maxBytes = 4096;

function defaults(config: ServerConfig) {
  return { path: "/", httpOnly: true, sameSite: "lax", secure: config.url.scheme === "https" } as const;
}
