import { type Conn, encodeQuery, type QueryParams } from "../plug/index.ts";

/**
 * The path of the request, for links to the same page: one that stays on this site, whatever path was asked for.
 *
 * @param query replaces that of the request; `{}` leaves it out.
 *
 * @example
 * currentPath(conn);                                  // "/posts?page=2"
 * currentPath(conn, { ...conn.queryParams, page: 3 }); // "/posts?page=3"
 */
export function currentPath(conn: Conn, query?: QueryParams): string {
  // Browsers take "//host" and "/\\host" in a link for another site (URL Standard, section 4.4).
  const path = conn.requestPath.replaceAll("\\", "%5C").replace(/^\/{2,}/, "/");
  const text = query === undefined ? conn.queryString : encodeQuery(query);
  return text === "" ? path : `${path}?${text}`;
}

/**
 * {@link currentPath} as a whole URL, for what leaves the page: mails, feeds, `<link rel="canonical">`.
 *
 * It begins with the `url` of the configuration, not with the host that the client named, which it may have made up.
 *
 * @example currentUrl(conn, {}); // "https://example.org/posts"
 */
export function currentUrl(conn: Conn, query?: QueryParams): string {
  const { scheme, host, port } = conn.config.url;
  const name = host.includes(":") ? `[${host}]` : host;
  const own = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${name}${own ? "" : `:${port}`}${currentPath(conn, query)}`;
}
