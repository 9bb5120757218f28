/** Who may join, and what those are told who may not (PROTOCOL sections 12 to 14 and 29). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, joinRefused, liveView } from "../../src/live/index.ts";
import { HttpError, signToken } from "../../src/plug/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { Browser, type LiveClient, record, routerFor, serve } from "./support.ts";

const HomeLive = liveView("home").render(() => html`home`);
const OtherLive = liveView("other", { container: { tag: "section", attributes: { class: "wide" } } }).render(
  () => html`other`,
);
const AdminLive = liveView("admin").render(() => html`admin`);

const router = routerFor({ "/": HomeLive, "/other": OtherLive, "/same": HomeLive }).scope(
  { through: "other" },
  (scope) => scope.live("/admin", AdminLive),
);

const stale = { status: "error", response: { reason: "stale" } };
const unauthorized = { status: "error", response: { reason: "unauthorized" } };

async function connected(test: Parameters<typeof serve>[0], csrf?: string): Promise<LiveClient> {
  const browser = await new Browser(await serve(test, router)).get("/");
  return browser.connect(test, csrf);
}

test("a join without a genuine session token is stale", async (test) => {
  const refused = record(test, joinRefused);
  const client = await connected(test);

  assert.deepEqual(await client.join({ session: undefined }), stale);
  assert.deepEqual(await client.join({ session: "nonsense" }), stale);
  assert.deepEqual(await client.join({ session: `${client.browser.session}x` }), stale);
  assert.deepEqual(await client.join({ session: client.browser.statics }), stale);
  assert.equal(refused.length, 4);
  assert.equal(refused[0]?.reason, "stale: the payload has no session token");
});

test("a payload that is no object is stale", async (test) => {
  const client = await connected(test);

  client.send("4", "phx_join", "nonsense");
  assert.deepEqual((await client.next())[4], stale);
});

test("a session token is too old after two weeks, and worthless in another format version", async (test) => {
  const client = await connected(test);
  const { csrf } = client.browser;
  const { config } = client.browser.server;
  const sign = (version: number, now: number) =>
    signToken(config, "anqa live session", [version, client.browser.id, "home", "through browser", csrf], {
      signedAt: now,
    });
  const seconds = Math.floor(Date.now() / 1000);

  assert.deepEqual(await client.join({ session: sign(1, seconds - 15 * 86_400) }), stale);
  assert.deepEqual(await client.join({ session: sign(2, seconds) }), stale);
  assert.equal((await client.join({ session: sign(1, seconds - 13 * 86_400) })).status, "ok");
});

test("tokens are good for the element they were made for only", async (test) => {
  const client = await connected(test);
  const another = await new Browser(client.browser.server).get("/");

  assert.deepEqual(await client.join({ session: another.session }), stale);
  assert.deepEqual(await client.join({ static: another.statics }), stale);
  assert.deepEqual(await client.join({ static: "nonsense" }), stale);
  assert.equal((await client.join({ static: null })).status, "ok");
});

test("a socket whose page proves no session can join nothing", async (test) => {
  for (const csrf of ["", "nonsense", "A".repeat(48)]) {
    const client = await connected(test, csrf);
    assert.deepEqual(await client.join(), stale);
  }
});

test("a CSRF token of another session does not open this one", async (test) => {
  const browser = await new Browser(await serve(test, router)).get("/");
  const stranger = await new Browser(browser.server).get("/");
  const client = await browser.connect(test, stranger.csrf);

  assert.deepEqual(await client.join(), stale);
});

test("the URL has to lead to the view of the token", async (test) => {
  const client = await connected(test);
  const { url } = client.browser.server;

  assert.deepEqual(await client.join({ url: `${url}/other` }), unauthorized);
  assert.deepEqual(await client.join({ url: `${url}/admin` }), unauthorized);
  assert.deepEqual(await client.join({ url: `${url}/plain` }), unauthorized);
  assert.deepEqual(await client.join({ url: `${url}/nowhere` }), unauthorized);
  assert.deepEqual(await client.join({ url: `${url}/%zz` }), unauthorized);
  assert.deepEqual(await client.join({ url: "no URL" }), unauthorized);
  assert.deepEqual(await client.join({ url: undefined }), unauthorized);
  assert.deepEqual(await client.join({ url: `${url}/same?a=1` }), {
    status: "ok",
    response: { rendered: { s: ["home"] }, liveview_version: "1.2.12" },
  });
});

test("a navigation brings another view, with the attributes of its container", async (test) => {
  const client = await connected(test);
  const { url } = client.browser.server;

  client.joinRef = "4";
  client.send("4", "phx_join", client.joinPayload({ url: undefined, redirect: `${url}/other` }));
  assert.equal(
    await client.nextText(),
    `["4","4","${client.topic}","phx_reply",{"status":"ok","response":{"rendered":{"s":["other"]},"container":["section",{"class":"wide"}],"liveview_version":"1.2.12"}}]`,
  );
});

test("a navigation stays among routes of the same live session, by default those with the same pipelines", async (test) => {
  const client = await connected(test);
  const { url } = client.browser.server;

  assert.deepEqual(await client.join({ url: undefined, redirect: `${url}/admin` }), unauthorized);
  assert.deepEqual(await client.join({ url: undefined, redirect: `${url}/plain` }), unauthorized);
  assert.deepEqual(await client.join({ url: undefined, redirect: `${url}/nowhere` }), unauthorized);
});

test("a live session that routes name overrules their pipelines", async (test) => {
  const named = routerFor({}, (scope) =>
    scope.live("/a", HomeLive, { liveSession: "one" }).live("/b", OtherLive),
  ).scope({ through: "other" }, (scope) => scope.live("/c", AdminLive, { liveSession: "one" }));
  const browser = await new Browser(await serve(test, named)).get("/a");
  const client = await browser.connect(test);
  const { url } = browser.server;

  assert.deepEqual(await client.join({ url: undefined, redirect: `${url}/b` }), unauthorized);
  assert.equal((await client.join({ url: undefined, redirect: `${url}/c` })).status, "ok");
});

test("mount gets query and path params, the session, and what the page gave its socket", async (test) => {
  const seen: unknown[] = [];
  const view = liveView("params")
    .mount((params, session, socket) => {
      const { connected, connectParams, uri, id } = socket;
      seen.push({
        params: { ...params },
        user: session.user,
        connected,
        mounts: connectParams?._mounts,
        path: uri.pathname,
        id,
      });
      return socket.assign({});
    })
    .handleParams((params, url, socket) => {
      seen.push({ ...params, search: url.search });
      return socket;
    })
    .event("later", (_params, socket) => void seen.push("connectParams" in socket && socket.connectParams))
    .render(() => html``);
  const browser = new Browser(await serve(test, { "/room/:room": view }));
  await browser.get("/login-as/ann");
  const client = await browser.open(test, "/room/a%20b?room=no&list[]=x");
  await client.event("later");

  const params = { room: "a b", list: ["x"] };
  const common = { params, user: "ann", path: "/room/a%20b", id: browser.id };
  const search = "?room=no&list[]=x";
  assert.deepEqual(seen, [
    { ...common, connected: false, mounts: undefined },
    { ...params, search },
    { ...common, connected: true, mounts: 0 },
    { ...params, search },
    undefined,
  ]);
});

test("a mount that throws is a crashed join, and the socket lives on", async (test) => {
  const crashes = record(test, processCrash);
  const view = liveView("broken")
    .mount((_params, _session, socket) => {
      if (socket.connected) throw new Error("mount failed");
      return socket.assign({});
    })
    .render(() => html``);
  const browser = await new Browser(await serve(test, { "/": view })).get("/");
  const client = await browser.connect(test);

  assert.deepEqual(await client.join(), { status: "error", response: { reason: "join crashed" } });
  assert.deepEqual(await client.join(), { status: "error", response: { reason: "join crashed" } });
  assert.deepEqual(crashes.map(({ label, error }) => [label, error.message]).at(-1), ["live broken", "mount failed"]);
});

for (const mode of ["sync", "async"]) {
  test(`a mount that throws a 4xx sends the browser to the page of that status (${mode})`, async (test) => {
    let missing = false;
    const check = (_awaited?: null) => {
      if (missing) throw new HttpError(404, "no such room");
    };
    const start = liveView("missing");
    const mounted =
      mode === "sync"
        ? start.mount((_params, _session, socket) => {
            check();
            return socket;
          })
        : start.mount(async (_params, _session, socket) => {
            check(await null);
            return socket;
          });
    const browser = await new Browser(await serve(test, { "/": mounted.render(() => html``) })).get("/");
    const client = await browser.connect(test);
    missing = true;
    const { status, response } = await client.join();
    missing = false;

    assert.deepEqual([status, response.reason, response.status], ["error", "reload", 404]);
    browser.cookies.set("__phoenix_reload_status__", String(response.token));
    await browser.get("/");
    assert.equal(browser.status, 404);
    assert.equal(browser.cookies.has("__phoenix_reload_status__"), false);
    await browser.get("/");
    assert.equal(browser.status, 200);
  });
}

test("a reload cookie that is not genuine asks for a 500", async (test) => {
  const browser = new Browser(await serve(test, router));
  browser.cookies.set("__phoenix_reload_status__", "nonsense");

  assert.equal((await browser.get("/")).status, 500);
  assert.equal((await browser.get("/")).status, 200);
});

test("a mount that goes elsewhere answers the join with where", async (test) => {
  const target = { go: "" };
  const view = liveView("gone")
    .mount((_params, _session, socket) => {
      if (!socket.connected) return socket.assign({});
      socket.pushEvent("bye", { now: true });
      if (target.go === "navigate") return socket.pushNavigate("/other?x=1", { replace: true });
      if (target.go === "external") return socket.redirect({ external: "https://example.org/a" });
      return socket.putFlash("info", "Log in").redirect("/login");
    })
    .render(() => html``);
  const browser = await new Browser(await serve(test, { "/": view, "/other": OtherLive })).get("/");
  const client = await browser.connect(test);
  const events = [["bye", { now: true }]];

  target.go = "navigate";
  assert.deepEqual(await client.join(), {
    status: "error",
    response: { live_redirect: { to: "/other?x=1", kind: "replace" }, events },
  });
  target.go = "external";
  assert.deepEqual(await client.join(), {
    status: "error",
    response: { redirect: { to: "https://example.org/a" }, events },
  });
  target.go = "login";
  const { redirect } = (await client.join()).response as { redirect: { to: string; flash: string } };
  assert.equal(redirect.to, "/login");
  assert.equal(typeof redirect.flash, "string");
});

test("two views of one name are an error at start", async (test) => {
  const first = liveView("twin").render(() => html`1`);
  const second = liveView("twin").render(() => html`2`);

  await assert.rejects(
    serve(test, { "/a": first, "/b": second }),
    /two views are named "twin", and one of them serves \/b/,
  );
});

test("a view that was declared for a route is an error elsewhere", async (test) => {
  const view = liveView("declared", { route: { pattern: "/a/:id" } }).render(() => html``);

  await assert.rejects(
    serve(test, { "/b": view }),
    /"declared" was declared for the route \/a\/:id, but the router serves it at \/b/,
  );
});
