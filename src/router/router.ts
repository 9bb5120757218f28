import type { Conn, Plug, ProvidedByPlugs } from "../plug/index.ts";
import { findProblems } from "./check.ts";
import { type CompiledRouter, compileRouter } from "./compile.ts";
import { type Defined, type Definition, definitionOf } from "./definition.ts";
import { routerDispatch } from "./events.ts";
import type { Match } from "./matching/matcher.ts";
import type { PathText } from "./matching/pattern.ts";
import type { ScopeContents } from "./method-scope.ts";
import { type DefinedRoutes, namedRoutes } from "./named-route.ts";
import type { PipelineNames, ProvidedThrough } from "./pipelines.ts";
import { describePlace, placeOfCall } from "./place.ts";
import type { Route } from "./route.ts";
import { Scope } from "./scope.ts";
import { innerContext, outermost, type ScopeOptions } from "./scope-context.ts";
import { answerUnmatched } from "./unmatched.ts";

/** Knows who answers which request. Immutable; compiled when first used. */
export interface Router extends Defined {
  /**
   * Serves a request: sets `conn.pathParams` and runs the plug of its route.
   *
   * @throws NoRouteError 404, MethodNotAllowedError 405, HttpError 400 for a malformed path, and what the route throws.
   */
  call(conn: Conn): void | Promise<void>;
  /**
   * The route of a request without serving it.
   *
   * @param path percent-encoded, without query.
   * @param host without it, scopes of a single host are left aside.
   * @throws HttpError 400 if a percent escape in the path is malformed.
   */
  match(method: string, path: string, host?: string): Match<Route> | undefined;
  /** All routes, in the order of their declaration; for a router that is forwarded to, its routes. */
  readonly routes: readonly Route[];
  /**
   * Compiles the router. The endpoint calls it at start.
   *
   * @throws one Error that lists all that is wrong, with the places: routes of `defineRoutes` that nobody serves, routes
   * served twice or hidden by others, pipelines that do not exist or exist twice, routes outside of their scope's path,
   * controllers without an action of their resource, and targets whose requirements no pipeline provides.
   */
  check(): void;
}

/** A router that more can be said of. Every link returns a new one and leaves this one as it is. */
export interface RouterChain<Pipelines = object> extends Router {
  /**
   * Names a series of plugs, for scopes to go through. Written as a list in the call, its type knows which requirements
   * they provide.
   */
  pipeline<Name extends string, const Plugs extends readonly Plug[]>(
    name: Name,
    plugs: Plugs,
  ): RouterChain<Pipelines & { readonly [Added in Name]: ProvidedByPlugs<Plugs> }>;
  /** Declares routes that share pipelines, and perhaps a path, a host, assigns. */
  scope<
    const Through extends PipelineNames<Pipelines>,
    const Path extends PathText = "/",
    Assigns extends object = object,
  >(
    options: ScopeOptions<Through, Path, Assigns>,
    declare: (scope: Scope<ProvidedThrough<Pipelines, Through> & Assigns, Path, Pipelines>) => void,
  ): RouterChain<Pipelines>;
}

/**
 * Begins a router for the paths of `defineRoutes`, all of which it has to serve.
 *
 * Where several routes match a path, fixed text beats a param and a param beats a `*rest`, whatever their order. A `/`
 * at the end of a path makes no difference. Of hosts, a whole one beats the beginning of one, and that beats none.
 *
 * @example
 * export const appRouter = router(routes)
 *   .pipeline("browser", [accepts("html"), fetchSession(), fetchFlash(), protectFromForgery()])
 *   .pipeline("admin", [requireAdmin])
 *   .scope({ through: "browser" }, (scope) => scope
 *     .get(routes.home, PageController.index)
 *     .resources(routes.posts, PostController)
 *     .live(routes.chat, ChatLive)
 *     .scope({ through: "admin", path: "/admin" }, (admin) => admin
 *       .get("/", AdminController.index)));
 */
export function router(routes: DefinedRoutes = {}): RouterChain {
  const place = placeOfCall(router);
  const nothing = { pipelines: [], declarations: [], liveSessions: [], problems: [] };
  return new Chain({ ...nothing, routes: routes[namedRoutes] ?? [], place });
}

class Chain<Pipelines> implements RouterChain<Pipelines> {
  readonly [definitionOf]: Definition;
  #compiled: CompiledRouter | undefined = undefined;

  constructor(definition: Definition) {
    this[definitionOf] = definition;
  }

  pipeline<Name extends string, const Plugs extends readonly Plug[]>(
    name: Name,
    plugs: Plugs,
  ): RouterChain<Pipelines & { readonly [Added in Name]: ProvidedByPlugs<Plugs> }> {
    const definition = this[definitionOf];
    const pipelines = [...definition.pipelines, { name, plugs, place: placeOfCall(this.pipeline) }];
    return new Chain<Pipelines & { readonly [Added in Name]: ProvidedByPlugs<Plugs> }>({ ...definition, pipelines });
  }

  scope<Through extends PipelineNames<Pipelines>, Path extends PathText = "/", Assigns extends object = object>(
    options: ScopeOptions<Through, Path, Assigns>,
    declare: (scope: Scope<ProvidedThrough<Pipelines, Through> & Assigns, Path, Pipelines>) => void,
  ): RouterChain<Pipelines> {
    const contents: ScopeContents = { declarations: [], liveSessions: [], problems: [] };
    declare(new Scope(innerContext(outermost, options), contents));
    const definition = this[definitionOf];
    return new Chain<Pipelines>({
      ...definition,
      declarations: [...definition.declarations, ...contents.declarations],
      liveSessions: [...definition.liveSessions, ...contents.liveSessions],
      problems: [...definition.problems, ...contents.problems],
    });
  }

  call(conn: Conn): void | Promise<void> {
    const compiled = this.#compile();
    const host = compiled.hosts.length === 0 ? undefined : conn.host;
    const found = findRoute(compiled, conn.method, conn.path, host);
    if (found === undefined) return answerUnmatched(conn, compiled, host, this[definitionOf].place);
    conn.pathParams = found.pathParams;
    if (routerDispatch.hasSubscribers) routerDispatch.execute({ conn, route: found.route });
    return found.route.plug(conn);
  }

  match(method: string, path: string, host?: string): Match<Route> | undefined {
    return findRoute(this.#compile(), method, path, host);
  }

  get routes(): readonly Route[] {
    return this.#compile().routes;
  }

  check(): void {
    this.#compile();
  }

  #compile(): CompiledRouter {
    if (this.#compiled !== undefined) return this.#compiled;
    const definition = this[definitionOf];
    const problems = findProblems(definition);
    if (problems.length > 0) {
      const place = describePlace(definition.place);
      throw new Error(`the router at ${place} cannot serve:${problems.map((problem) => `\n  - ${problem}`).join("")}`);
    }
    this.#compiled = compileRouter(definition);
    return this.#compiled;
  }
}

function findRoute(
  { everyHost, hosts }: CompiledRouter,
  method: string,
  path: string,
  host: string | undefined,
): Match<Route> | undefined {
  if (host !== undefined) {
    for (const table of hosts) {
      const found = table.serves(host) ? table.find(method, path) : undefined;
      if (found !== undefined) return found;
    }
  }
  return everyHost.find(method, path);
}
