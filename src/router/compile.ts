import { compilePipeline, type Plug } from "../plug/index.ts";
import type { Definition, Target } from "./definition.ts";
import { type ExpandedRoute, expand, type Layer } from "./expand.ts";
import { fetchPlug } from "./forward/fetch-plug.ts";
import { mounted } from "./forward/mounting.ts";
import { DispatchTable } from "./matching/dispatch-table.ts";
import type { Action, FetchHandler, LiveTarget, Route } from "./route.ts";

/** A router ready to serve. */
export interface CompiledRouter {
  /** In the order of their declaration. */
  readonly routes: readonly Route[];
  /** The routes of scopes without a host. */
  readonly everyHost: DispatchTable;
  /** Those of scopes with one, the most exact first; these are asked before. */
  readonly hosts: readonly DispatchTable[];
}

/** Compiles a definition that has no problems. */
export function compileRouter(definition: Definition): CompiledRouter {
  const through = pipelineCompiler();
  const expanded = expand(definition).map((route) => ({
    route: compileRoute(route, through),
    segments: route.segments,
  }));
  const byHost = Map.groupBy(expanded, ({ route }) => route.host);
  const hosts = [...byHost.keys()].filter((host) => host !== undefined).sort(byExactness);
  return {
    routes: Object.freeze(expanded.map(({ route }) => route)),
    everyHost: new DispatchTable(undefined, byHost.get(undefined) ?? []),
    hosts: hosts.map((host) => new DispatchTable(host, byHost.get(host) ?? [])),
  };
}

function compileRoute(expanded: ExpandedRoute, through: (layer: Layer) => readonly Plug[]): Route {
  const { declaration, pattern, mountedAt, name, host, options, layers } = expanded;
  const { method, target, targetName, place } = declaration;
  const wrap = (innermost: Plug) =>
    layers.reduceRight((inner, layer) => compilePipeline([...through(layer), mounted(layer.taken, inner)]), innermost);
  const route: Route = Object.freeze({
    ...{ method, pattern, mountedAt, name, host, targetName, place },
    target: targetOf(target),
    live: target.kind === "live" ? target.live : undefined,
    plug: wrap((conn) => serve(conn)),
    pipeline: wrap(() => {}),
    pipelines: Object.freeze(layers.flatMap(({ names }) => names)),
    options,
  });
  const serve = servingPlug(target, route);
  return route;
}

function servingPlug(target: Target, route: Route): Plug {
  switch (target.kind) {
    case "action":
      return (conn) => target.action(conn, conn.params as Parameters<Action>[1]);
    case "live":
      return (conn) => target.live.render(conn, route);
    case "plug":
      return target.plug;
    case "fetch":
      return fetchPlug(target.handler);
    case "router":
      throw new Error("the routes of a router that is forwarded to stand for it");
  }
}

function targetOf(target: Target): Action | LiveTarget | Plug | FetchHandler {
  if (target.kind === "action") return target.action;
  if (target.kind === "live") return target.live;
  if (target.kind === "plug") return target.plug;
  if (target.kind === "fetch") return target.handler;
  throw new Error("the routes of a router that is forwarded to stand for it");
}

/** Makes one plug of a layer's pipelines, or none if they are empty. Routes that go through the same ones share it. */
function pipelineCompiler(): (layer: Layer) => readonly Plug[] {
  const compiled = new Map<string, readonly Plug[]>();
  const numbers = new Map<object, number>();
  const numberOf = (one: object) => {
    const number = numbers.get(one) ?? numbers.size;
    numbers.set(one, number);
    return number;
  };
  return ({ declaration, pipelines }) => {
    const key = pipelines.map(numberOf).join(" ");
    let through = compiled.get(key);
    if (through === undefined) {
      const plugs = pipelines.flatMap((pipeline) => pipeline.plugs);
      through = plugs.length === 0 ? [] : [compilePipeline(plugs)];
      compiled.set(key, through);
    }
    return [...puttingPlugs(declaration.assigns, declaration.private), ...through];
  };
}

function puttingPlugs(
  assigns: Readonly<Record<string, unknown>>,
  privates: Readonly<Record<symbol, unknown>>,
): readonly Plug[] {
  const keys = Object.getOwnPropertySymbols(privates);
  if (Object.keys(assigns).length === 0 && keys.length === 0) return [];
  const put: Plug = (conn) => {
    Object.assign(conn.assigns, assigns);
    for (const key of keys) conn.putPrivate(key, privates[key]);
  };
  return [put];
}

/** Whole hosts before beginnings of hosts, longer ones before shorter. */
function byExactness(left: string, right: string): number {
  return Number(left.endsWith(".")) - Number(right.endsWith(".")) || right.length - left.length;
}
