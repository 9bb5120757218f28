import type { Route } from "./route.ts";

const shownRoutes = 5;
/** Longer paths are compared by their beginning, since the work grows with the square of the length. */
const comparedLength = 120;

/** The part of a 404's message that helps a developer: what comes close to the path, and where to add it. */
export function describeNearRoutes(path: string, routes: readonly Route[], declaredAt: string): string {
  const hint = `routes are declared in ${declaredAt}`;
  const near = nearRoutes(path, routes);
  if (near.length === 0) return `; ${hint}`;
  const lines = near.map(({ method, pattern }) => `\n  ${method.padEnd(7)} ${pattern}`);
  return `; the nearest that there are:${lines.join("")}\n${hint}`;
}

function nearRoutes(path: string, routes: readonly Route[]): readonly Route[] {
  const compared = path.slice(0, comparedLength);
  return routes
    .map((route) => ({ route, distance: editDistance(compared, fillParams(route.pattern, compared)) }))
    .filter(({ route, distance }) => distance <= Math.max(3, route.pattern.length / 2))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, shownRoutes)
    .map(({ route }) => route);
}

/** The pattern with each param replaced by what stands at its place in the path, so that it costs no distance. */
function fillParams(pattern: string, path: string): string {
  const given = path.split("/");
  const filled = pattern.split("/").flatMap((segment, index) => {
    if (segment.startsWith("*")) return given.slice(index);
    return segment.startsWith(":") ? [given[index] ?? segment] : [segment];
  });
  return filled.join("/").slice(0, comparedLength);
}

/** How many characters have to be inserted, removed or replaced to make one text of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
