import type { Server } from "node:net";
import { parseForwarded } from "./address/forwarded.ts";
import { parseAuthority } from "./address/host-pattern.ts";
import { parseIpAddress } from "./address/ip-address.ts";
import { type TrustedAddresses, trustedAddresses } from "./address/trusted-addresses.ts";
import type { Conn } from "./conn.ts";
import { HttpError } from "./http-error.ts";
import type { Plug } from "./plug.ts";

/** The headers in which proxies say what they know. */
export type ProxyHeader =
  | "x-forwarded-for"
  | "x-forwarded-proto"
  | "x-forwarded-host"
  | "x-forwarded-port"
  | "forwarded";

/** What {@link trustProxy} believes. */
export interface TrustProxyOptions {
  /**
   * The headers that **every** trusted proxy sets or removes: one that it hands through is still the client's own
   * invention. Absent, `x-forwarded-for` and `x-forwarded-proto`. `forwarded` (RFC 7239) stands alone.
   */
  readonly headers?: readonly ProxyHeader[];
}

/**
 * Believes the proxies in front of the server where a request came from and went to: `conn.remoteAddress`,
 * `conn.scheme`, `conn.host` and `conn.port` are what the client's own connection had.
 *
 * Anybody can send the headers of a proxy. So they count only if the connection itself comes from a trusted address;
 * and each proxy appends the address that it saw, so the list is read from its end, and the first address that is not
 * trusted is the client's. What stands before it the client may have made up. An entry that is no address (`unknown`)
 * ends the list as well, and the client then has the address of the last proxy that is known.
 *
 * Stands before everything that looks at them: `forceSsl`, `rateLimit`, `allowHosts`.
 *
 * @param proxies addresses, networks, or `loopback`, `link-local`, `private`, and `unix` for connections over a Unix socket.
 * @throws at start for an entry that is none; per request HttpError 400 for a malformed `forwarded` of a trusted proxy.
 *
 * @example
 * trustProxy(["loopback", "10.0.0.0/8"])
 *
 * @example
 * trustProxy(["private"], { headers: ["forwarded"] })
 */
export function trustProxy(proxies: readonly string[], options: TrustProxyOptions = {}): Plug {
  const trusted = trustedAddresses(proxies, "trustProxy()");
  const { headers = ["x-forwarded-for", "x-forwarded-proto"] } = options;
  checkHeaders(headers);
  const readLists = headers.includes("forwarded") ? readForwarded : xForwardedReader(headers);
  return (conn) => {
    if (!fromTrusted(conn, trusted)) return;
    const lists = readLists(conn);
    if (lists !== undefined) believe(conn, lists, trusted);
  };
}

/** What the proxies said, each list beginning with the nearest of them. */
interface ProxyLists {
  readonly addresses: readonly (string | undefined)[];
  readonly schemes: readonly (string | undefined)[];
  readonly hosts: readonly (string | undefined)[];
  readonly ports: readonly (string | undefined)[];
}

function believe(conn: Conn, lists: ProxyLists, trusted: TrustedAddresses): void {
  let remoteAddress: string | undefined;
  /** How many proxies are trusted: the last of them saw the client, so its word on the rest counts. */
  let depth = 1;
  for (const [index, text] of lists.addresses.entries()) {
    const address = text === undefined ? undefined : parseIpAddress(text);
    depth = index + 1;
    if (address === undefined) break;
    remoteAddress = address.text;
    if (!trusted.has(address)) break;
  }
  const scheme = said(lists.schemes, depth)?.toLowerCase();
  const authority = parseAuthority(said(lists.hosts, depth) ?? "");
  const port = portOf(said(lists.ports, depth)) ?? authority?.port;
  const knownScheme = scheme === "http" || scheme === "https" ? scheme : undefined;
  conn.overrideOrigin({
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(knownScheme === undefined ? {} : { scheme: knownScheme }),
    ...(authority === undefined ? {} : { host: authority.host }),
    // A host without a port means its scheme's, whatever port the host header of the proxy's own request names.
    ...(port !== undefined
      ? { port }
      : authority === undefined
        ? {}
        : { port: defaultPort(knownScheme ?? conn.scheme) }),
  });
}

/** The entry of the outermost trusted proxy; of a list that not every proxy appends to, the farthest there is. */
function said(list: readonly (string | undefined)[], depth: number): string | undefined {
  return list[Math.min(depth, list.length) - 1];
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function defaultPort(scheme: "http" | "https"): number {
  return scheme === "https" ? 443 : 80;
}

function fromTrusted(conn: Conn, trusted: TrustedAddresses): boolean {
  const { socket } = conn.request;
  if (socket.remoteAddress === undefined) {
    // A TCP connection that was reset has no address any more either: only the server knows what it listens at.
    const { server } = socket as { readonly server?: Server };
    return trusted.unix && typeof server?.address() === "string";
  }
  const address = parseIpAddress(socket.remoteAddress);
  return address !== undefined && trusted.has(address);
}

function xForwardedReader(headers: readonly ProxyHeader[]): (conn: Conn) => ProxyLists {
  const read = (conn: Conn, name: ProxyHeader): string[] =>
    headers.includes(name) ? listOf(conn.requestHeader(name)) : [];
  return (conn) => ({
    addresses: read(conn, "x-forwarded-for"),
    schemes: read(conn, "x-forwarded-proto"),
    hosts: read(conn, "x-forwarded-host"),
    ports: read(conn, "x-forwarded-port"),
  });
}

function listOf(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header
    .split(",")
    .map((entry) => entry.trim())
    .reverse();
}

function readForwarded(conn: Conn): ProxyLists | undefined {
  const header = conn.requestHeader("forwarded");
  if (header === undefined) return undefined;
  const elements = parseForwarded(header)?.toReversed();
  // With a quote of its own that it leaves open a client could hide what the proxy appends, and pass for the proxy.
  if (elements === undefined)
    throw new HttpError(400, `the header forwarded of ${conn.method} ${conn.path} is malformed`);
  return {
    addresses: elements.map((element) => element.for),
    schemes: elements.map(({ proto }) => proto),
    hosts: elements.map(({ host }) => host),
    ports: [],
  };
}

function checkHeaders(headers: readonly ProxyHeader[]): void {
  const unknown = headers.find((name) => !proxyHeaders.has(name));
  if (unknown !== undefined) {
    throw new Error(`trustProxy(): the header ${JSON.stringify(unknown)} is none of ${[...proxyHeaders].join(", ")}`);
  }
  if (headers.includes("forwarded") && headers.length > 1) {
    throw new Error(
      "trustProxy(): `forwarded` and the x-forwarded headers could contradict each other: name those that the proxy " +
        "really writes, the others it may hand through as the client made them up",
    );
  }
}

const proxyHeaders: ReadonlySet<string> = new Set<ProxyHeader>([
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "forwarded",
]);
