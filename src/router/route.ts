import type { Conn, ConnWith, Params, Plug, Requirement } from "../plug/index.ts";
import type { RequestParams } from "./matching/pattern.ts";
import type { Place } from "./place.ts";

/**
 * What serves a request: a function of a controller. It answers by `render`, `json`, `redirect` and the like.
 *
 * An action that has a `requirements` property (see `action` of the room `controller`) is served only behind pipelines
 * that provide them.
 *
 * @param conn its `assigns` are known to have what the pipelines of the scope provide.
 * @param params `conn.params`; those of the path are always there, as text.
 */
export type Action<Pattern extends string = string, Provided = object, Path extends string = "/"> = (
  conn: ConnWith<Provided>,
  params: Params & RequestParams<Pattern> & RequestParams<Path>,
) => void | Promise<void>;

/** What a target of routes says of itself: that it needs something its pipelines have to provide. */
export interface Requiring {
  readonly requirements?: readonly Requirement[];
}

/**
 * What `scope.live` points at. The views of the room `live` are such targets; the router knows nothing else of them.
 */
export interface LiveTarget<Required = object> extends Requiring {
  /** The view's name, unique in the application. */
  readonly name: string;
  /** Answers the page's HTTP request with complete HTML (protocol, section 11). */
  readonly render: (conn: ConnWith<Required>, route: Route) => void | Promise<void>;
}

/**
 * A part of the application that is written against the Fetch API: Hono's, or anything that has a function from
 * Request to Response as its `fetch`. See `scope.forward`.
 */
export interface FetchHandler {
  /** @param context the conn of the request, for what plugs have left on it. */
  fetch(request: Request, context: { readonly conn: Conn }): Response | Promise<Response>;
}

/** What a route may say of itself. */
export interface RouteOptions {
  /** For lists of routes. Without it, the name of the pattern's entry in `defineRoutes`, if it has one. */
  readonly name?: string;
  /** Put into `conn.assigns` before the pipelines run, over those of the scope. */
  readonly assigns?: Readonly<Record<string, unknown>>;
  /** Put by `conn.putPrivate` before the pipelines run, over those of the scope. */
  readonly private?: Readonly<Record<symbol, unknown>>;
}

/** What a live route says about itself to its view. */
export interface LiveOptions extends RouteOptions {
  /** Tells routes of one view apart: `"index"`, `"edit"`. */
  readonly action?: string;
  /** The group of routes between which a client may navigate without a page load (protocol, section 26). */
  readonly liveSession?: string;
}

/** One line of the route table, with everything in it that could be worked out at start. */
export interface Route {
  /** In capitals: `GET`; `*` for all. */
  readonly method: string;
  /** The whole pattern, the scope's path included. That of a forward ends in `/*`. */
  readonly pattern: string;
  /** What precedes the pattern that the route was declared with in its own router; empty unless that is forwarded to. */
  readonly mountedAt: string;
  /** As in `defineRoutes`, parts joined by dots: `posts.show`; undefined for routes without a name. */
  readonly name: string | undefined;
  /** The only host that it is served on, if the scope names one. */
  readonly host: string | undefined;
  readonly target: Action | LiveTarget | Plug | FetchHandler;
  /** The target again if it is a view. */
  readonly live: LiveTarget | undefined;
  /** What to call the target in a list: `PostController.show` as far as it is known, `live chat`. */
  readonly targetName: string;
  /** The pipelines' plugs and the target as one. Expects `conn.pathParams` to be set. */
  readonly plug: Plug;
  /** The pipelines' plugs alone. */
  readonly pipeline: Plug;
  /** The names of the pipelines, in the order in which they run. */
  readonly pipelines: readonly string[];
  readonly options: LiveOptions;
  readonly place: Place;
}
