import { branch, childOf, noValues, paramValues, search, targetOf } from "./branch.ts";
import { decodePath, innerEnd } from "./path-text.ts";
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
 * beats a `*rest`. The order in which routes were added does not matter. No regular expression is made of a pattern,
 * and every branch of the tree is visited at most once for a path: whatever routes and paths there are, a search is not
 * longer than the table.
 *
 * A `/` at the end of a path is ignored; `//` is an empty segment, which only a `*rest` takes.
 */
export class Matcher<Route> {
  /** Paths without params, as clients usually write them; other spellings of them are found in the tree. */
  readonly #fixed = new Map<string, Match<Route>>();
  /** Which lengths those have: for others it is not worth while to look them up. */
  readonly #fixedLengths: boolean[] = [];
  readonly #root = branch<Route>();
  /** Where the segments of the path begin that is being searched: kept, so that a search allocates nothing. */
  readonly #starts: number[] = [];

  /** Adds a route. One of the same shape must not have been added before. */
  add(segments: readonly Segment[], route: Route): void {
    let at = this.#root;
    const params: Segment[] = [];
    const positions: number[] = [];
    for (const [index, segment] of segments.entries()) {
      if (segment.kind === "fixed") {
        at = childOf(at, segment.value);
        continue;
      }
      params.push(segment);
      positions.push(index);
      if (segment.kind === "rest") {
        at.rest = targetOf(route, params, positions);
        return;
      }
      at.param ??= branch();
      at = at.param;
    }
    at.end = targetOf(route, params, positions);
    if (params.length > 0) return;
    const path = `/${segments.map(({ value }) => value).join("/")}`;
    const match = Object.freeze({ route, pathParams: Object.freeze(noValues()) });
    for (const spelling of [path, encodeURI(path)]) {
      this.#fixed.set(spelling, match);
      this.#fixedLengths[spelling.length] = true;
    }
  }

  /**
   * The route of a percent-encoded path without query.
   *
   * @throws HttpError 400 if a percent escape in it is malformed.
   */
  find(path: string): Match<Route> | undefined {
    const fixed = this.#fixedLengths[path.length] === true ? this.#fixed.get(path) : undefined;
    if (fixed !== undefined) return fixed;
    if (!path.startsWith("/")) return undefined;
    const escaped = path.includes("%");
    const text = escaped ? decodePath(path) : path;
    const end = innerEnd(text);
    const target = search(this.#root, text, text === "/" ? 2 : 1, end, 0, this.#starts);
    return target && { route: target.route, pathParams: paramValues(target, text, end, this.#starts, escaped) };
  }
}
