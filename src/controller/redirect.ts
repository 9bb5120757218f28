import { type Conn, reasonPhrase } from "../plug/index.ts";
import { html, toHtml } from "../template/index.ts";
import { redirectRefused } from "./events.ts";
import { externalUrl, localPath, type UnsafeRedirectError } from "./redirect-target.ts";
import { htmlType } from "./send-data.ts";

/** Where to: a path of this site, or, said in so many words, another site. */
export type RedirectTarget =
  | { readonly to: string; readonly external?: never }
  | { readonly external: string; readonly to?: never };

/**
 * Those that browsers follow (RFC 9110, section 15.4). After 303 they ask with GET, after 307 and 308 with the method
 * and body that they had, after 301 and 302 with GET where it was POST. 301 and 308 are kept by browsers for good.
 */
export type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/**
 * Sends the client somewhere else. Messages of `putFlash` go along.
 *
 * `to` only ever leads to this site, whatever stands in it, so it may come from a param such as `return_to`. What leads
 * elsewhere takes `external`: **never give that one what a visitor sent**, or links to your site lead to any other.
 *
 * @param status `conn.status` if absent and one of these, or else 302.
 * @throws UnsafeRedirectError, answered with 400, if `to` is not a path of this site; an Error if `external` is not
 * the URL of another site.
 *
 * @example
 * redirect(conn, { to: routes.chat({ room }) });
 * redirect(conn, { external: "https://example.org/login" }, 303);
 */
export function redirect(conn: Conn, target: RedirectTarget, status?: RedirectStatus): void {
  const location = target.to === undefined ? externalUrl(target.external) : ownPath(conn, target.to);
  const code = status ?? (redirectStatuses.has(conn.status) ? (conn.status as number) : 302);
  conn.setHeader("location", location);
  conn.putHeaders(htmlType);
  conn.send(
    code,
    toHtml(html`<!doctype html><title>${reasonPhrase(code)}</title><a href="${location}">${location}</a>`),
  );
}

/** What {@link redirectBack} does otherwise. */
export interface RedirectBackOptions {
  /** The path to go to where it is not known where the visitor came from. */
  readonly otherwise: string;
}

/**
 * Sends the visitor back to the page of this site that the request came from, by its `referer` header.
 *
 * Only the path and the query of the header are used, and only if it names the host of this very request; browsers
 * that tell less, and pages that come from elsewhere or from themselves, lead to `otherwise`.
 *
 * @throws as {@link redirect}.
 *
 * @example redirectBack(conn, { otherwise: routes.posts.index() })
 */
export function redirectBack(conn: Conn, { otherwise }: RedirectBackOptions, status?: RedirectStatus): void {
  redirect(conn, { to: refererPath(conn) ?? otherwise }, status);
}

const redirectStatuses: ReadonlySet<unknown> = new Set([301, 302, 303, 307, 308]);

function ownPath(conn: Conn, path: string): string {
  try {
    return localPath(path);
  } catch (error) {
    const { node, method, requestPath } = conn;
    const { target } = error as UnsafeRedirectError;
    redirectRefused.execute({ node: node.name, method, path: requestPath, target });
    throw error;
  }
}

function refererPath(conn: Conn): string | undefined {
  const referer = URL.parse(conn.requestHeader("referer") ?? "");
  if (referer === null || (referer.protocol !== "http:" && referer.protocol !== "https:")) return undefined;
  if (referer.hostname !== conn.host) return undefined;
  const path = referer.pathname + referer.search;
  if (conn.method === "GET" && path === conn.fullPath) return undefined;
  try {
    return localPath(path);
  } catch {
    return undefined;
  }
}
