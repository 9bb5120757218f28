import type { ServerConfig } from "../plug/index.ts";

/**
 * What an absolute URL begins with: a conn or an endpoint, for the address that the application is configured to have
 * (never the `Host` header, which the client chooses), or a URL to put the path behind.
 */
export type UrlBase = { readonly config: Pick<ServerConfig, "url"> } | URL | string;

/**
 * A base without a slash at its end: `https://example.org`, `https://example.org/shop`.
 *
 * @throws an Error for a text that is no URL with a host.
 */
export function originOf(base: UrlBase): string {
  if (typeof base === "object" && "config" in base) return formatOrigin(base.config.url);
  const url = URL.parse(String(base));
  if (url === null || url.host === "") {
    throw new Error(`${JSON.stringify(String(base))} is no base of a URL: give it like https://example.org`);
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, "")}`;
}

function formatOrigin({ scheme, host, port }: ServerConfig["url"]): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (scheme === "https" ? 443 : 80) ? `${scheme}://${name}` : `${scheme}://${name}:${port}`;
}
