import { type Declaration, type Definition, definitionOf, type Pipeline } from "./definition.ts";
import { patternBelow, patternShape, type Segment } from "./matching/pattern.ts";
import { nameOf } from "./named-route.ts";
import type { LiveOptions } from "./route.ts";

/** A route of a router, or of one that it forwards to, with all that is around it. */
export interface ExpandedRoute {
  readonly declaration: Declaration;
  /** The whole pattern, with what precedes it where the router of the route is forwarded to. */
  readonly pattern: string;
  readonly segments: readonly Segment[];
  readonly mountedAt: string;
  readonly name: string | undefined;
  readonly host: string | undefined;
  readonly options: LiveOptions;
  /** From the outside in: one for each router on the way. */
  readonly layers: readonly Layer[];
}

/** What one router does for a request before the next one, or the target, gets it. */
export interface Layer {
  readonly declaration: Declaration;
  readonly pipelines: readonly Pipeline[];
  /** The names of the pipelines, which tell those of several routers apart. */
  readonly names: readonly string[];
  /** How many segments of the path the layers within do not see. */
  readonly taken: number;
}

/** All routes that a router serves, in the order of their declaration. */
export function expand(definition: Definition): ExpandedRoute[] {
  return expandBelow(definition, { pattern: "/", name: "", segments: [], host: undefined, layers: [] });
}

/** Where a router is forwarded to. */
interface Mount {
  readonly pattern: string;
  readonly name: string | undefined;
  readonly segments: readonly Segment[];
  readonly host: string | undefined;
  readonly layers: readonly Layer[];
}

function expandBelow(definition: Definition, mount: Mount): ExpandedRoute[] {
  const { routes, declarations, pipelines } = definition;
  const byPattern = Map.groupBy(routes, ({ pattern }) => pattern);
  const byName = new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]));
  const mountedAt = mount.pattern === "/" ? "" : mount.pattern;
  const beforeName = mount.name ? `${mount.name}.` : "";

  return declarations.flatMap((declaration) => {
    const { pattern, target, method, options } = declaration;
    const forwards = declaration.segments.at(-1)?.value === "";
    const taken = forwards || target.kind === "router" ? segmentCount(declaration) : 0;
    const layer: Layer = {
      declaration,
      pipelines: declaration.pipelines.flatMap((name) => byName.get(name) ?? []),
      names: declaration.pipelines.map((name) => mountedName(mount, name)),
      taken,
    };
    const name = options.name ?? nameOf(byPattern.get(pattern) ?? [], method);
    const route: ExpandedRoute = {
      declaration,
      pattern: patternBelow(mount.pattern, forwards ? patternBelow(pattern, "/*") : pattern),
      segments: [...mount.segments, ...declaration.segments],
      mountedAt,
      name: name && beforeName + name,
      host: declaration.host ?? mount.host,
      options:
        options.liveSession === undefined
          ? options
          : { ...options, liveSession: mountedName(mount, options.liveSession) },
      layers: [...mount.layers, layer],
    };
    return target.kind === "router" ? expandBelow(target.router[definitionOf], route) : [route];
  });
}

function segmentCount({ segments }: Declaration): number {
  return segments.filter(({ kind }) => kind !== "rest").length;
}

/** The name of a pipeline or live session, where another router may have one of the same name that is not the same. */
function mountedName({ pattern, host, layers }: Mount, name: string): string {
  if (layers.length === 0) return name;
  return `${host === undefined ? "" : `//${host}`}${pattern === "/" ? "" : pattern}:${name}`;
}

/** What two routes have in common if both match the same requests. */
export function requestKey({ declaration, host = "", segments }: ExpandedRoute): string {
  return `${declaration.method} ${host} ${patternShape(segments)}`;
}
