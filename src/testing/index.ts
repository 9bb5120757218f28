/**
 * What applications are tested with: requests without a socket, and assertions on what is answered.
 *
 * A test makes a visitor ({@link conn}), lets it ask for pages ({@link get}, {@link post}, …) and looks at the answers
 * ({@link htmlResponse}, {@link redirectedTo}, …). Nothing of the application is replaced: requests pass its endpoint, its
 * plugs and its router, and what it throws becomes its error page. Only the socket is missing, which makes it fast and lets
 * a test see what a browser cannot: assigns, the session, the error behind a page.
 *
 * A visitor goes on as a browser would, with the cookies that it was given. It never changes; each request gives another.
 *
 * It needs no test runner: what does not hold throws the `AssertionError` of `node:assert`, with the answer and the
 * application's error in its message.
 *
 * @example
 * test("a post is written", async (t) => {
 *   const visitor = initTestSession(conn(await startApplication(t, shop)), { userId: 7 });
 *   const page = await post(visitor, routes.posts.index(), { title: "Hello" });
 *   const { id } = redirectedParams(page, routes.posts.show);
 *   assert.match(htmlResponse(await get(page, routes.posts.show({ id })), 200), /Hello/);
 * });
 *
 * @module
 */
export { assertErrorSent } from "./assert-error-sent.ts";
export { type ConnOptions, conn, type Testable } from "./conn.ts";
export type { CookieJar, ResponseCookie } from "./cookie-jar.ts";
export type { Answer, SentRequest } from "./exchange.ts";
export { csrfToken } from "./forgery-token.ts";
export {
  accept,
  deleteReqCookie,
  deleteReqHeader,
  putReqCookie,
  putReqHeader,
} from "./put-request.ts";
export { recycle } from "./recycle.ts";
export { type ParamsOf, pathParams, type RoutePattern, redirectedParams, redirectedTo } from "./redirects.ts";
export { type FormParams, type FormValue, type JsonBody, jsonBody, type RequestBody } from "./request-body.ts";
export { del, dispatch, get, head, options, patch, post, put } from "./requests.ts";
export { htmlResponse, jsonResponse, response, responseContentType, textResponse } from "./responses.ts";
export { runPlug, type TestConnOptions, testConn } from "./run-plug.ts";
export { initTestFlash, initTestSession, putSession } from "./session.ts";
export { type Cleanup, startApplication } from "./start-application.ts";
export type { NextRequest, Outcome, TestConn } from "./test-conn.ts";
export { testEndpoint } from "./test-endpoint.ts";
export { throughPipelines } from "./through-pipelines.ts";
