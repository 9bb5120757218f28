import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Conn,
  compilePipeline,
  fetchSession,
  readSession,
  type ServerConfig,
  type SessionOptions,
  sessionRejected,
  signToken,
} from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { cookiesOf, serve, testConfig } from "./server.ts";

/** `/put?key=value` puts, `/delete?key` deletes, `/clear`, `/renew`, `/read`; every answer is the session. */
function act(conn: Conn): void {
  const { session } = conn;
  if (conn.path === "/put") for (const [key, value] of Object.entries(conn.queryParams)) session.put(key, value);
  if (conn.path === "/delete") for (const key of Object.keys(conn.queryParams)) session.delete(key);
  if (conn.path === "/clear") session.clear();
  if (conn.path === "/renew") session.renew();
  conn.send(200, JSON.stringify(session.data));
}

async function visitor(
  context: Parameters<typeof serve>[0],
  options?: SessionOptions,
  overrides?: Partial<ServerConfig>,
) {
  const server = await serve(context, compilePipeline([fetchSession(options), act]), overrides);
  const get = (path: string, cookie?: string) => fetch(server.url + path, cookie ? { headers: { cookie } } : {});
  return { server, get };
}

test("what is put comes back with the next request", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?user=Ann&place=n%C3%A9"));
  assert.match(cookie, /^_anqa_key=[\w-]+\.[\w-]+$/);
  assert.deepEqual(await (await get("/read", cookie)).json(), { user: "Ann", place: "né" });
});

test("the cookie is HttpOnly, Lax, for the whole site and as long as the browser runs", async (context) => {
  const { get } = await visitor(context);
  const [header = ""] = (await get("/put?a=1")).headers.getSetCookie();
  assert.match(header, /; Path=\/; HttpOnly; SameSite=Lax$/);
});

test("options change the cookie; https makes it Secure", async (context) => {
  const options = { name: "mine", maxAge: 60, sameSite: "strict", domain: "example.com" } as const;
  const { get } = await visitor(context, options, { url: { scheme: "https", host: "example.com", port: 443 } });
  const response = await get("/put?a=1");
  const [header = ""] = response.headers.getSetCookie();
  assert.match(header, /^mine=.*; Max-Age=60; Domain=example\.com; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  const [expired = ""] = (await get("/clear", cookiesOf(response))).headers.getSetCookie();
  assert.match(expired, /^mine=; Max-Age=0; Domain=example\.com; Path=\/;/);
});

test("options of the configuration hold where the plug has none, for sockets too", async (context) => {
  const { get, server } = await visitor(context, undefined, { session: { name: "configured", maxAge: 60 } });
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.match(cookie, /^configured=/);
  assert.deepEqual(readSession(cookie, server), { a: "1" });
});

test("it is written only when it changed", async (context) => {
  const { get } = await visitor(context);
  assert.deepEqual((await get("/read")).headers.getSetCookie(), []);
  assert.deepEqual((await get("/clear")).headers.getSetCookie(), []);
  assert.deepEqual((await get("/renew")).headers.getSetCookie(), []);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.deepEqual((await get("/read", cookie)).headers.getSetCookie(), []);
  assert.deepEqual((await get("/delete?other", cookie)).headers.getSetCookie(), []);
});

test("deleting one key keeps the others; deleting the last expires the cookie", async (context) => {
  const { get } = await visitor(context);
  const both = cookiesOf(await get("/put?a=1&b=2"));
  const one = await get("/delete?a", both);
  assert.deepEqual(await one.json(), { b: "2" });
  assert.match((await get("/delete?b", cookiesOf(one))).headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0;/);
});

test("clearing expires the cookie", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.match((await get("/clear", cookie)).headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0; Path=\/;/);
});

test("renewing keeps the data, drops the CSRF secret and writes the cookie anew", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1&_csrf_token=old"));
  const renewed = await get("/renew", cookie);
  assert.deepEqual(await renewed.json(), { a: "1" });
  assert.match(cookiesOf(renewed), /^_anqa_key=[\w-]+\./);
});

test("a key named __proto__ is a key", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?__proto__=1"));
  assert.equal(await (await get("/read", cookie)).text(), '{"__proto__":"1"}');
});

test("a cookie that was tampered with gives an empty session and an event", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?admin=no"));
  const [payload = "", mac] = cookie.slice("_anqa_key=".length).split(".");
  const forged = Buffer.from(Buffer.from(payload, "base64url").toString().replace('"no"', '"si"')).toString(
    "base64url",
  );
  assert.notEqual(forged, payload);
  const events: unknown[] = [];
  context.after(sessionRejected.attach((event) => events.push(event)));
  assert.deepEqual(await (await get("/read", `_anqa_key=${forged}.${mac}`)).json(), {});
  assert.deepEqual(await (await get("/read", "_anqa_key=garbage")).json(), {});
  assert.deepEqual(events, [
    { node: "plug-test", cookie: "_anqa_key", reason: "invalid" },
    { node: "plug-test", cookie: "_anqa_key", reason: "invalid" },
  ]);
});

test("a cookie signed with another secret, for another cookie or as another token is not accepted", async (context) => {
  const { get, server } = await visitor(context);
  const other = testConfig({ secretKeyBase: "another secret of more than thirty-two characters" });
  assert.deepEqual(
    await (await get("/read", `_anqa_key=${signToken(other, "anqa session _anqa_key", { a: 1 })}`)).json(),
    {},
  );
  assert.deepEqual(await (await get("/read", `_anqa_key=${signToken(server.config, "upload", { a: 1 })}`)).json(), {});
  const elsewhere = await visitor(context, { name: "_admin_key" });
  const value = cookiesOf(await get("/put?a=1")).replace("_anqa_key", "_admin_key");
  assert.deepEqual(await (await elsewhere.get("/read", value)).json(), {});
});

test("a cookie older than maxAge gives an empty session and an event", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const server = { node: createNode("plug-test"), config: testConfig() };
  const cookie = `_anqa_key=${signToken(server.config, "anqa session _anqa_key", { a: 1 })}`;
  const events: unknown[] = [];
  context.after(sessionRejected.attach((event) => events.push(event)));
  context.mock.timers.setTime(1_060_000);
  assert.deepEqual(readSession(cookie, server, { maxAge: 60 }), { a: 1 });
  context.mock.timers.setTime(1_061_000);
  assert.equal(readSession(cookie, server, { maxAge: 60 }), null);
  assert.deepEqual(events, [{ node: "plug-test", cookie: "_anqa_key", reason: "expired" }]);
});

test("a session too large for a cookie is an error that says what to do", async (context) => {
  const { get } = await visitor(context);
  const response = await get(`/put?big=${"x".repeat(4_000)}`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /"_anqa_key" has \d+ bytes.*only its id in the cookie or session/);
  assert.deepEqual(response.headers.getSetCookie(), []);
});

test("a socket reads the session from its cookie header", async (context) => {
  const { get, server } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.deepEqual(readSession(`other=1; ${cookie}; more=2`, server), { a: "1" });
  assert.equal(readSession(undefined, server), null);
  assert.equal(readSession("other=1", server), null);
  assert.equal(readSession("_anqa_key=", server), null);
});
