import { hostMatcher, parseAuthority } from "./address/host-pattern.ts";
import type { ServerConfig } from "./config.ts";
import type { Conn } from "./conn.ts";
import type { Plug } from "./plug.ts";

/** What {@link forceSsl} does otherwise than by default. */
export interface ForceSslOptions {
  /** Strict transport security; `false` sends no such header. */
  readonly hsts?: HstsOptions | false;
  /** Where requests are redirected to: `example.org` or `example.org:8443`. Absent, the host and port of `config.url`. */
  readonly host?: string;
  /** Hosts that a redirect keeps when they were asked for: `example.org`, `*.example.org`. Absent, none. */
  readonly allowedHosts?: readonly string[];
  /** What is answered over http as well. */
  readonly exclude?: {
    /** Absent, `localhost`, `127.0.0.1` and `[::1]`. */
    readonly hosts?: readonly string[];
    /** Exact paths, such as the one that a load balancer asks for the server's health. */
    readonly paths?: readonly string[];
  };
}

/** How long and for whom browsers use https only (RFC 6797). */
export interface HstsOptions {
  /** Seconds; a year if absent. */
  readonly maxAge?: number;
  /** For all subdomains as well; false if absent. **They then cannot be reached over http either.** */
  readonly includeSubdomains?: boolean;
  /** Asks to be put on the list that comes with browsers, which takes months to be left; false if absent. */
  readonly preload?: boolean;
}

/**
 * Sends who comes over http to https, and tells browsers to come over https from the start.
 *
 * GET and HEAD are redirected with 301, everything else with 307, which keeps method and body. The target is the host
 * of `config.url`, not the one in the request, which a stranger may have made up. Answers over https carry
 * `strict-transport-security`.
 *
 * Behind a proxy that speaks https for the server, `trustProxy()` has to stand before it: otherwise every request
 * seems to come over http, and is redirected for ever.
 *
 * @throws at start for options that contradict each other or cannot be read.
 *
 * @example
 * pipeline("browser", [trustProxy(["loopback"]), forceSsl({ hsts: { includeSubdomains: true } }), …])
 */
export function forceSsl(options: ForceSslOptions = {}): Plug {
  const hsts = options.hsts === false ? undefined : hstsHeader(options.hsts ?? {});
  const target = options.host === undefined ? undefined : checkedHost(options.host);
  const keeps = hostMatcher(options.allowedHosts ?? [], "forceSsl({ allowedHosts })");
  const excludesHost = hostMatcher(options.exclude?.hosts ?? localHosts, "forceSsl({ exclude: { hosts } })");
  const excludedPaths = new Set(options.exclude?.paths);
  return (conn) => {
    if (excludedPaths.has(conn.path) || excludesHost(conn.host)) return;
    if (conn.scheme === "https") {
      if (hsts !== undefined) conn.setHeader("strict-transport-security", hsts);
      return;
    }
    const host = keeps(conn.host) ? conn.host : (target ?? hostOf(conn.config.url));
    redirectTo(conn, host);
  };
}

const localHosts = ["localhost", "127.0.0.1", "[::1]"];
const year = 31_536_000;

function redirectTo(conn: Conn, host: string): void {
  const path = conn.fullPath.startsWith("/") ? conn.fullPath : "/";
  const readOnly = conn.method === "GET" || conn.method === "HEAD";
  conn.setHeader("location", `https://${host}${path.replace(unprintable, encodeURIComponent)}`);
  conn.send(readOnly ? 301 : 307, "");
  conn.halt();
}

/** HTTP/1 lets none of these through; what HTTP/2 does is not for this plug to know. */
const unprintable = /[^\x21-\x7e]+/g;

/** A port of http says nothing about where https is. */
function hostOf({ scheme, host, port }: ServerConfig["url"]): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return scheme === "http" || port === 443 ? name : `${name}:${port}`;
}

function checkedHost(host: string): string {
  if (parseAuthority(host) !== undefined) return host.toLowerCase();
  throw new Error(
    `forceSsl(): the host ${JSON.stringify(host)} cannot be read: write "example.org" or "example.org:8443"`,
  );
}

function hstsHeader({ maxAge = year, includeSubdomains = false, preload = false }: HstsOptions): string {
  if (!Number.isInteger(maxAge) || maxAge < 0) {
    throw new Error(`forceSsl({ hsts }): maxAge is ${maxAge}, and has to be a whole number of seconds`);
  }
  if (preload && (!includeSubdomains || maxAge < year)) {
    throw new Error(
      "forceSsl({ hsts }): browsers take a site on their preload list only with includeSubdomains and a maxAge of at " +
        `least ${year} seconds`,
    );
  }
  return `max-age=${maxAge}${includeSubdomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
