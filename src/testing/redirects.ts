import assert from "node:assert";
import type { RequestParams } from "../router/index.ts";
import { fail } from "./failure-report.ts";
import { assertStatus } from "./responses.ts";
import type { TestConn } from "./test-conn.ts";

/** As much of an entry of `defineRoutes` as says which params a path has. */
export interface RoutePattern<Pattern extends string> {
  readonly pattern: Pattern;
}

/**
 * Where an answer redirects to, as it says it: a path, or the URL of another site.
 *
 * @param status the redirect that is asserted; 302 if absent.
 * @throws AssertionError for another status, and without a `location`.
 * @example
 * assert.equal(redirectedTo(page), routes.home());
 * page = await get(page, redirectedTo(page));
 */
export function redirectedTo(conn: TestConn, status = 302): string {
  return locationOf(conn, status, redirectedTo);
}

/**
 * The params in the path that an answer redirects to.
 *
 * @param route the entry of `defineRoutes` that it has to be a path of; without it, whatever route the router finds.
 * @throws AssertionError if the answer does not redirect, or to another route.
 * @example
 * const { id } = redirectedParams(await post(visitor, routes.posts.index(), { title: "Hello" }), routes.posts.show);
 */
export function redirectedParams<Pattern extends string>(
  conn: TestConn,
  route?: RoutePattern<Pattern>,
  status = 302,
): ParamsOf<Pattern> {
  return paramsOf(conn, locationOf(conn, status, redirectedParams), route, redirectedParams);
}

/**
 * The params in a path of the application, as a GET of it would have them.
 *
 * @param path or a whole URL.
 * @param route as in {@link redirectedParams}.
 * @throws AssertionError if no route serves it, or another one.
 */
export function pathParams<Pattern extends string>(
  conn: TestConn,
  path: string,
  route?: RoutePattern<Pattern>,
): ParamsOf<Pattern> {
  return paramsOf(conn, path, route, pathParams);
}

/** The params of a pattern; of one that is not known, any. */
export type ParamsOf<Pattern extends string> = string extends Pattern
  ? Readonly<Record<string, string>>
  : RequestParams<Pattern>;

type Assertion = (...given: never[]) => unknown;

function locationOf(conn: TestConn, status: number, assertion: Assertion): string {
  assertStatus(conn, status, assertion);
  return conn.headers.get("location") ?? fail(conn, "was to be redirected, but the answer has no location", assertion);
}

function paramsOf<Pattern extends string>(
  conn: TestConn,
  path: string,
  route: RoutePattern<Pattern> | undefined,
  assertion: Assertion,
): ParamsOf<Pattern> {
  const router = conn.endpoint?.router;
  if (router === undefined) throw new Error("what runPlug() gives back has no router: make a visitor with conn()");
  const url = new URL(path, `http://${conn.next.headers.host}`);
  const found = router.match("GET", url.pathname, url.hostname);
  if (found === undefined) throw mismatch(path, "no route serves it", assertion);
  if (route !== undefined && found.route.pattern !== route.pattern) {
    throw mismatch(path, `it is a path of ${found.route.pattern}, not of ${route.pattern}`, assertion);
  }
  return { ...found.pathParams } as ParamsOf<Pattern>;
}

function mismatch(path: string, why: string, assertion: Assertion): Error {
  return new assert.AssertionError({ message: `${path}: ${why}`, operator: assertion.name, stackStartFn: assertion });
}
