import type { Route } from "../router/index.ts";

/**
 * The group of routes between which a client may go without a page load.
 *
 * Pipelines run for page loads only. So, unless the application names groups itself, a navigation stays among
 * routes with the same pipelines: whatever those check was checked for the page that the client came from.
 */
export function liveSessionOf(route: Route): string {
  return route.options.liveSession ?? `through ${route.pipelines.join(" ")}`;
}
