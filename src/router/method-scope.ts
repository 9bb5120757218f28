import { declarationsOf, type RouteReference, type ScopeContext } from "./declaration.ts";
import type { Declaration, LiveSession, Target } from "./definition.ts";
import { placeOfCall } from "./place.ts";
import type { ProvidedFor } from "./provided-for.ts";
import type { Action, LiveOptions, RouteOptions } from "./route.ts";

/** What scopes fill while they are declared: the router's, and in the order of the calls. */
export interface ScopeContents {
  readonly declarations: Declaration[];
  readonly liveSessions: LiveSession[];
  readonly problems: string[];
}

/** The part of a scope that serves single requests: a method for each of HTTP's. */
export abstract class MethodScope<Provided, Path extends string> {
  protected readonly context: ScopeContext;
  protected readonly contents: ScopeContents;

  constructor(context: ScopeContext, contents: ScopeContents) {
    this.context = context;
    this.contents = contents;
  }

  /** Serves GET, and HEAD where no HEAD route is as near: with the same head and no body (RFC 9110, section 9.3.2). */
  get<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["GET"], route, action, options, this.get);
  }

  post<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["POST"], route, action, options, this.post);
  }

  put<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["PUT"], route, action, options, this.put);
  }

  patch<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["PATCH"], route, action, options, this.patch);
  }

  delete<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["DELETE"], route, action, options, this.delete);
  }

  /**
   * Serves OPTIONS. Where it is not declared, it goes through the pipelines of a path's routes, and is then answered with
   * the methods that there are (RFC 9110, section 9.3.7).
   */
  options<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["OPTIONS"], route, action, options, this.options);
  }

  head<Pattern extends string, Needed = Provided>(
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(["HEAD"], route, action, options, this.head);
  }

  /**
   * Serves several methods with one action, or with `"*"` all that no other route serves on this pattern.
   *
   * @example scope.match(["GET", "POST"], routes.search, search)
   */
  match<Pattern extends string, Needed = Provided>(
    methods: readonly Uppercase<string>[] | "*",
    route: RouteReference<Pattern>,
    action: Action<Pattern, Needed, Path> & ProvidedFor<Needed, Provided>,
    options?: RouteOptions,
  ): this {
    return this.#serve(methods === "*" ? ["*"] : methods, route, action, options, this.match);
  }

  /** @param calledFunction what the application has called: where it did is the place of the route. */
  protected add(
    methods: readonly string[],
    reference: RouteReference<string>,
    target: Target,
    targetName: string,
    options: LiveOptions,
    calledFunction: (...values: never[]) => unknown,
  ): this {
    const place = placeOfCall(calledFunction);
    const declared = { methods, reference, target, targetName, options, place };
    this.contents.declarations.push(...declarationsOf(this.context, declared));
    return this;
  }

  #serve(
    methods: readonly string[],
    reference: RouteReference<string>,
    action: Action<never, never, never>,
    options: RouteOptions = {},
    calledFunction: (...values: never[]) => unknown,
  ): this {
    if (typeof action !== "function") throw nothingServes(reference, action);
    // The matcher hands an action exactly the params of the pattern that it was declared with.
    const target = { kind: "action", action: action as unknown as Action } as const;
    return this.add(methods, reference, target, nameOfFunction(action), options, calledFunction);
  }
}

/** Types do not see it where two modules import each other, and one of them runs before the other is there. */
export function nothingServes(reference: RouteReference<string>, given: unknown): Error {
  const pattern = typeof reference === "string" ? reference : reference.pattern;
  return new Error(
    `the route ${pattern} was given ${String(given)} to serve it: if that is imported, see whether the two modules ` +
      "import each other",
  );
}

/** What a function is called in a list. */
export function nameOfFunction({ name }: { readonly name: string }): string {
  return name === "" ? "(a function)" : name;
}
