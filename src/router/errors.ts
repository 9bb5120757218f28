import { type Conn, HttpError } from "../plug/index.ts";
import { describeNearRoutes } from "./near-routes.ts";
import { describePlace, type Place } from "./place.ts";
import type { Route } from "./route.ts";

/** No route matches the path, with whatever method: answered with 404. */
export class NoRouteError extends HttpError {
  /**
   * @param routes those of the router. In development the message names the ones that come close; elsewhere requests
   * to nowhere are too common to spend time on.
   * @param place where the application declares its routes.
   */
  constructor(conn: Conn, routes: readonly Route[], place: Place) {
    const message = `no route for ${conn.method} ${conn.path}`;
    super(
      404,
      conn.config.environment === "development"
        ? message + describeNearRoutes(conn.path, routes, describePlace(place))
        : message,
    );
    this.name = "NoRouteError";
  }
}

/** The path has routes, but none with this method: answered with 405 and `allow` (RFC 9110, section 15.5.6). */
export class MethodNotAllowedError extends HttpError {
  /** The methods that the path has routes for. */
  readonly allowed: readonly string[];
  /** To be set on the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(conn: Conn, allowed: readonly string[]) {
    super(405, `${conn.path} is not served for ${conn.method}, only for ${allowed.join(", ")}`);
    this.name = "MethodNotAllowedError";
    this.allowed = allowed;
    this.headers = { allow: allowed.join(", ") };
  }
}
