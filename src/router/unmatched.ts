import { type Conn, compilePipeline } from "../plug/index.ts";
import type { CompiledRouter } from "./compile.ts";
import { MethodNotAllowedError, NoRouteError } from "./errors.ts";
import type { DispatchTable } from "./matching/dispatch-table.ts";
import type { Match } from "./matching/matcher.ts";
import type { Place } from "./place.ts";
import type { Route } from "./route.ts";

/**
 * Answers a request that no route matches.
 *
 * OPTIONS for a path that has routes goes through the pipelines of one of them (of the method that a preflight
 * request of CORS asks for, if it has that), so that their plugs may answer or add headers, and is answered with
 * status 204 and `allow` (RFC 9110, section 9.3.7). `OPTIONS *` asks for no path and is told all methods.
 *
 * @param host undefined where no route is for a host alone.
 * @param place where the application declares its routes.
 * @throws MethodNotAllowedError 405 if the path has routes for other methods, NoRouteError 404 if it has none.
 */
export function answerUnmatched(
  conn: Conn,
  { routes, everyHost, hosts }: CompiledRouter,
  host: string | undefined,
  place: Place,
): void | Promise<void> {
  const tables = [...hosts.filter((table) => host !== undefined && table.serves(host)), everyHost];
  if (conn.method === "OPTIONS" && conn.path === "*") {
    return tellMethods(conn, ["OPTIONS", ...tables.flatMap((table) => table.methods)]);
  }
  const methods = tables.flatMap((table) => table.methodsOf(conn.path));
  if (methods.length === 0) throw new NoRouteError(conn, routes, place);
  const allowed = [...methods, "OPTIONS"];
  if (conn.method !== "OPTIONS") throw new MethodNotAllowedError(conn, inOrder(allowed));
  const found = findAny(tables, [conn.requestHeader("access-control-request-method") ?? "", ...methods], conn.path);
  conn.pathParams = found.pathParams;
  return compilePipeline([found.route.pipeline, () => tellMethods(conn, allowed)])(conn);
}

function tellMethods(conn: Conn, methods: readonly string[]): void {
  conn.setHeader("allow", inOrder(methods).join(", "));
  conn.send(204, "");
}

/** One of the methods has a route here. */
function findAny(tables: readonly DispatchTable[], methods: readonly string[], path: string): Match<Route> {
  const found = methods.flatMap((method) => tables.flatMap((table) => table.find(method, path) ?? []));
  return found[0] as Match<Route>;
}

function inOrder(methods: readonly string[]): string[] {
  return [...new Set(methods)].sort();
}
