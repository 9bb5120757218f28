import type { IncomingMessage } from "node:http";
import { HttpError } from "../http-error.ts";

/** Where a request was sent to and where it came from. Behind a proxy the connection itself does not tell. */
export interface RequestOrigin {
  readonly scheme: "http" | "https";
  /** Lower-case, without port; an IPv6 address stands in brackets. */
  readonly host: string;
  readonly port: number;
  /** The IP address of the client. */
  readonly remoteAddress: string;
}

/** The path and query of a request target, which proxies may send in absolute form (RFC 9112, section 3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith("/") || target === "*" || !URL.canParse(target)) return target;
  const url = new URL(target);
  return url.pathname + url.search;
}

/**
 * The host and port that a client asked for: of its `host` header, or of `:authority` in HTTP/2.
 *
 * @returns undefined if it named none; the port is undefined if it left that out.
 * @throws HttpError 400 for what cannot be the name of a host (RFC 9112, section 3.2): it may end up in links.
 */
export function authorityOf({ headers }: IncomingMessage): { host: string; port: number | undefined } | undefined {
  const text = headers.host ?? (headers[":authority"] as string | undefined);
  if (!text) return undefined;
  const [, host, port] = authority.exec(text) ?? [];
  if (host === undefined) throw new HttpError(400, `the host ${JSON.stringify(text.slice(0, 80))} is malformed`);
  return { host: host.toLowerCase(), port: port ? Number(port) : undefined };
}

/** Tighter than RFC 3986: no name that is in use has percent escapes or punctuation. */
const authority = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{0,5}))?$/i;
