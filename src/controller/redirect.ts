import { type Conn, reasonPhrase } from "../plug/index.ts";
import { html, toHtml } from "../template/index.ts";
import { externalUrl, localPath } from "./redirect-target.ts";

/** Where to: a path of this site, or, said in so many words, another site. */
export type RedirectTarget =
  | { readonly to: string; readonly external?: never }
  | { readonly external: string; readonly to?: never };

/** Those that browsers follow (RFC 9110, section 15.4). */
type RedirectStatus = 301 | 302 | 303 | 307 | 308;

/**
 * Sends the client somewhere else. Messages of `putFlash` go along.
 *
 * `to` only ever leads to this site, whatever stands in it, so it may come from a param such as `return_to`. What leads
 * elsewhere takes `external`: **never give that one what a visitor sent**, or links to your site lead to any other.
 *
 * @throws if `to` is not a path of this site, if `external` is not an absolute URL, or if either has control characters.
 *
 * @example
 * redirect(conn, { to: routes.chat({ room }) });
 * redirect(conn, { external: "https://example.org/login" }, 303);
 */
export function redirect(conn: Conn, target: RedirectTarget, status: RedirectStatus = 302): void {
  const location = target.to === undefined ? externalUrl(target.external) : localPath(target.to);
  conn.setHeader("location", location);
  conn.setHeader("content-type", "text/html; charset=utf-8");
  conn.send(
    status,
    toHtml(html`<!doctype html><title>${reasonPhrase(status)}</title><a href="${location}">${location}</a>`),
  );
}
