import type { Conn, Params, Plug } from "../plug/index.ts";
import type { RequestParams } from "./pattern.ts";

/**
 * What serves a request: a function of a controller. It answers by `render`, `json`, `redirect` and the like.
 *
 * @param params `conn.params`; those of the path are always there, as text.
 */
export type Action<Pattern extends string = string> = (
  conn: Conn,
  params: Params & RequestParams<Pattern>,
) => void | Promise<void>;

/**
 * What `scope.live` points at. The views of the room `live` are such targets; the router knows nothing else of them.
 */
export interface LiveTarget {
  /** The view's name, unique in the application. */
  readonly name: string;
  /** Answers the page's HTTP request with complete HTML (protocol, section 11). */
  render(conn: Conn, route: Route): void | Promise<void>;
}

/** What a live route says about itself to its view. */
export interface LiveOptions {
  /** Tells routes of one view apart: `"index"`, `"edit"`. */
  readonly action?: string;
  /** The group of routes between which a client may navigate without a page load (protocol, section 26). */
  readonly liveSession?: string;
}

/** One line of the route table, with everything in it that could be worked out at start. */
export interface Route {
  /** In capitals: `GET`. */
  readonly method: string;
  /** The whole pattern, the scope's path included. */
  readonly pattern: string;
  /** The only host that it is served on, if the scope names one. */
  readonly host: string | undefined;
  readonly target: Action | LiveTarget;
  /** The target again if it is a view. */
  readonly live: LiveTarget | undefined;
  /** The pipelines' plugs and the target as one. Expects `conn.pathParams` to be set. */
  readonly plug: Plug;
  /** The names of the pipelines, in the order in which they run. */
  readonly pipelines: readonly string[];
  readonly options: LiveOptions;
}
