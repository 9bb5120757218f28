import { describe } from "./check/describe.ts";
import { hiddenRoutes, mingledRouters } from "./check/hidden-routes.ts";
import { unprovidedRequirements } from "./check/requirements.ts";
import { type Definition, definitionOf } from "./definition.ts";
import { type ExpandedRoute, expand } from "./expand.ts";
import { serves } from "./named-route.ts";
import { describePlace, type Place } from "./place.ts";

/**
 * What is wrong with a router, each problem in a sentence; empty if nothing is. Routers that it forwards to are looked
 * at as well.
 */
export function findProblems(definition: Definition): readonly string[] {
  const expanded = expand(definition);
  return [
    ...allDefinitions(definition).flatMap((one) => [...problemsOf(one)]),
    ...hiddenRoutes(expanded),
    ...mixedUpMounts(expanded),
    ...unprovidedRequirements(expanded),
  ];
}

/** What can be told of a router by itself. */
function* problemsOf(definition: Definition): Iterable<string> {
  yield* definition.problems;
  yield* declaredTwice("pipeline", definition.pipelines);
  yield* declaredTwice("live session", definition.liveSessions);
  yield* wrongPipelines(definition);
  yield* outsideOfTheirScope(definition);
  yield* unservedRoutes(definition);
  yield* mingledRouters(definition);
}

function* declaredTwice(
  what: string,
  named: readonly { readonly name: string; readonly place: Place }[],
): Iterable<string> {
  const first = new Map<string, string>();
  for (const { name, place } of named) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, describePlace(place));
    else yield `the ${what} "${name}" is declared twice: at ${earlier} and at ${describePlace(place)}`;
  }
}

function* wrongPipelines({ declarations, pipelines }: Definition): Iterable<string> {
  const known = pipelines.map(({ name }) => name);
  for (const declaration of declarations) {
    for (const [index, name] of declaration.pipelines.entries()) {
      if (!known.includes(name)) {
        const choice = known.length === 0 ? "none is declared" : `declared are ${known.join(", ")}`;
        yield `${describe(declaration)} goes through the pipeline "${name}", which does not exist; ${choice}`;
      } else if (declaration.pipelines.indexOf(name) < index) {
        yield `${describe(declaration)} goes through the pipeline "${name}" twice: a scope around its own names it already`;
      }
    }
  }
}

function* outsideOfTheirScope({ declarations, routes }: Definition): Iterable<string> {
  const names = new Map(routes.map(({ pattern, name }) => [pattern, name]));
  for (const declaration of declarations) {
    const { outside, scopeName, pattern } = declaration;
    if (outside !== undefined) {
      yield `${describe(declaration)} is a whole path of defineRoutes that does not lie below its scope's path ` +
        `${outside}: change one of the two`;
    }
    const name = names.get(pattern);
    if (name !== undefined && !name.startsWith(scopeName)) {
      yield `${describe(declaration)} is routes.${name}, whose name does not begin with its scope's "${scopeName}": ` +
        "change one of the two";
    }
  }
}

function* unservedRoutes({ routes, declarations }: Definition): Iterable<string> {
  const served = Map.groupBy(declarations, ({ pattern }) => pattern);
  for (const route of routes) {
    const { name, pattern, methods } = route;
    if (served.get(pattern)?.some(({ method }) => serves(method, route))) continue;
    const request = methods === undefined ? pattern : `${methods.join(" or ")} ${pattern}`;
    yield `routes.${name} (${request}) is served by nobody: add it to a scope, or take it out of defineRoutes`;
  }
}

/** What forwarding to a router brings together that does not go together. */
function* mixedUpMounts(expanded: readonly ExpandedRoute[]): Iterable<string> {
  for (const { declaration, layers, pattern, segments } of expanded) {
    const hosts = new Set(layers.flatMap(({ declaration: { host } }) => host ?? []));
    if (hosts.size > 1) {
      yield `${describe(declaration)} can never be reached: it is for the host ${[...hosts].reverse().join(", but forwarded to only for ")}`;
    }
    const params = segments.flatMap(({ kind, value }) => (kind === "fixed" ? [] : value));
    const twice = params.find((name, index) => name !== "" && params.indexOf(name) < index);
    if (twice !== undefined)
      yield `${describe(declaration)} is forwarded to as ${pattern}, which has the param "${twice}" twice`;
  }
}

function allDefinitions(definition: Definition): Definition[] {
  const forwarded = definition.declarations.flatMap(({ target }) =>
    target.kind === "router" ? [target.router[definitionOf]] : [],
  );
  return [definition, ...new Set(forwarded)].flatMap((one) => (one === definition ? one : allDefinitions(one)));
}
