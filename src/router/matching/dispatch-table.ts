import type { Route } from "../route.ts";
import { type Match, Matcher } from "./matcher.ts";
import { patternShape, type Segment } from "./pattern.ts";

/** A route with its pattern taken apart. */
export interface TableRoute {
  readonly route: Route;
  readonly segments: readonly Segment[];
}

/**
 * The routes of one host, or those that every host serves: a matcher for each method.
 *
 * Where two routes have the same shape, one that names the method goes before one for every method, and one for HEAD
 * before one for GET.
 */
export class DispatchTable {
  /** As in the scope: a whole host, or the beginning of one ending in a dot; undefined for every host. */
  readonly #host: string | undefined;
  readonly #get: Matcher<Route>;
  readonly #byMethod = new Map<string, Matcher<Route>>();
  /** For methods that no route names. */
  readonly #otherMethods: Matcher<Route>;

  /** @param routes of which no two have the same method and shape. */
  constructor(host: string | undefined, routes: readonly TableRoute[]) {
    this.#host = host;
    const named = Map.groupBy(routes, ({ route }) => route.method);
    const every = named.get("*") ?? [];
    named.delete("*");
    const get = named.get("GET") ?? [];
    this.#otherMethods = matcherOf(every);
    for (const [method, ofMethod] of named) this.#byMethod.set(method, matcherOf(ofMethod, every));
    this.#byMethod.set("HEAD", matcherOf(named.get("HEAD") ?? [], get, every));
    this.#get = matcherOf(get, every);
    this.#byMethod.set("GET", this.#get);
  }

  /** Whether the table is for requests to this host. */
  serves(host: string): boolean {
    if (this.#host === undefined) return true;
    return this.#host.endsWith(".") ? host.startsWith(this.#host) : host === this.#host;
  }

  /** @throws HttpError 400 for a malformed path. */
  find(method: string, path: string): Match<Route> | undefined {
    if (method === "GET") return this.#get.find(path);
    return (this.#byMethod.get(method) ?? this.#otherMethods).find(path);
  }

  /** The methods that this path has routes for; HEAD among them where GET is. */
  methodsOf(path: string): readonly string[] {
    return [...this.#byMethod.keys()].filter((method) => this.#byMethod.get(method)?.find(path) !== undefined);
  }

  /** All methods that some path has a route for. */
  get methods(): readonly string[] {
    return [...this.#byMethod.keys()];
  }
}

/** @param lists of routes; where two have the same shape, the one of the earlier list counts. */
function matcherOf(...lists: readonly (readonly TableRoute[])[]): Matcher<Route> {
  const matcher = new Matcher<Route>();
  const shapes = new Set<string>();
  for (const { route, segments } of lists.flat()) {
    const shape = patternShape(segments);
    if (shapes.has(shape)) continue;
    shapes.add(shape);
    matcher.add(segments, route);
  }
  return matcher;
}
