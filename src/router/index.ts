/**
 * Which code answers which request, and how other code links to it.
 *
 * Paths are named once, in a leaf of the application that imports nothing of it ({@link defineRoutes}). Views,
 * controllers and templates link by those names, so a link to nowhere does not compile. The router ({@link router})
 * imports the controllers and views and says who serves each name, through which pipeline of plugs. Because links
 * and targets meet only in that leaf, a view may link to a page whose view links back without an import cycle.
 *
 * All that can be known at start is worked out at start: each route's pipelines and target become one plug, a path
 * without params is found by one map lookup, and {@link Router.check} reports what is served twice or by nobody.
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
export { MethodNotAllowedError, NoRouteError } from "./errors.ts";
export { routerDispatch } from "./events.ts";
export type { Match } from "./matcher.ts";
export type { ParamName, PathParams, RequestParams } from "./pattern.ts";
export type { Action, LiveOptions, LiveTarget, Route } from "./route.ts";
export { type Router, type RouterChain, router } from "./router.ts";
export { defineRoutes, type FixedPath, type ParamPath, type PathBuilder, type PathOptions } from "./routes.ts";
export type { RouteReference, Scope, ScopeOptions } from "./scope.ts";
