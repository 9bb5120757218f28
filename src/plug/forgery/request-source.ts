import type { Conn } from "../conn.ts";

/**
 * Says why a request looks as if a page of another site had made it; undefined if it does not. Browsers say where a request
 * comes from, and no page can make them say something else: in `sec-fetch-site` (Fetch Metadata), or if they are older or
 * the site is not https, in `origin` (RFC 6454). What says neither is no browser, or an old one.
 *
 * @param isTrusted whether pages of an origin may send requests here.
 */
export function foreignSource(conn: Conn, isTrusted: (origin: string) => boolean): string | undefined {
  const site = conn.requestHeader("sec-fetch-site");
  if (site === "same-origin" || site === "none") return undefined;
  const origin = conn.requestHeader("origin");
  if (origin !== undefined && isTrusted(origin)) return undefined;
  if (site === undefined && (origin === undefined || isOwnOrigin(conn, origin))) return undefined;
  return origin === undefined
    ? `its browser says that a page of another site made it (sec-fetch-site: ${quote(site)})`
    : `a page of ${quote(origin)} made it. If that page is yours, allow it: protectFromForgery({ allowOrigins: [${quote(origin)}] })`;
}

/** Whether an origin is what browsers call this site: by the host that was asked for, or the configured one. */
function isOwnOrigin(conn: Conn, origin: string): boolean {
  const url = URL.parse(origin);
  if (url === null) return false;
  const { config } = conn;
  // Who can change what travels without TLS could send requests from there.
  if (url.protocol === "http:" && (config.url.scheme === "https" || conn.scheme === "https")) return false;
  return isAt(url, conn.host, conn.port) || isAt(url, config.url.host, config.url.port);
}

function isAt(url: URL, host: string, port: number): boolean {
  // Behind a proxy that speaks TLS, the port that the request names may be the other scheme's own.
  const samePort = url.port === "" ? port === 80 || port === 443 : url.port === String(port);
  return samePort && url.hostname.replace(/^\[|\]$/g, "") === host.replace(/^\[|\]$/g, "");
}

function quote(text: string | undefined): string {
  return JSON.stringify(text?.slice(0, 100));
}
