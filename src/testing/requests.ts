import type { Endpoint } from "../endpoint/index.ts";
import { type Conn, onFailure } from "../plug/index.ts";
import { type Route, routerDispatch } from "../router/index.ts";
import { BrokenAnswerError, exchange, type SentRequest } from "./exchange.ts";
import { describeError } from "./failure-report.ts";
import { prepareConn } from "./prepare-conn.ts";
import { nextAfter } from "./recycle.ts";
import type { RequestBody } from "./request-body.ts";
import { sentRequest } from "./sent-request.ts";
import { type NextRequest, TestConn } from "./test-conn.ts";

/**
 * Makes a request and resolves when it is answered, whatever the answer is. An error of the application is answered as
 * ever, by its error page; it is in `error` of the result, and in the message of whatever assertion fails then.
 *
 * The same goes for {@link get} and the others, which are this with their method.
 *
 * @param path path and query, sent as they are; a whole URL also says the host and the scheme, from now on.
 * @param body see {@link RequestBody}. Params become the query of GET and HEAD, else a form.
 * @throws (rejects) if the application breaks its answer off.
 */
export async function dispatch(conn: TestConn, method: string, path: string, body?: RequestBody): Promise<TestConn> {
  const { endpoint, next } = conn;
  if (endpoint === undefined)
    throw new Error("what runPlug() gives back can make no requests: make a visitor with conn()");
  const request = await sentRequest(next, method.toUpperCase(), path, body);
  return handleRequest(endpoint, next, request);
}

/**
 * GET, see {@link dispatch}.
 *
 * @example
 * const page = await get(conn(shop), routes.posts.index(), { page: 2 });
 */
export function get(conn: TestConn, path: string, params?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "GET", path, params);
}

/**
 * POST, see {@link dispatch}.
 *
 * @example
 * await post(visitor, routes.photos.index(), { title: "A cat", photo: new File([bytes], "cat.png", { type: "image/png" }) });
 */
export function post(conn: TestConn, path: string, body?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "POST", path, body);
}

/** PUT, see {@link dispatch}. */
export function put(conn: TestConn, path: string, body?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "PUT", path, body);
}

/** PATCH, see {@link dispatch}. */
export function patch(conn: TestConn, path: string, body?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "PATCH", path, body);
}

/** DELETE, see {@link dispatch}. The whole word is JavaScript's own. */
export function del(conn: TestConn, path: string, body?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "DELETE", path, body);
}

/** HEAD, see {@link dispatch}. */
export function head(conn: TestConn, path: string, params?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "HEAD", path, params);
}

/** OPTIONS, see {@link dispatch}. */
export function options(conn: TestConn, path: string, body?: RequestBody): Promise<TestConn> {
  return dispatch(conn, "OPTIONS", path, body);
}

async function handleRequest(endpoint: Endpoint, next: NextRequest, request: SentRequest): Promise<TestConn> {
  let served: Conn | undefined;
  let route: Route | undefined;
  let error: unknown;
  let left = () => next;
  const prepare = (conn: Conn) => {
    served = conn;
    left = prepareConn(conn, next);
    onFailure(conn, (thrown) => {
      error = thrown;
    });
  };
  const detach = routerDispatch.attach((dispatched) => {
    if (dispatched.conn === served) route = dispatched.route;
  });
  try {
    const answer = await exchange(request, (incoming, response) => endpoint.handle(incoming, response, prepare));
    const outcome = { request, answer, served, route, error };
    return new TestConn(endpoint, nextAfter(left(), outcome), outcome);
  } catch (thrown) {
    throw thrown instanceof BrokenAnswerError ? await brokenOff(request, () => error) : thrown;
  } finally {
    detach();
  }
}

/** Why it broke off is known only after it did. */
async function brokenOff({ method, target }: SentRequest, read: () => unknown): Promise<Error> {
  await new Promise((resolve) => setImmediate(resolve));
  const error = read();
  const reason = error === undefined ? "." : `, since the application failed:\n${describeError(error)}`;
  return new Error(`the answer to ${method} ${target} was begun and broken off${reason}`, { cause: error });
}
