/** Patches, live navigation and redirects, with their flash (PROTOCOL sections 26, 27 and 39). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyFlash } from "../../src/controller/index.ts";
import { html, liveView } from "../../src/live/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { Browser, record, routerFor, serve } from "./support.ts";

const PageLive = liveView("page")
  .mount((_params, _session, socket) => socket.assign({ other: "" }))
  .handleParams(({ page, hop }, url, socket) => {
    if (page === "away") return socket.pushNavigate("/other");
    if (page === "loop") return socket.assign({ page: "" }).pushPatch("/?page=loop");
    if (typeof hop === "string") return socket.assign({ page: "" }).pushPatch(`/?page=${hop}`, { replace: true });
    return socket.assign({ page: `${url.pathname} ${page ?? 1}` });
  })
  .event("patch", ({ to }, socket) => socket.pushPatch(String(to)))
  .event("patch async", async ({ to }, socket) => {
    await null;
    return socket.putFlash("info", "kept").pushPatch(String(to)).reply({ done: true });
  })
  .event("flash", (_params, socket) => socket.putFlash("info", "old"))
  .event("navigate", ({ to }, socket) => socket.pushNavigate(String(to)))
  .event("navigate with flash", (_params, socket) => {
    socket.pushEvent("bye");
    return socket
      .assign({ other: "never shown" })
      .putFlash("info", "Welcome")
      .pushNavigate("/other", { replace: true });
  })
  .event("redirect", ({ to }, socket) => socket.redirect(String(to)))
  .event("redirect with flash", (_params, socket) => socket.putFlash("info", "Bye").redirect("/plain"))
  .event("external", ({ to }, socket) => socket.redirect({ external: String(to) }))
  .event("twice", (_params, socket) => {
    socket.pushPatch("/?page=2");
    return socket.pushNavigate("/other");
  })
  .event("uri", (_params, socket) =>
    socket.reply({ uri: socket.uri.pathname + socket.uri.search, action: socket.assigns.liveAction ?? null }),
  )
  .event("soon", (_params, socket) => void socket.sendAfter("leave", null, 0))
  .info("leave", (_payload, socket) => socket.putFlash("info", "Gone").pushNavigate("/other"))
  .render(({ page, flash }) => html`<i>${page}</i><b>${flash.info}</b>`);

const OtherLive = liveView("other").render(({ flash }) => html`<b>${flash.info}</b>`);

const router = routerFor({ "/": PageLive, "/other": OtherLive }, (scope) =>
  scope.live("/edit", PageLive, { action: "edit" }),
).scope({ through: "other" }, (scope) => scope.live("/elsewhere", PageLive));

async function open(test: Parameters<typeof serve>[0]) {
  return new Browser(await serve(test, router)).open(test, "/");
}

test("a link patches: handleParams runs, the answer carries the diff", async (test) => {
  const client = await open(test);
  const { url } = client.browser.server;

  client.send("8", "live_patch", { url: `${url}/?page=2` });
  assert.equal(
    await client.nextText(),
    `["4","8","${client.topic}","phx_reply",{"status":"ok","response":{"diff":{"0":"/ 2"}}}]`,
  );
  client.send("9", "live_patch", { url: `${url}/?page=2` });
  assert.equal(await client.nextText(), `["4","9","${client.topic}","phx_reply",{"status":"ok","response":{}}]`);
  client.send("10", "live_patch", { url: `${url}/edit` });
  assert.deepEqual((await client.next())[4].response, { diff: { "0": "/edit 1" } });
  assert.deepEqual((await client.event("uri")).response, { diff: { r: { uri: "/edit", action: "edit" } } });
});

test("a patch by a link clears the flash", async (test) => {
  const client = await open(test);
  await client.event("flash");

  client.send("8", "live_patch", { url: `${client.browser.server.url}/` });
  assert.deepEqual((await client.next())[4].response, { diff: { "1": "" } });
});

test("a patch to what another view, session or controller serves becomes a navigation", async (test) => {
  const client = await open(test);
  for (const path of ["/other", "/elsewhere", "/plain"]) {
    client.send("8", "live_patch", { url: client.browser.server.url + path });
    assert.deepEqual((await client.next())[4], { status: "ok", response: { link_redirect: true } });
  }
});

test("a patch to nowhere ends the view", async (test) => {
  const client = await open(test);

  client.send("8", "live_patch", { url: `${client.browser.server.url}/nowhere` });
  assert.equal((await client.next())[3], "phx_error");
});

test("pushPatch tells the client its URL before it answers", async (test) => {
  const client = await open(test);

  client.send("8", "event", { type: "click", event: "patch", value: { to: "/?page=3" } });
  assert.equal(await client.nextText(), `["4",null,"${client.topic}","live_patch",{"kind":"push","to":"/?page=3"}]`);
  assert.equal(
    await client.nextText(),
    `["4","8","${client.topic}","phx_reply",{"status":"ok","response":{"diff":{"0":"/ 3"}}}]`,
  );
});

test("pushPatch keeps the flash of its own callback only, and the reply", async (test) => {
  const client = await open(test);
  await client.event("flash");

  client.send("8", "event", { type: "click", event: "patch async", value: { to: "/edit" } });
  assert.deepEqual((await client.next())[4], { kind: "push", to: "/edit" });
  assert.deepEqual((await client.next())[4].response, { diff: { "0": "/edit 1", "1": "kept", r: { done: true } } });
});

test("handleParams may patch on, and each step is told", async (test) => {
  const client = await open(test);

  client.send("8", "event", { type: "click", event: "patch", value: { to: "/?hop=5" } });
  assert.deepEqual((await client.next())[4], { kind: "push", to: "/?hop=5" });
  assert.deepEqual((await client.next())[4], { kind: "replace", to: "/?page=5" });
  assert.deepEqual((await client.next())[4].response, { diff: { "0": "/ 5" } });
});

test("handleParams that patches in the join answers with live_patch", async (test) => {
  const browser = await new Browser(await serve(test, router)).get("/");
  browser.path = "/?hop=7";
  const client = await browser.connect(test);
  const { response } = await client.join();

  assert.deepEqual(response.live_patch, { kind: "replace", to: "/?page=7" });
  assert.equal((response.rendered as Record<string, unknown>)["0"], "/ 7");
  assert.deepEqual(await client.heardUntilNow(), []);
});

test("patches in a loop end the view", async (test) => {
  const crashes = record(test, processCrash);
  const client = await open(test);

  client.send("8", "live_patch", { url: `${client.browser.server.url}/?page=loop` });
  let patches = 0;
  let event = "";
  for (; event !== "phx_error"; patches++) [, , , event] = await client.next();
  assert.equal(patches, 21);
  assert.match(
    String(crashes[0]?.error.message),
    /"page" patches in a loop: more than 20 times, last to \/\?page=loop/,
  );
});

test("pushPatch to another view ends the view with advice", async (test) => {
  const crashes = record(test, processCrash);
  const client = await open(test);

  client.send("8", "event", { type: "click", event: "patch", value: { to: "/other" } });
  assert.equal((await client.next())[3], "phx_error");
  assert.match(String(crashes[0]?.error.message), /pushPatch\("\/other"\) leads to another view; use pushNavigate/);
});

test("pushNavigate answers with where, then the view ends", async (test) => {
  const client = await open(test);

  client.send("8", "event", { type: "click", event: "navigate", value: { to: "/other?a=b" } });
  assert.equal(
    await client.nextText(),
    `["4","8","${client.topic}","phx_reply",{"status":"ok","response":{"live_redirect":{"to":"/other?a=b","kind":"push"}}}]`,
  );
  assert.equal(await client.nextText(), `["4","4","${client.topic}","phx_close",{}]`);
});

test("a navigation sends waiting events first, hands on its flash, and drops the diff", async (test) => {
  const client = await open(test);
  const { url, config } = client.browser.server;

  client.send("8", "event", { type: "click", event: "navigate with flash", value: {} });
  assert.deepEqual((await client.next()).slice(3), ["diff", { e: [["bye", {}]] }]);
  const { live_redirect } = (await client.next())[4].response as {
    live_redirect: { to: string; kind: string; flash: string };
  };
  assert.deepEqual([live_redirect.to, live_redirect.kind], ["/other", "replace"]);
  assert.deepEqual(verifyFlash(config, live_redirect.flash), { info: "Welcome" });
  assert.equal((await client.next())[3], "phx_close");

  const { response } = await client.join(
    { url: undefined, redirect: `${url}/other`, flash: live_redirect.flash },
    "12",
  );
  assert.deepEqual(response, {
    rendered: { "0": "Welcome", s: ["<b>", "</b>"] },
    container: ["div", {}],
    liveview_version: "1.2.12",
  });
});

test("a message may navigate as well: it is pushed", async (test) => {
  const client = await open(test);
  await client.event("soon");

  const [joinRef, ref, , event, payload] = await client.next();
  assert.deepEqual([joinRef, ref, event, payload.to, payload.kind], ["4", null, "live_redirect", "/other", "push"]);
  assert.deepEqual(verifyFlash(client.browser.server.config, String(payload.flash)), { info: "Gone" });
  assert.equal((await client.next())[3], "phx_close");
});

test("handleParams may navigate away", async (test) => {
  const client = await open(test);

  client.send("8", "event", { type: "click", event: "patch", value: { to: "/?page=away" } });
  assert.deepEqual((await client.next())[4].response, { live_redirect: { to: "/other", kind: "push" } });
  assert.equal((await client.next())[3], "phx_close");
});

test("redirects load another page, which shows the flash", async (test) => {
  const client = await open(test);
  const { browser } = client;

  const { redirect } = (await client.event("redirect with flash")).response as {
    redirect: { to: string; flash: string };
  };
  assert.equal(redirect.to, "/plain");
  assert.equal((await client.next())[3], "phx_close");

  browser.cookies.set("__phoenix_flash__", redirect.flash);
  await browser.get("/other");
  assert.match(browser.body, /<p id="layout-flash">Bye<\/p>/);
  assert.match(browser.body, /<b>Bye<\/b><\/div>/);
  assert.equal(browser.cookies.has("__phoenix_flash__"), false);
});

test("redirects to other sites have to be meant", async (test) => {
  const client = await open(test);

  assert.deepEqual((await client.event("external", { to: "https://example.org/a" })).response, {
    redirect: { to: "https://example.org/a" },
  });
});

for (const [event, to] of [
  ["redirect", "//evil.example"],
  ["redirect", "https://evil.example"],
  ["navigate", "/\\evil.example"],
  ["patch", "javascript:alert(1)"],
  ["external", "javascript:alert(1)"],
  ["twice", ""],
] as const) {
  test(`a view that goes where it must not is ended: ${event} ${to}`, async (test) => {
    const client = await open(test);

    client.send("8", "event", { type: "click", event, value: { to } });
    assert.equal((await client.next())[3], "phx_error");
  });
}

test("flash of the page reaches the first connected mount, and no later one", async (test) => {
  const browser = new Browser(await serve(test, router));
  await browser.get("/login-as/ann");
  await browser.get("/other");
  const client = await browser.connect(test);
  const shown = (answer: { response: Record<string, unknown> }) =>
    (answer.response.rendered as Record<string, unknown>)["0"];

  assert.match(browser.body, /<b>Hello ann<\/b>/);
  assert.equal(shown(await client.join()), "Hello ann");
  client.send("5", "phx_leave", {});
  await client.next();
  await client.next();
  assert.equal(shown(await client.join({ params: { _mounts: 1 } }, "6")), "");
  client.send("7", "phx_leave", {});
  await client.next();
  await client.next();
  assert.equal(shown(await client.join({ flash: "nonsense" }, "8")), "");
});
