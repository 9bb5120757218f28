import type { Conn, Plug } from "../plug/index.ts";
import { findProblems } from "./check.ts";
import { type CompiledRouter, compileRouter } from "./compile.ts";
import type { Definition } from "./definition.ts";
import { MethodNotAllowedError, NoRouteError } from "./errors.ts";
import { routerDispatch } from "./events.ts";
import type { Match } from "./matcher.ts";
import { describePlace, placeOfCall } from "./place.ts";
import type { Route } from "./route.ts";
import { type Declaration, Scope, type ScopeOptions } from "./scope.ts";

/** Knows who answers which request. Immutable; compiled when first used. */
export interface Router {
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
  /** All routes, in the order of their declaration. */
  readonly routes: readonly Route[];
  /**
   * Compiles the router. The endpoint calls it at start.
   *
   * @throws one Error that lists all that is wrong: routes of `defineRoutes` that nobody serves, routes served twice or
   * hidden by others, pipelines that do not exist or exist twice, routes outside of their scope's path.
   */
  check(): void;
}

/** A router that more can be said of. Every link returns a new one and leaves this one as it is. */
export interface RouterChain<Pipeline extends string> extends Router {
  /** Names a series of plugs, for scopes to go through. */
  pipeline<Name extends string>(name: Name, plugs: readonly Plug[]): RouterChain<Pipeline | Name>;
  /** Declares routes that share pipelines, and perhaps a path or a host. */
  scope(options: ScopeOptions<Pipeline>, declare: (scope: Scope) => void): RouterChain<Pipeline>;
}

/**
 * Begins a router for the paths of `defineRoutes`, all of which it has to serve.
 *
 * Where several routes match a path, fixed text beats a param and a param beats a `*rest`, whatever their order. A `/`
 * at the end of a path makes no difference.
 *
 * @example
 * export const appRouter = router(routes)
 *   .pipeline("browser", [accepts("html"), fetchSession(), fetchFlash(), protectFromForgery()])
 *   .pipeline("admin", [requireAdmin])
 *   .scope({ through: "browser" }, (scope) => scope
 *     .get(routes.home, PageController.index)
 *     .live(routes.chat, ChatLive))
 *   .scope({ through: ["browser", "admin"], path: "/admin" }, (scope) => scope
 *     .get("/", AdminController.index));
 */
export function router(routes: Definition["routes"] = {}): RouterChain<never> {
  return new Chain<never>({ routes, pipelines: [], declarations: [], place: placeOfCall(router) });
}

class Chain<Pipeline extends string> implements RouterChain<Pipeline> {
  readonly #definition: Definition;
  #compiled: CompiledRouter | undefined = undefined;

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  pipeline<Name extends string>(name: Name, plugs: readonly Plug[]): RouterChain<Pipeline | Name> {
    const pipelines = [...this.#definition.pipelines, { name, plugs, place: placeOfCall(this.pipeline) }];
    return new Chain<Pipeline | Name>({ ...this.#definition, pipelines });
  }

  scope(options: ScopeOptions<Pipeline>, declare: (scope: Scope) => void): RouterChain<Pipeline> {
    const declarations: Declaration[] = [];
    declare(new Scope(options, declarations));
    return new Chain<Pipeline>({
      ...this.#definition,
      declarations: [...this.#definition.declarations, ...declarations],
    });
  }

  call(conn: Conn): void | Promise<void> {
    const { everyHost, hosts } = this.#compile();
    const host = hosts.length === 0 ? undefined : conn.host;
    const found = this.match(conn.method, conn.path, host);
    if (found !== undefined) {
      conn.pathParams = found.pathParams;
      if (routerDispatch.hasSubscribers) routerDispatch.execute({ conn, route: found.route });
      return found.route.plug(conn);
    }
    const tables = [everyHost, ...hosts.filter((table) => host !== undefined && table.serves(host))];
    const allowed = new Set(tables.flatMap((table) => table.methodsOf(conn.path)));
    if (allowed.size > 0) throw new MethodNotAllowedError(conn, [...allowed].sort());
    throw new NoRouteError(conn, this.routes, describePlace(this.#definition.place));
  }

  match(method: string, path: string, host?: string): Match<Route> | undefined {
    const { everyHost, hosts } = this.#compile();
    if (host !== undefined) {
      for (const table of hosts) {
        const found = table.serves(host) ? table.find(method, path) : undefined;
        if (found !== undefined) return found;
      }
    }
    return everyHost.find(method, path);
  }

  get routes(): readonly Route[] {
    return this.#compile().routes;
  }

  check(): void {
    this.#compile();
  }

  #compile(): CompiledRouter {
    if (this.#compiled !== undefined) return this.#compiled;
    const problems = findProblems(this.#definition);
    if (problems.length > 0) {
      const place = describePlace(this.#definition.place);
      throw new Error(`the router at ${place} cannot serve:${problems.map((problem) => `\n  - ${problem}`).join("")}`);
    }
    this.#compiled = compileRouter(this.#definition);
    return this.#compiled;
  }
}
