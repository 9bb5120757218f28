import { parsePattern } from "./pattern.ts";
import { type Place, placeOfCall } from "./place.ts";
import type { Action, LiveOptions, LiveTarget } from "./route.ts";

/** What the routes of a scope share. */
export interface ScopeOptions<Pipeline extends string = string> {
  /** The pipelines that a request runs through, in this order. */
  readonly through: Pipeline | readonly Pipeline[];
  /**
   * Stands before every pattern given as text. Entries of `defineRoutes` are whole paths already, and must begin
   * with it.
   */
  readonly path?: `/${string}`;
  /** Serves only this host; one that ends in a dot serves every host that begins with it: `"api."`. */
  readonly host?: string;
}

/** An entry of `defineRoutes`, or a pattern as text. */
export type RouteReference<Pattern extends string> = Pattern | { readonly pattern: Pattern };

/** A route as it was declared. */
export interface Declaration {
  readonly method: string;
  readonly pattern: string;
  readonly action: Action | undefined;
  readonly live: LiveTarget | undefined;
  readonly options: LiveOptions;
  readonly pipelines: readonly string[];
  readonly host: string | undefined;
  /** Set if the pattern does not lie below this path of its scope. */
  readonly outside: string | undefined;
  readonly place: Place;
}

/** Declares routes that share pipelines. Each method returns the scope itself. */
export class Scope {
  readonly #options: ScopeOptions;
  readonly #declarations: Declaration[];

  /** @param declarations is filled, in the order of the calls. */
  constructor(options: ScopeOptions, declarations: Declaration[]) {
    if (options.path !== undefined) parsePattern(options.path);
    this.#options = options;
    this.#declarations = declarations;
  }

  /** Serves GET, and HEAD where no HEAD route matches: with the same head and no body (RFC 9110, section 9.3.2). */
  get<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("GET", route, { action }, this.get);
  }

  post<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("POST", route, { action }, this.post);
  }

  put<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("PUT", route, { action }, this.put);
  }

  patch<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("PATCH", route, { action }, this.patch);
  }

  delete<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("DELETE", route, { action }, this.delete);
  }

  options<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("OPTIONS", route, { action }, this.options);
  }

  head<Pattern extends string>(route: RouteReference<Pattern>, action: Action<Pattern>): this {
    return this.#add("HEAD", route, { action }, this.head);
  }

  /** Serves several methods with one action: `scope.match(["GET", "POST"], routes.search, search)`. */
  match<Pattern extends string>(
    methods: readonly Uppercase<string>[],
    route: RouteReference<Pattern>,
    action: Action<Pattern>,
  ): this {
    for (const method of methods) this.#add(method, route, { action }, this.match);
    return this;
  }

  /** Serves GET with a view: its HTML first, and then its process over the socket. */
  live<Pattern extends string>(route: RouteReference<Pattern>, target: LiveTarget, options: LiveOptions = {}): this {
    return this.#add("GET", route, { live: target, options }, this.live);
  }

  #add(
    method: string,
    route: RouteReference<string>,
    target: { action?: Action<never>; live?: LiveTarget; options?: LiveOptions },
    calledFunction: (...values: never[]) => unknown,
  ): this {
    const { through, path = "/", host } = this.#options;
    const below = path === "/" ? "" : path;
    const isText = typeof route === "string";
    const pattern = isText ? joinPatterns(below, route) : route.pattern;
    parsePattern(pattern);
    this.#declarations.push({
      method,
      pattern,
      // The matcher hands an action exactly the params of the pattern that it was declared with.
      action: target.action as Action | undefined,
      live: target.live,
      options: target.options ?? {},
      pipelines: typeof through === "string" ? [through] : through,
      host: host?.toLowerCase(),
      outside: pattern === path || pattern.startsWith(`${below}/`) ? undefined : path,
      place: placeOfCall(calledFunction),
    });
    return this;
  }
}

function joinPatterns(below: string, pattern: string): string {
  if (!pattern.startsWith("/")) parsePattern(pattern);
  return pattern === "/" ? below || "/" : below + pattern;
}
