import { hostMatcher } from "./address/host-pattern.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";

/**
 * Refuses requests for hosts that are not this application's, with 421 (RFC 9110, section 15.5.20).
 *
 * Whoever makes a request chooses its `host` header. Behind a server that passes everything on, a made-up one poisons
 * what is built of it or cached under it, and with a name that was made to resolve to `127.0.0.1` a page of another
 * site reaches a server that only this machine should (DNS rebinding). The framework builds no URL of the header;
 * this plug keeps the application from doing so, and caches from learning.
 *
 * The host of `config.url` is allowed always. A request without a host, of HTTP/1.0, counts as one for that.
 *
 * @param hosts `example.org`, or `*.example.org` for it and all names below it; ports are not compared.
 * @throws at start for an entry that is no host; per request HttpError 421, or 400 for a malformed header.
 *
 * @example
 * pipeline("browser", [allowHosts(["example.org", "*.example.net"]), …])
 */
export function allowHosts(hosts: readonly string[] = []): Plug {
  const allowed = hostMatcher(hosts, "allowHosts()");
  return (conn) => {
    const { host } = conn;
    if (allowed(host) || host === bracketed(conn.config.url.host)) return;
    throw new HttpError(
      421,
      `${conn.method} ${conn.path} was refused: ${JSON.stringify(host.slice(0, 80))} is no host of this application. ` +
        "If it is, name it in allowHosts() or in the endpoint's option url",
    );
  };
}

/** `config.url` has IPv6 addresses without the brackets that they have in headers. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host.toLowerCase();
}
