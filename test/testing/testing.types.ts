import { after, type TestContext } from "node:test";
import type { Application, RunningApplication } from "../../src/process/index.ts";
import { defineRoutes, type Router, resources } from "../../src/router/index.ts";
import {
  assertErrorSent,
  conn,
  get,
  initTestSession,
  jsonBody,
  jsonResponse,
  pathParams,
  post,
  redirectedParams,
  startApplication,
  type TestConn,
} from "../../src/testing/index.ts";

declare const page: TestConn;
declare const application: Application;
declare const running: RunningApplication;
declare const router: Router;
declare const t: TestContext;
declare const vitest: { onTestFinished(work: () => unknown): void };
const routes = defineRoutes({ home: "/", posts: resources("/posts") });

// What came as JSON is unknown until somebody says what it is.
// @ts-expect-error
jsonResponse(page, 200).id;
export const id: number = jsonResponse<{ id: number }>(page, 200).id;

// The params of a route are those of its pattern.
export const shown: string = redirectedParams(page, routes.posts.show).id;
// @ts-expect-error a post has no slug
redirectedParams(page, routes.posts.show).slug;
export const any: string | undefined = redirectedParams(page).whatever;
export const none: object = pathParams(page, "/", routes.home);

// Requests are awaited before the next one is made.
// @ts-expect-error
get(get(page, "/"), "/");
// @ts-expect-error
assertErrorSent(404, get(page, "/"));
assertErrorSent(404, async () => page);

// Bodies.
post(page, routes.posts.index(), { title: "a", photos: [new Blob(["1"])], nested: { list: [1, true, null] } });
post(page, "/", jsonBody([new Date()]));
post(page, "/", new FormData());
// @ts-expect-error a date is no text of a form
post(page, "/", { at: new Date() });
// @ts-expect-error a function least of all
post(page, "/", { at: () => "" });

// What can be visited, and how tests end.
for (const target of [running, running.node, router]) conn(target, { host: "example.org" });
// @ts-expect-error what does not run yet
conn(application);
// @ts-expect-error a misspelt option
conn(running, { hosts: "example.org" });
startApplication(t, application);
startApplication(vitest, application);
startApplication({ after }, application);

// What a visitor has is not changed in place.
// @ts-expect-error
page.next = conn(running).next;
initTestSession(page, { userId: 7, nested: { a: [1] } });
