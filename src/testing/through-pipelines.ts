import { compilePipeline, type Plug } from "../plug/index.ts";
import { handleAlone } from "./handle-alone.ts";
import { prepareConn } from "./prepare-conn.ts";
import { nextAfter } from "./recycle.ts";
import { sentRequest } from "./sent-request.ts";
import { TestConn } from "./test-conn.ts";

/**
 * Runs a plug behind the pipelines of a route, in place of what the route leads to: for plugs that need the session,
 * the flash or the layout that a pipeline provides.
 *
 * @param path of the route: any that goes through the right pipelines.
 * @param plug runs unless one in the pipelines halts.
 * @returns as `runPlug` does.
 * @throws (rejects) what a plug throws; if no route serves the path.
 * @example
 * const page = await throughPipelines(initTestSession(conn(shop), { userId: 7 }), routes.home(), loadCart);
 * assert.deepEqual(page.assigns.cart, []);
 */
export async function throughPipelines(
  conn: TestConn,
  path: string,
  plug: Plug,
  { method = "GET" }: { readonly method?: string } = {},
): Promise<TestConn> {
  const { endpoint, next } = conn;
  if (endpoint === undefined) throw new Error("what runPlug() gives back has no router: make a visitor with conn()");
  const request = await sentRequest(next, method.toUpperCase(), path, undefined);
  let left = () => next;
  let route: TestConn["route"];
  const outcome = await handleAlone(
    endpoint,
    request,
    (served) => {
      left = prepareConn(served, next);
    },
    (served) => {
      const found = endpoint.router.match(served.method, served.path, served.host);
      if (found === undefined) throw new Error(`no route serves ${request.method} ${path}: give the path of one`);
      route = found.route;
      served.pathParams = found.pathParams;
      return compilePipeline([route.pipeline, plug])(served);
    },
  );
  return new TestConn(endpoint, nextAfter(left(), outcome), { ...outcome, route });
}
