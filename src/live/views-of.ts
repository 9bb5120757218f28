import { patternBelow, type Router } from "../router/index.ts";
import { LiveView } from "./view.ts";

/**
 * The views that a router serves, by name.
 *
 * @throws if two different ones have the same name, for tokens could then not tell them apart; and if one that is
 * declared for a route serves another one.
 */
export function viewsOf(router: Router): ReadonlyMap<string, LiveView> {
  const known = viewsByRouter.get(router);
  if (known !== undefined) return known;
  const views = new Map<string, LiveView>();
  for (const { live, pattern, mountedAt } of router.routes) {
    if (!(live instanceof LiveView)) continue;
    const other = views.get(live.name);
    if (other !== undefined && other !== live) {
      throw new Error(
        `two views are named "${live.name}", and one of them serves ${pattern}: give one another name in liveView(name)`,
      );
    }
    const declared = live.definition.pattern;
    if (declared !== undefined && patternBelow(mountedAt || "/", declared) !== pattern)
      throw new Error(
        `the view "${live.name}" was declared for the route ${declared}, but the router serves it at ${pattern}`,
      );
    views.set(live.name, live);
  }
  viewsByRouter.set(router, views);
  return views;
}

/** Routers never change, so what was worked out for one stays true. */
const viewsByRouter = new WeakMap<Router, ReadonlyMap<string, LiveView>>();
