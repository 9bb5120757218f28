import { decodeQuery, type Params } from "../plug/index.ts";
import type { Route, Router } from "../router/index.ts";
import { LiveView } from "./view.ts";

/** What a URL leads to. */
export interface Location {
  readonly url: URL;
  readonly route: Route;
  /** The view of the route; undefined if a controller serves it. */
  readonly view: LiveView | undefined;
  /** Query and path params; those of the path win. */
  readonly params: Params;
}

/**
 * Finds the route of a URL.
 *
 * @returns undefined if there is no route, or the text is no URL.
 * @throws HttpError 400 if path or query are encoded wrongly.
 */
export function locate(router: Router, href: string, base?: URL): Location | undefined {
  const url = URL.parse(href, base);
  if (url === null || !url.protocol.startsWith("http")) return undefined;
  const match = router.match("GET", url.pathname, url.hostname);
  if (match === undefined) return undefined;
  const { route, pathParams } = match;
  const view = route.live instanceof LiveView ? route.live : undefined;
  return { url, route, view, params: Object.assign(decodeQuery(url.search.slice(1)), pathParams) };
}
