import type { Endpoint, OfflineEndpointOptions } from "../../src/endpoint/index.ts";
import type { Plug } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { testEndpoint } from "../../src/testing/index.ts";

/** What serves a site of the tests. */
export interface SiteOptions extends Omit<OfflineEndpointOptions, "router"> {
  /** What every request passes first. */
  readonly plugs?: readonly Plug[];
}

/** A site without a network. Each action stands under its method and path: `{ "GET /": (conn) => text(conn, "hello") }`. */
export function site(actions: Readonly<Record<string, Plug>>, { plugs = [], ...options }: SiteOptions = {}): Endpoint {
  const served = router()
    .pipeline("all", plugs)
    .scope({ through: "all" }, (scope) => {
      for (const [place, action] of Object.entries(actions)) {
        const [method = "", path = ""] = place.split(" ");
        scope.match(method === "*" ? "*" : [method.toUpperCase() as "GET"], path as "/", action);
      }
    });
  return testEndpoint(served, options);
}

/** The message of what something fails with. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
