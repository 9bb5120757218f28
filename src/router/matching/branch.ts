import { decodeRest } from "./path-text.ts";
import type { Segment } from "./pattern.ts";

/** One node of the tree of patterns: what can follow the segments on the way to it. */
export interface Branch<Route> {
  /** Children by fixed text; with few of them they are compared one after another, which is quicker. */
  readonly byText: Map<string, Branch<Route>>;
  readonly texts: string[];
  readonly children: Branch<Route>[];
  param: Branch<Route> | undefined;
  /** What takes all that remains. */
  rest: Target<Route> | undefined;
  /** What takes the path that ends here. */
  end: Target<Route> | undefined;
}

/** A route, and how to read the values of its params from a path. */
export interface Target<Route> {
  readonly route: Route;
  readonly names: readonly string[];
  /** Which segment of the path each param is, or begins at. */
  readonly positions: readonly number[];
  /** Whether the last param takes all that remains. */
  readonly hasRest: boolean;
}

const comparedChildren = 4;

export function branch<Route>(): Branch<Route> {
  return { byText: new Map(), texts: [], children: [], param: undefined, rest: undefined, end: undefined };
}

/** The child for a fixed text, made if there is none. */
export function childOf<Route>(parent: Branch<Route>, text: string): Branch<Route> {
  const existing = parent.byText.get(text);
  if (existing !== undefined) return existing;
  const created = branch<Route>();
  parent.byText.set(text, created);
  parent.texts.push(text);
  parent.children.push(created);
  return created;
}

/** @param params those of the pattern; one without a name is matched and not kept. */
export function targetOf<Route>(route: Route, params: readonly Segment[], positions: readonly number[]): Target<Route> {
  const named = params.map(({ value }) => value !== "");
  return {
    route,
    names: params.map(({ value }) => value).filter((name) => name !== ""),
    positions: positions.filter((_, index) => named[index]),
    hasRest: params.at(-1)?.kind === "rest" && params.at(-1)?.value !== "",
  };
}

/**
 * Walks down the tree along a path.
 *
 * @param start where the segment begins that is to be matched here, the `depth`-th.
 * @param end where the path ends.
 * @param starts is filled with where each segment begins, and where one would after the last. That depends on the path alone, so it stays right when the
 * search goes back and takes another branch.
 */
export function search<Route>(
  at: Branch<Route>,
  path: string,
  start: number,
  end: number,
  depth: number,
  starts: number[],
): Target<Route> | undefined {
  starts[depth] = start;
  if (start > end) return at.end ?? at.rest;
  const slash = path.indexOf("/", start);
  const stop = slash === -1 || slash > end ? end : slash;
  const child = fixedChild(at, path, start, stop);
  const found = child && search(child, path, stop + 1, end, depth + 1, starts);
  if (found !== undefined) return found;
  const byParam = at.param && stop > start ? search(at.param, path, stop + 1, end, depth + 1, starts) : undefined;
  return byParam ?? at.rest;
}

/**
 * The values of a target's params, found by a search that filled `starts`.
 *
 * @param escaped whether `path` has escapes that {@link decodePath} has left.
 */
export function paramValues<Route>(
  { names, positions, hasRest }: Target<Route>,
  path: string,
  end: number,
  starts: readonly number[],
  escaped: boolean,
): Record<string, string> {
  const values = noValues();
  for (let index = 0; index < names.length; index++) {
    const position = positions[index] as number;
    const stop = hasRest && index === names.length - 1 ? end : (starts[position + 1] as number) - 1;
    const text = path.slice(starts[position], stop);
    values[names[index] as string] = escaped ? decodeRest(text) : text;
  }
  return values;
}

/** Without a prototype, because `conn.params` passes it on as it is. */
export function noValues(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

function fixedChild<Route>(
  { texts, children, byText }: Branch<Route>,
  path: string,
  start: number,
  stop: number,
): Branch<Route> | undefined {
  if (texts.length > comparedChildren) return byText.get(path.slice(start, stop));
  for (let index = 0; index < texts.length; index++) {
    const text = texts[index] as string;
    if (text.length === stop - start && path.startsWith(text, start)) return children[index];
  }
  return undefined;
}
