/** Views of a router that another one forwards to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, liveView } from "../../src/live/index.ts";
import { fetchSession } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { Browser, routerFor, serve } from "./support.ts";

const routes = defineRoutes({ counter: "/counters/:name" });

const Counter = liveView("counter", { route: routes.counter })
  .mount(({ name }, _session, socket) => socket.assign({ name, count: 0 }))
  .handleParams((_params, url, socket) => socket.assign({ path: url.pathname }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .render(({ name, count, path }) => html`<p>${name} ${count} ${path}</p>`);

test("a forwarded view is rendered, joined and clicked like any other", async (t) => {
  const inner = router(routes)
    .pipeline("inner", [fetchSession()])
    .scope({ through: "inner" }, (scope) => scope.live(routes.counter, Counter));
  const server = await serve(
    t,
    routerFor({}, (scope) => scope.forward("/dashboard", inner)),
  );
  const client = await new Browser(server).open(t, "/dashboard/counters/tea");
  assert.match(client.browser.body, /<p>tea 0 \/dashboard\/counters\/tea<\/p>/);
  assert.deepEqual((await client.event("increment")).response, { diff: { 1: "1" } });
});

test("a view that is declared for one route serves no other, forwarded or not", async (t) => {
  const wrong = router().scope({ through: [] }, (scope) => scope.live("/other/:name", Counter));
  await assert.rejects(
    serve(
      t,
      routerFor({}, (scope) => scope.forward("/dashboard", wrong)),
    ),
    {
      message:
        /"counter" was declared for the route \/counters\/:name, but the router serves it at \/dashboard\/other\/:name/,
    },
  );
});
