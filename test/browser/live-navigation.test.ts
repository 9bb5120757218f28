/** From view to view and back with the official client, without loading a page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, link, liveView } from "../../src/live/index.ts";
import { shows, titled, useSite } from "./live-site.ts";

const AlphaLive = liveView("alpha")
  .mount((_params, _session, socket) => socket.assign({ pageTitle: "Alpha", count: 0 }))
  .event("count", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .event("save", (_params, socket) => socket.putFlash("info", "Saved in alpha").pushNavigate("/beta?from=save"))
  .event("replace", (_params, socket) => socket.pushNavigate("/beta", { replace: true }))
  .render(
    ({ count, flash }) => html`
      <h1>Alpha</h1><p id="flash">${flash.info}</p><output>${count}</output>
      <button id="count" phx-click="count">Count</button>
      <button id="save" phx-click="save">Save</button>
      <button id="replace" phx-click="replace">Replace</button>
      ${link({ navigate: "/beta?from=alpha", id: "to-beta" }, "Beta")}
    `,
  );

const BetaLive = liveView("beta", { container: { attributes: { class: "beta" } } })
  .mount((_params, _session, socket) => socket.assign({ pageTitle: "Beta" }))
  .handleParams((params, _url, socket) => socket.assign({ from: String(params.from ?? "") }))
  .render(
    ({ from, flash }) => html`
      <h1>Beta</h1><p id="flash">${flash.info}</p><p id="from">${from}</p>
      ${link({ navigate: "/alpha", id: "to-alpha" }, "Alpha")}
      ${link({ patch: "/beta?from=patch", id: "patch" }, "Patch")}
    `,
  );

const ListLive = liveView("list")
  .mount((_params, _session, socket) => socket.assign({ mounts: socket.connected ? "connected" : "dead", touched: 0 }))
  .handleParams((params, _url, socket) =>
    socket.assign({ page: Number(params.page ?? 1), pageTitle: `Page ${params.page ?? 1}` }),
  )
  .event("touch", (_params, socket) => socket.assign({ touched: socket.assigns.touched + 1 }))
  .event("jump", (_params, socket) => socket.pushPatch("/list?page=9"))
  .render(
    ({ page, touched }) => html`
      <p id="page">${page}</p><p id="touched">${touched}</p>
      ${link({ patch: `/list?page=${page + 1}`, id: "next" }, "Next")}
      ${link({ patch: "/list?page=100", replace: true, id: "last" }, "Last")}
      <button id="touch" phx-click="touch">Touch</button><button id="jump" phx-click="jump">Jump</button>
    `,
  );

const site = useSite({ "/alpha": AlphaLive, "/beta": BetaLive, "/list": ListLive });

test("a link navigates to another view and the history leads back and forth", async (t) => {
  const page = await site.open(t, "/alpha");
  await page.click("#count");
  await shows(page, "output", "1");
  await page.click("#to-beta");
  await shows(page, "h1", "Beta");
  await shows(page, "#from", "alpha");
  await titled(page, "Beta");
  assert.match(page.url(), /\/beta\?from=alpha$/);
  assert.equal(await page.locator("[data-phx-main]").getAttribute("class"), "beta phx-connected");

  await page.goBack();
  await shows(page, "h1", "Alpha");
  await shows(page, "output", "0");
  await titled(page, "Alpha");
  await page.goForward();
  await shows(page, "h1", "Beta");
  await page.click("#to-alpha");
  await shows(page, "h1", "Alpha");
  await page.click("#count");
  await shows(page, "output", "1");
  assert.ok(await site.isSameDocument(page));
});

test("patches show another URL of the same view, and the history leads back and forth", async (t) => {
  const page = await site.open(t, "/list");
  await page.click("#touch");
  await shows(page, "#touched", "1");
  await page.click("#next");
  await shows(page, "#page", "2");
  await page.click("#next");
  await shows(page, "#page", "3");
  assert.match(page.url(), /\/list\?page=3$/);
  await titled(page, "Page 3");
  await page.goBack();
  await shows(page, "#page", "2");
  await page.goBack();
  await shows(page, "#page", "1");
  await page.goForward();
  await shows(page, "#page", "2");
  await page.click("#jump");
  await shows(page, "#page", "9");
  await page.waitForURL(/\/list\?page=9$/);
  await page.click("#last");
  await shows(page, "#page", "100");
  await page.goBack();
  await shows(page, "#page", "2");
  await shows(page, "#touched", "1");
  assert.ok(await site.isSameDocument(page));
});

test("a patch in a view that was navigated to, and back over both", async (t) => {
  const page = await site.open(t, "/alpha");
  await page.click("#to-beta");
  await shows(page, "#from", "alpha");
  await page.click("#patch");
  await shows(page, "#from", "patch");
  await page.goBack();
  await shows(page, "#from", "alpha");
  await page.goBack();
  await shows(page, "h1", "Alpha");
  assert.ok(await site.isSameDocument(page));
});

test("a flash goes along with pushNavigate, and no further", async (t) => {
  const page = await site.open(t, "/alpha");
  await page.click("#save");
  await shows(page, "h1", "Beta");
  await shows(page, "#flash", "Saved in alpha");
  await shows(page, "#from", "save");
  await page.click("#patch");
  await shows(page, "#flash", "");
  await page.click("#to-alpha");
  await shows(page, "h1", "Alpha");
  await shows(page, "#flash", "");
  assert.ok(await site.isSameDocument(page));
});

test("pushNavigate may replace the present entry of the history", async (t) => {
  const page = await site.open(t, "/list");
  await page.goto(page.url().replace("/list", "/alpha"));
  await page.locator(".phx-connected").waitFor();
  await page.click("#replace");
  await shows(page, "h1", "Beta");
  await page.goBack();
  await shows(page, "#page", "1");
});
