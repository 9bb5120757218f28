import type { Definition } from "./definition.ts";
import { parsePattern, patternShape } from "./pattern.ts";
import { describePlace } from "./place.ts";
import type { Declaration } from "./scope.ts";

/**
 * What is wrong with a router, each problem in a sentence; empty if nothing is.
 */
export function findProblems(definition: Definition): readonly string[] {
  return [
    ...pipelinesNamedTwice(definition),
    ...unknownPipelines(definition),
    ...outsideOfTheirScope(definition),
    ...hiddenRoutes(definition),
    ...unservedRoutes(definition),
  ];
}

function* pipelinesNamedTwice({ pipelines }: Definition): Iterable<string> {
  const first = new Map<string, string>();
  for (const { name, place } of pipelines) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, describePlace(place));
    else yield `the pipeline "${name}" is declared twice: at ${earlier} and at ${describePlace(place)}`;
  }
}

function* unknownPipelines({ declarations, pipelines }: Definition): Iterable<string> {
  const known = pipelines.map(({ name }) => name);
  for (const declaration of declarations) {
    for (const name of declaration.pipelines) {
      if (known.includes(name)) continue;
      const choice = known.length === 0 ? "none is declared" : `declared are ${known.join(", ")}`;
      yield `${describe(declaration)} goes through the pipeline "${name}", which does not exist; ${choice}`;
    }
  }
}

function* outsideOfTheirScope({ declarations }: Definition): Iterable<string> {
  for (const declaration of declarations) {
    if (declaration.outside === undefined) continue;
    yield `${describe(declaration)} is a whole path of defineRoutes that does not lie below its scope's path ` +
      `${declaration.outside}: change one of the two`;
  }
}

function* hiddenRoutes({ declarations }: Definition): Iterable<string> {
  const first = new Map<string, Declaration>();
  for (const declaration of declarations) {
    const { method, host = "", pattern } = declaration;
    const key = `${method} ${host} ${patternShape(parsePattern(pattern))}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, declaration);
    else if (earlier.pattern === pattern) {
      yield `${method} ${pattern} is served twice: at ${describePlace(earlier.place)} and at ${describePlace(declaration.place)}`;
    } else {
      yield `${describe(declaration)} can never be reached, because ${describe(earlier)} matches the same paths`;
    }
  }
}

function* unservedRoutes({ routes, declarations }: Definition): Iterable<string> {
  const served = new Set(declarations.map(({ pattern }) => pattern));
  for (const [name, { pattern }] of Object.entries(routes)) {
    if (served.has(pattern)) continue;
    yield `routes.${name} (${pattern}) is served by nobody: add it to a scope, or take it out of defineRoutes`;
  }
}

function describe({ method, pattern, place }: Declaration): string {
  return `${method} ${pattern} (${describePlace(place)})`;
}
