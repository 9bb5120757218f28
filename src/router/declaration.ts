import type { Declaration, Target } from "./definition.ts";
import { liesBelow, parsePattern, patternBelow, type Segment } from "./matching/pattern.ts";
import type { Place } from "./place.ts";
import type { LiveOptions } from "./route.ts";

/** An entry of `defineRoutes`, or a pattern as text. */
export type RouteReference<Pattern extends string> = Pattern | { readonly pattern: Pattern };

/** What the routes of a scope have from it and from the scopes around it. */
export interface ScopeContext {
  readonly path: string;
  /** Precedes the names of routes, with its dot; may be empty. */
  readonly name: string;
  readonly pipelines: readonly string[];
  readonly hosts: readonly (string | undefined)[];
  readonly assigns: Readonly<Record<string, unknown>>;
  readonly private: Readonly<Record<symbol, unknown>>;
  readonly liveSession: string | undefined;
}

/** What is particular to one route. */
export interface Declared {
  readonly methods: readonly string[];
  readonly reference: RouteReference<string>;
  readonly target: Target;
  readonly targetName: string;
  readonly options: LiveOptions;
  readonly place: Place;
}

/**
 * The declarations that a route in a scope comes to: one for each of its methods and each host of the scope.
 *
 * @throws an Error for a malformed pattern.
 */
export function declarationsOf(context: ScopeContext, declared: Declared): Declaration[] {
  const { reference, target, targetName, options, place } = declared;
  const pattern = typeof reference === "string" ? whole(context.path, reference) : reference.pattern;
  const segments = parsePattern(pattern);
  const forwards = target.kind !== "action" && target.kind !== "live";
  if (forwards && segments.at(-1)?.kind === "rest") {
    throw new Error(
      `the route pattern "${pattern}" cannot be forwarded: leave its last part out, all below goes along`,
    );
  }
  const { name } = options;
  const declaration: Omit<Declaration, "method" | "host"> = {
    pattern,
    segments: forwards && target.kind !== "router" ? [...segments, anythingBelow] : segments,
    target,
    targetName,
    options: {
      ...options,
      ...(name === undefined ? {} : { name: context.name + name }),
      ...(context.liveSession === undefined ? {} : { liveSession: options.liveSession ?? context.liveSession }),
    },
    pipelines: context.pipelines,
    assigns: { ...context.assigns, ...options.assigns },
    private: { ...context.private, ...options.private },
    outside: liesBelow(context.path, pattern) ? undefined : context.path,
    scopeName: context.name,
    place,
  };
  return context.hosts.flatMap((host) => declared.methods.map((method) => ({ ...declaration, method, host })));
}

/** Without a name, so that it becomes no param. */
const anythingBelow: Segment = { kind: "rest", value: "" };

function whole(path: string, pattern: string): string {
  if (!pattern.startsWith("/")) parsePattern(pattern);
  return patternBelow(path, pattern);
}
