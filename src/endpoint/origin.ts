import type { IncomingMessage } from "node:http";
import type { ServerConfig } from "../plug/index.ts";
import { defaultPortOf } from "./config.ts";
import type { EndpointOptions } from "./options.ts";

/** Whether the page that sent a request may open a socket. */
export type OriginCheck = (request: IncomingMessage) => boolean;

interface OriginPattern {
  readonly scheme: string | undefined;
  readonly host: string;
  /** `//*.host`: the host and all names below it. */
  readonly withSubdomains: boolean;
  readonly port: number | undefined;
}

const patternSyntax = /^(?:(https?):)?\/\/(\*\.)?([^/:*?#@]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i;

/**
 * Compiles the `checkOrigin` option (protocol 1).
 *
 * Browsers send cookies along with every WebSocket, whichever page opens it, and the same-origin policy
 * does not apply to them; their `Origin` header, which a page cannot forge, is what tells a foreign page
 * from one's own. Other programs send no such header, or what they like: this protects people in
 * browsers, it does not authenticate.
 *
 * @param publicUrl the configured `url`, if there is one.
 * @throws if an entry of a list cannot be read.
 */
export function compileOriginCheck(
  setting: EndpointOptions["checkOrigin"] = "same-host",
  publicUrl: ServerConfig["url"] | undefined,
): OriginCheck {
  if (setting === false) return () => true;
  if (setting === "same-host") {
    return (request) => {
      const { origin, host } = request.headers;
      if (origin === undefined) return true;
      const ownHost = publicUrl?.host ?? hostName(host);
      return ownHost !== undefined && parseOrigin(origin)?.host === ownHost.toLowerCase();
    };
  }
  const patterns = setting.map(parsePattern);
  return ({ headers: { origin } }) => {
    if (origin === undefined) return true;
    const parsed = parseOrigin(origin);
    return parsed !== undefined && patterns.some((pattern) => matches(pattern, parsed));
  };
}

function parsePattern(text: string): OriginPattern {
  const [match, scheme, wildcard, host, port] = patternSyntax.exec(text) ?? [];
  if (match === undefined || host === undefined) {
    throw new Error(
      `"${text}" in the endpoint's option checkOrigin is no origin: write //example.org, //*.example.org or https://example.org:8443`,
    );
  }
  return {
    scheme: scheme?.toLowerCase(),
    host: host.replace(/^\[|\]$/g, "").toLowerCase(),
    withSubdomains: wildcard !== undefined,
    port: port !== undefined ? Number(port) : scheme !== undefined ? defaultPortOf(scheme.toLowerCase()) : undefined,
  };
}

function matches(pattern: OriginPattern, origin: { scheme: string; host: string; port: number }): boolean {
  return (
    (pattern.scheme === undefined || pattern.scheme === origin.scheme) &&
    (pattern.port === undefined || pattern.port === origin.port) &&
    (origin.host === pattern.host || (pattern.withSubdomains && origin.host.endsWith(`.${pattern.host}`)))
  );
}

/** Takes an `Origin` header apart; `null`, which sandboxed pages send, is no origin. */
function parseOrigin(header: string): { scheme: string; host: string; port: number } | undefined {
  const url = URL.parse(header);
  if (url === null || url.hostname === "") return undefined;
  const scheme = url.protocol.slice(0, -1);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return { scheme, host, port: url.port === "" ? defaultPortOf(scheme) : Number(url.port) };
}

/** The name in a `Host` header, without its port. */
function hostName(header: string | undefined): string | undefined {
  return header?.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}
