import { type Endpoint, endpointOf } from "../endpoint/index.ts";
import { Node, type RunningApplication } from "../process/index.ts";
import type { Router } from "../router/index.ts";
import { CookieJar } from "./cookie-jar.ts";
import { type NextRequest, TestConn } from "./test-conn.ts";
import { testEndpoint } from "./test-endpoint.ts";

/** What requests can go to. */
export type Testable = RunningApplication | Node | Endpoint | Router;

/** What a visitor is like. */
export interface ConnOptions {
  /** Headers of the first request; `accept`, `accept-language` and `authorization` stay for all. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** The host that is asked for, with its port if that is not the usual one. Default: that of the endpoint's URL. */
  readonly host?: string;
  /** Whether requests come by TLS. Default: as the endpoint's URL says. */
  readonly https?: boolean;
  /** The IP address that requests come from. Default `127.0.0.1`. */
  readonly remoteAddress?: string;
  /** False sends no CSRF token, for tests of the protection itself. Default true: requests bring a real one by themselves. */
  readonly csrfToken?: boolean;
}

/**
 * A visitor of an application, who has no cookies yet. Requests go to its endpoint without a socket, through everything
 * that the endpoint does: plugs, router, files, error pages.
 *
 * @param target an application that runs (see `startApplication`), its node or its endpoint; or a router alone, which gets
 * an endpoint for this visitor (for one that has options, or several visitors, see `testEndpoint`).
 * @throws what an endpoint throws at start, for a router that cannot serve; if a node has no endpoint.
 *
 * @example
 * const page = await get(conn(shop), routes.posts.index());
 * assert.match(htmlResponse(page, 200), /Hello/);
 */
export function conn(target: Testable, given: ConnOptions = {}): TestConn {
  const endpoint = testedEndpoint(target);
  const { url } = endpoint.config;
  return new TestConn(endpoint, firstRequest(given, { https: url.scheme === "https", host: hostHeader(url) }));
}

/** What a first request is made from. */
export function firstRequest(
  { headers = {}, cookies = {}, remoteAddress = "127.0.0.1", csrfToken = true, ...given }: ConnOptions,
  defaults: { readonly https: boolean; readonly host: string },
): NextRequest {
  const { https = defaults.https, host = defaults.host } = given;
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const jar = Object.entries(cookies).reduce((filled, [name, value]) => filled.put(name, value), new CookieJar());
  return {
    headers: { host, ...Object.fromEntries(lowerCase) },
    cookies: jar,
    session: {},
    flash: {},
    remoteAddress,
    https,
    csrfToken,
  };
}

/** A host as requests name it: without the port that its scheme means anyway. */
export function hostHeader({ scheme, host, port }: Endpoint["config"]["url"]): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (scheme === "https" ? 443 : 80) ? name : `${name}:${port}`;
}

function testedEndpoint(target: Testable): Endpoint {
  if (target instanceof Node) return endpointOf(target);
  if ("handle" in target) return target;
  if ("match" in target) return testEndpoint(target);
  return endpointOf(target.node);
}
