import type { Declaration, Definition } from "../definition.ts";
import { type ExpandedRoute, requestKey } from "../expand.ts";
import { patternShape } from "../matching/pattern.ts";
import { describePlace } from "../place.ts";
import { describe, methodName } from "./describe.ts";

/**
 * Routes that another one keeps from ever being reached, both with their places.
 *
 * Of two different patterns that match the same path one is always the more exact and wins, so that it is only patterns of the
 * same shape, for the same method and host, which get in each other's way.
 */
export function* hiddenRoutes(expanded: readonly ExpandedRoute[]): Iterable<string> {
  const first = new Map<string, ExpandedRoute>();
  for (const route of expanded) {
    const key = requestKey(route);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, route);
    else yield describeConflict(earlier, route);
  }
}

/** Routers that are forwarded to for the same paths: which of them a request is meant for, nobody could tell. */
export function* mingledRouters({ declarations }: Definition): Iterable<string> {
  const first = new Map<string, Declaration>();
  for (const declaration of declarations) {
    if (declaration.target.kind !== "router") continue;
    const key = `${declaration.host} ${patternShape(declaration.segments)}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, declaration);
    else yield `${describe(declaration)} is forwarded to a router, and so is ${describe(earlier)}: make one of both`;
  }
}

function describeConflict(earlier: ExpandedRoute, later: ExpandedRoute): string {
  const { method, place } = later.declaration;
  if (earlier.pattern === later.pattern) {
    const places = `at ${describePlace(earlier.declaration.place)} and at ${describePlace(place)}`;
    return `${methodName(method)}${later.pattern} is served twice: ${places}`;
  }
  return `${describe(whole(later))} can never be reached, because ${describe(whole(earlier))} matches the same paths`;
}

function whole({ declaration, pattern }: ExpandedRoute) {
  return { ...declaration, pattern };
}
