/**
 * Which code answers which request, and how other code links to it.
 *
 * Paths are named once, in a leaf of the application that imports nothing of it ({@link defineRoutes}). Views,
 * controllers and templates link by those names, so a link to nowhere does not compile. The router ({@link router})
 * imports the controllers and views and says who serves each name, through which pipeline of plugs. Because links
 * and targets meet only in that leaf, a view may link to a page whose view links back without an import cycle.
 *
 * All that can be known at start is worked out at start: each route's pipelines and target become one plug, a path
 * without params is found by one map lookup, and {@link Router.check} reports what is served twice or by nobody, and
 * targets that require what their pipelines do not provide. Most of that does not compile in the first place.
 *
 * @example
 * export const routes = defineRoutes({ home: "/", chat: "/chat/:room" });
 *
 * export const appRouter = router(routes)
 *   .pipeline("browser", [accepts("html"), fetchSession(), protectFromForgery()])
 *   .scope({ through: "browser" }, (scope) => scope
 *     .get(routes.home, PageController.index)
 *     .live(routes.chat, ChatLive));
 *
 * @module
 */
export type { UrlBase } from "./absolute-url.ts";
export type { RouteReference } from "./declaration.ts";
export { MethodNotAllowedError, NoRouteError } from "./errors.ts";
export { routerDispatch } from "./events.ts";
export type { ForwardTarget } from "./forward/forward-target.ts";
export { scriptName } from "./forward/mounting.ts";
export { group } from "./group.ts";
export type { Match } from "./matching/matcher.ts";
export {
  type ParamName,
  type PathParams,
  type PathText,
  patternBelow,
  type RequestParams,
} from "./matching/pattern.ts";
export type { DefinedRoutes } from "./named-route.ts";
export type { FixedPath, ParamPath, PathBuilder, PathOptions } from "./path-builder.ts";
export { describePlace, type Place } from "./place.ts";
export type { ResourceAction, SingularAction } from "./resources/resource-actions.ts";
export { type ActionChoice, type ResourceOptions, resource, resources } from "./resources.ts";
export type { Action, FetchHandler, LiveOptions, LiveTarget, Requiring, Route, RouteOptions } from "./route.ts";
export type { GroupEntry, ResourceEntry, RouteEntries } from "./route-entries.ts";
export { type Router, type RouterChain, router } from "./router.ts";
export { defineRoutes, type ResourcePaths, type ResourceRoutes, type Routes } from "./routes.ts";
export type { Scope } from "./scope.ts";
export type { InnerScopeOptions, LiveSessionOptions, ScopeOptions } from "./scope-context.ts";
