import { compilePipeline, type Plug } from "../plug/index.ts";
import type { Definition } from "./definition.ts";
import { DispatchTable } from "./dispatch-table.ts";
import type { Route } from "./route.ts";
import type { Declaration } from "./scope.ts";

/** A router ready to serve. */
export interface CompiledRouter {
  /** In the order of their declaration. */
  readonly routes: readonly Route[];
  /** The routes of scopes without a host. */
  readonly everyHost: DispatchTable;
  /** Those of scopes with one, in the order in which hosts were first named; these are asked first. */
  readonly hosts: readonly DispatchTable[];
}

/** Compiles a definition that has no problems. */
export function compileRouter({ pipelines, declarations }: Definition): CompiledRouter {
  const plugsOf = new Map(pipelines.map(({ name, plugs }) => [name, plugs]));
  const routes = Object.freeze(declarations.map((declaration) => compileRoute(declaration, plugsOf)));
  const byHost = Map.groupBy(routes, ({ host }) => host);
  const hosts = [...byHost].filter(([host]) => host !== undefined);
  return {
    routes,
    everyHost: new DispatchTable(undefined, byHost.get(undefined) ?? []),
    hosts: hosts.map(([host, ofHost]) => new DispatchTable(host, ofHost)),
  };
}

function compileRoute(declaration: Declaration, plugsOf: ReadonlyMap<string, readonly Plug[]>): Route {
  const { method, pattern, host, action, live, pipelines, options } = declaration;
  const plugs = pipelines.flatMap((name) => plugsOf.get(name) ?? []);
  const target = action ?? live;
  if (target === undefined) throw new Error(`${method} ${pattern} has no target: give it an action or a view`);
  const serve: Plug = action ? (conn) => action(conn, conn.params) : (conn) => live?.render(conn, route);
  const route: Route = Object.freeze({
    ...{ method, pattern, host, target, live, pipelines: Object.freeze([...pipelines]), options },
    plug: compilePipeline([...plugs, serve]),
  });
  return route;
}
