import type { Plug } from "../plug/index.ts";
import type { Segment } from "./matching/pattern.ts";
import type { NamedRoute } from "./named-route.ts";
import type { Place } from "./place.ts";
import type { Action, FetchHandler, LiveOptions, LiveTarget } from "./route.ts";

/** A router as it was declared, before anything is checked or compiled. Never changed in place. */
export interface Definition {
  /** The entries of `defineRoutes`. */
  readonly routes: readonly NamedRoute[];
  readonly pipelines: readonly Pipeline[];
  readonly declarations: readonly Declaration[];
  readonly liveSessions: readonly LiveSession[];
  /** What was found wrong while it was declared. */
  readonly problems: readonly string[];
  /** Where `router(...)` was called. */
  readonly place: Place;
}

export interface Pipeline {
  readonly name: string;
  readonly plugs: readonly Plug[];
  readonly place: Place;
}

/** A group of live routes. */
export interface LiveSession {
  readonly name: string;
  readonly place: Place;
}

/** The key under which a router keeps its definition, for routers that forward to it. */
export const definitionOf: unique symbol = Symbol("definition");

/** What a router looks like to another one. */
export interface Defined {
  readonly [definitionOf]: Definition;
}

/** A route as it was declared. */
export interface Declaration {
  readonly method: string;
  /** The whole pattern. */
  readonly pattern: string;
  /** A forward takes all that lies below its pattern, too. */
  readonly segments: readonly Segment[];
  readonly target: Target;
  readonly targetName: string;
  readonly options: LiveOptions;
  readonly pipelines: readonly string[];
  readonly host: string | undefined;
  readonly assigns: Readonly<Record<string, unknown>>;
  readonly private: Readonly<Record<symbol, unknown>>;
  /** Set if the pattern does not lie below this path of its scope. */
  readonly outside: string | undefined;
  /** What the scope has its routes' names begin with. */
  readonly scopeName: string;
  readonly place: Place;
}

/** What a route was declared to point at. */
export type Target =
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "live"; readonly live: LiveTarget }
  | { readonly kind: "plug"; readonly plug: Plug }
  | { readonly kind: "fetch"; readonly handler: FetchHandler }
  | { readonly kind: "router"; readonly router: Defined };
