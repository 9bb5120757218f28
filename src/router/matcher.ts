import { HttpError } from "../plug/index.ts";
import type { Segment } from "./pattern.ts";

/** A path's route, and the decoded values of its params. */
export interface Match<Route> {
  readonly route: Route;
  readonly pathParams: Record<string, string>;
}

/**
 * Finds the route of a path, for one method.
 *
 * Where several patterns match, the leftmost segment in which they differ decides: fixed text beats a param, a param
 * beats a `*rest`. The order in which routes were added does not matter. Every branch of the tree is visited at most
 * once for a path, so that no choice of routes and paths makes a search longer than the table.
 *
 * A `/` at the end of a path is ignored; `//` is an empty segment, which only a `*rest` takes.
 */
export class Matcher<Route> {
  /** Paths without params, as clients usually write them; other spellings of them are found in the tree. */
  readonly #fixed = new Map<string, Match<Route>>();
  readonly #root = branch<Route>();

  /** Adds a route. One of the same shape must not have been added before. */
  add(segments: readonly Segment[], route: Route): void {
    const target = { route, params: [] as ParamPosition[] };
    let at = this.#root;
    for (const [index, { kind, value }] of segments.entries()) {
      if (kind === "fixed") {
        at = childOf(at, value);
        continue;
      }
      target.params.push({ name: value, index, rest: kind === "rest" });
      if (kind === "rest") {
        at.rest = target;
        return;
      }
      at.param ??= branch();
      at = at.param;
    }
    at.end = target;
    if (target.params.length > 0) return;
    const path = `/${segments.map(({ value }) => value).join("/")}`;
    const match = Object.freeze({ route, pathParams: Object.freeze(noValues()) });
    this.#fixed.set(path, match).set(encodeURI(path), match);
  }

  /**
   * The route of a percent-encoded path without query.
   *
   * @throws HttpError 400 if a percent escape in it is malformed.
   */
  find(path: string): Match<Route> | undefined {
    const fixed = this.#fixed.get(path);
    if (fixed !== undefined) return fixed;
    const segments = splitPath(path);
    if (segments === undefined) return undefined;
    const target = search(this.#root, segments, 0);
    return target && { route: target.route, pathParams: paramValues(target.params, segments) };
  }
}

interface Branch<Route> {
  readonly fixed: Map<string, Branch<Route>>;
  param: Branch<Route> | undefined;
  rest: Target<Route> | undefined;
  end: Target<Route> | undefined;
}

interface Target<Route> {
  readonly route: Route;
  readonly params: readonly ParamPosition[];
}

interface ParamPosition {
  readonly name: string;
  /** Which segment of the path it takes, or begins at. */
  readonly index: number;
  readonly rest: boolean;
}

function branch<Route>(): Branch<Route> {
  return { fixed: new Map(), param: undefined, rest: undefined, end: undefined };
}

function childOf<Route>(parent: Branch<Route>, text: string): Branch<Route> {
  const existing = parent.fixed.get(text);
  if (existing !== undefined) return existing;
  const created = branch<Route>();
  parent.fixed.set(text, created);
  return created;
}

function search<Route>(at: Branch<Route>, segments: readonly string[], index: number): Target<Route> | undefined {
  const segment = segments[index];
  if (segment === undefined) return at.end ?? at.rest;
  const fixed = at.fixed.get(segment);
  const found = fixed && search(fixed, segments, index + 1);
  if (found !== undefined) return found;
  const byParam = at.param && segment !== "" ? search(at.param, segments, index + 1) : undefined;
  return byParam ?? at.rest;
}

function paramValues(params: readonly ParamPosition[], segments: readonly string[]): Record<string, string> {
  const values = noValues();
  for (const { name, index, rest } of params) {
    values[name] = rest ? segments.slice(index).join("/") : (segments[index] as string);
  }
  return values;
}

/** Without a prototype, because `conn.params` passes it on as it is. */
function noValues(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

function splitPath(path: string): string[] | undefined {
  if (!path.startsWith("/")) return undefined;
  if (path === "/") return [];
  const end = path.endsWith("/") && !path.endsWith("//") ? path.length - 1 : path.length;
  const segments = path.slice(1, end).split("/");
  return path.includes("%") ? segments.map((segment) => decodeSegment(segment, path)) : segments;
}

function decodeSegment(segment: string, path: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, `the path ${path} has a percent escape that is not UTF-8 (RFC 3986, section 2.1)`);
  }
}
