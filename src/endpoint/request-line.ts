import { type Conn, type Params, paramFilter } from "../plug/index.ts";
import type { Node } from "../process/index.ts";
import { type LogEntry, writesLevel } from "./logger.ts";
import { visible } from "./quoted.ts";
import { endpointService } from "./running-endpoint.ts";

/** Characters of params that a line shows at most. */
const longestParams = 1_000;

/** A request that was answered, as the event says it. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMicroseconds: number;
  readonly conn?: Conn;
}

/**
 * Makes the log line of a request: what was asked for and answered, in which time; as fields its id, route and format
 * as well. Where the level `debug` is written it has the params, without passwords, tokens and secrets.
 *
 * @param names more params to filter, see `filterParams`.
 * @throws for a name that cannot be filtered.
 */
export function requestLine(node: Node, names: readonly string[] = []): (request: AnsweredRequest) => LogEntry {
  const filter = paramFilter(names);
  const withParams = writesLevel(node, "debug");
  return ({ method, path, status, durationMicroseconds, conn }) => {
    const params = withParams && conn !== undefined ? paramsOf(conn, filter) : undefined;
    const message = `${method} ${path} ${status} in ${formatDuration(durationMicroseconds)}`;
    return {
      message: params === undefined ? message : `${message}, params ${params}`,
      method,
      path,
      status,
      durationMicroseconds,
      ...(conn?.requestId === undefined ? {} : { requestId: conn.requestId }),
      ...(conn === undefined ? {} : routeOf(node, conn)),
      ...(conn?.format === undefined ? {} : { format: conn.format }),
      ...(params === undefined ? {} : { params }),
    };
  };
}

/** A duration for people: `950 µs`, `1.2 ms`. */
export function formatDuration(microseconds: number): string {
  return microseconds < 1000 ? `${microseconds} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}

/** The pattern of the route; files and scripts that the endpoint serves itself have no status on the conn, and no route. */
function routeOf(node: Node, conn: Conn): { route?: string } {
  const router = node.findService(endpointService)?.router;
  if (router === undefined || conn.status === undefined) return {};
  try {
    const route = router.match(conn.method, conn.path, conn.host)?.route.pattern;
    return route === undefined ? {} : { route };
  } catch {
    return {}; // A malformed path or host has no route.
  }
}

function paramsOf(conn: Conn, filter: (params: Params) => Params): string | undefined {
  try {
    const params = filter(conn.params);
    for (const _ in params) return visible(JSON.stringify(params), longestParams);
  } catch {
    // Malformed params were answered with 400, and say nothing that could be filtered.
  }
  return undefined;
}
