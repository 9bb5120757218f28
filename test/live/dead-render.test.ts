/** The page as plain HTML (PROTOCOL section 11). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, liveView, viewMount } from "../../src/live/index.ts";
import { HttpError } from "../../src/plug/index.ts";
import { Browser, record, routerFor, serve } from "./support.ts";

test("the container has the tag and attributes that the view asks for, escaped", async (test) => {
  const view = liveView("container", {
    container: { tag: "main", attributes: { class: 'a "b"', title: "<&>" } },
  }).render(() => html`<p>inside</p>`);
  const { body } = await new Browser(await serve(test, { "/": view })).get("/");

  assert.match(
    body,
    /<main id="phx-[\w-]{16}" data-phx-main data-phx-session="[\w.-]+" data-phx-static="[\w.-]+" class="a &quot;b&quot;" title="[^"]*&amp;[^"]*"><p>inside<\/p><\/main>/,
  );
});

test("every page has an id of its own", async (test) => {
  const browser = new Browser(await serve(test, { "/": liveView("id").render(() => html``) }));
  const ids = new Set([(await browser.get("/")).id, (await browser.get("/")).id, (await browser.get("/")).id]);

  assert.equal(ids.size, 3);
});

test("nothing that sends does anything in the dead render", async (test) => {
  const view = liveView("dead")
    .mount((_params, _session, socket) => {
      const cancel = socket.sendAfter("tick", null, 0);
      cancel();
      assert.equal(socket.pid, undefined);
      return socket.subscribe("topic").unsubscribe("topic").pushEvent("event").assign({ connected: socket.connected });
    })
    .info("tick", () => {})
    .render(({ connected }) => html`${String(connected)}`);
  const { body } = await new Browser(await serve(test, { "/": view })).get("/");

  assert.match(body, />false<\/div>/);
});

test("async callbacks are awaited", async (test) => {
  const view = liveView("async")
    .mount(async (_params, _session, socket) => socket.assign({ a: await "mounted" }))
    .handleParams(async ({ b }, _url, socket) => socket.assign({ b: String(await b) }))
    .render(({ a, b }) => html`${a} ${b}`);
  const { body } = await new Browser(await serve(test, { "/": view })).get("/?b=shown");

  assert.match(body, />mounted shown<\/div>/);
});

test("redirects of mount and handleParams are HTTP redirects with their flash", async (test) => {
  const mounted = liveView("mounted")
    .mount(({ to }, _session, socket) => socket.putFlash("info", "Log in first").pushNavigate(String(to)))
    .render(() => html``);
  const external = liveView("external")
    .mount((_params, _session, socket) => socket.redirect({ external: "https://example.org/a" }))
    .render(() => html``);
  const patched = liveView("patched")
    .handleParams(({ page }, _url, socket) => (page === undefined ? socket.pushPatch("/patched?page=1") : socket))
    .render(() => html`page`);
  const browser = new Browser(await serve(test, { "/mounted": mounted, "/external": external, "/patched": patched }));

  await browser.get("/mounted?to=/patched?page=2");
  assert.deepEqual([browser.status, browser.location], [302, "/patched?page=2"]);
  await browser.get("/patched?page=2");
  assert.match(browser.body, /<p id="layout-flash">Log in first<\/p>/);
  assert.deepEqual([(await browser.get("/external")).status, browser.location], [302, "https://example.org/a"]);
  assert.deepEqual([(await browser.get("/patched")).status, browser.location], [302, "/patched?page=1"]);
  assert.equal((await browser.get("/patched?page=1")).status, 200);
});

test("an error of the view is the endpoint's to render, with its status", async (test) => {
  const view = liveView("gone")
    .mount(() => {
      throw new HttpError(410, "it is gone");
    })
    .render(() => html``);

  assert.equal((await new Browser(await serve(test, { "/": view })).get("/")).status, 410);
});

test("pushPatch in mount is an error", async (test) => {
  const view = liveView("early")
    .mount((_params, _session, socket) => socket.pushPatch("/?a=1"))
    .render(() => html``);

  assert.equal((await new Browser(await serve(test, { "/": view })).get("/")).status, 500);
});

test("the action of the route is there from the start", async (test) => {
  const view = liveView("action")
    .mount((_params, _session, socket) => socket.assign({ seen: socket.assigns.liveAction }))
    .render(({ seen, liveAction }) => html`${seen} ${liveAction}`);
  const router = routerFor({}, (scope) => scope.live("/", view, { action: "edit" }));

  assert.match((await new Browser(await serve(test, router)).get("/")).body, />edit edit<\/div>/);
});

test("mounts are reported, dead and connected ones", async (test) => {
  const mounts = record(test, viewMount);
  await new Browser(await serve(test, { "/": liveView("told").render(() => html``) })).open(test, "/");

  assert.deepEqual(
    mounts.map(({ view, connected }) => [view, connected]),
    [
      ["told", false],
      ["told", true],
    ],
  );
});
