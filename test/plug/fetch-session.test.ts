import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Conn,
  compilePipeline,
  fetchSession,
  readSession,
  type ServerConfig,
  Session,
  type SessionOptions,
  sessionRejected,
  signToken,
} from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { cookiesOf, serve, testConfig } from "./server.ts";

/** `/put?key=value` puts, `/delete?key` deletes, `/clear`, `/renew`, `/drop`, `/ignore`, `/read`; every answer is the session. */
function act(conn: Conn): void {
  const { session } = conn;
  if (conn.path === "/put") for (const [key, value] of Object.entries(conn.queryParams)) session.put(key, value);
  if (conn.path === "/delete") for (const key of Object.keys(conn.queryParams)) session.delete(key);
  if (conn.path === "/clear") session.clear();
  if (conn.path === "/renew") session.renew();
  if (conn.path === "/drop") session.drop();
  if (conn.path === "/ignore") session.ignore();
  if (conn.path === "/drop" || conn.path === "/ignore") session.put("late", true);
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

/** The reasons for which sessions are rejected from now on. */
function rejections(context: Parameters<typeof serve>[0]): string[] {
  const reasons: string[] = [];
  context.after(sessionRejected.attach(({ reason }) => reasons.push(reason)));
  return reasons;
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
  assert.match(await response.text(), /"_anqa_key" has \d+ bytes, and browsers drop.*4096.*With the option store/);
  assert.deepEqual(response.headers.getSetCookie(), []);
});

test("an encrypted session comes back, and its cookie tells nobody what it holds", async (context) => {
  const { get, server } = await visitor(context, { encrypt: true });
  const cookie = cookiesOf(await get("/put?user=Ann"));
  assert.match(cookie, /^_anqa_key=[\w-]+$/);
  assert.doesNotMatch(Buffer.from(cookie.slice("_anqa_key=".length), "base64url").toString("latin1"), /Ann|user/);
  assert.deepEqual(await (await get("/read", cookie)).json(), { user: "Ann" });
  assert.deepEqual(readSession(cookie, server, { encrypt: true }), { user: "Ann" });
});

test("where sessions are encrypted a signed one is not accepted, nor the other way round", async (context) => {
  const encrypted = await visitor(context, { encrypt: true });
  const signed = await visitor(context);
  const events = rejections(context);
  assert.deepEqual(await (await encrypted.get("/read", cookiesOf(await signed.get("/put?a=1")))).json(), {});
  assert.deepEqual(await (await signed.get("/read", cookiesOf(await encrypted.get("/put?a=1")))).json(), {});
  assert.deepEqual(events, ["invalid", "invalid"]);
});

test("a session with any character of its cookie changed is not accepted", async (context) => {
  for (const options of [{}, { encrypt: true }]) {
    const { get, server } = await visitor(context, options);
    const cookie = cookiesOf(await get("/put?a=1"));
    for (let index = "_anqa_key=".length; index < cookie.length; index++) {
      const tampered = cookie.slice(0, index) + (cookie[index] === "A" ? "B" : "A") + cookie.slice(index + 1);
      assert.equal(readSession(tampered, server, options), null);
      assert.equal(readSession(cookie.slice(0, index), server, options), null);
    }
  }
});

test("an encrypted session too large for a cookie is an error as well", async (context) => {
  const { get } = await visitor(context, { encrypt: true });
  const response = await get(`/put?big=${"x".repeat(4_000)}`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /With the option store/);
});

test("a cookie of the same name that somebody else has set does not shut the session out", async (context) => {
  const { get, server } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  const events = rejections(context);
  for (const header of [`_anqa_key=planted; ${cookie}`, `${cookie}; _anqa_key=planted`, `_anqa_key=; ${cookie}`]) {
    assert.deepEqual(await (await get("/read", header)).json(), { a: "1" }, header);
    assert.deepEqual(readSession(header, server), { a: "1" });
  }
  assert.deepEqual(events, []);
  const crowd = "_anqa_key=planted; ".repeat(1000);
  assert.equal(readSession(crowd + cookie, server), null);
});

test("of two genuine sessions the first is taken, as browsers order them", async (context) => {
  const { get } = await visitor(context);
  const one = cookiesOf(await get("/put?a=1"));
  const two = cookiesOf(await get("/put?a=2"));
  assert.deepEqual(await (await get("/read", `${one}; ${two}`)).json(), { a: "1" });
});

test("a name with the prefix __Host- makes the cookie one that no subdomain can set", async (context) => {
  const { get } = await visitor(context, { name: "__Host-key" });
  const [header = ""] = (await get("/put?a=1")).headers.getSetCookie();
  assert.match(header, /^__Host-key=/);
  assert.match(header, /; Secure/);
  assert.match(header, /; Path=\/;/);
  assert.doesNotMatch(header, /Domain/);
});

test("a path and SameSite=None are kept, for deletion too", async (context) => {
  const { get } = await visitor(context, { path: "/put", sameSite: "none" });
  const response = await get("/put?a=1");
  assert.match(response.headers.getSetCookie()[0] ?? "", /; Path=\/put; HttpOnly; Secure; SameSite=None$/);
  assert.match((await get("/clear", cookiesOf(response))).headers.getSetCookie()[0] ?? "", /Max-Age=0; .*Path=\/put;/);
});

test("a sliding session in use is written again after half its age, and not before", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { get } = await visitor(context, { maxAge: 60, sliding: true });
  let cookie = cookiesOf(await get("/put?a=1"));
  context.mock.timers.setTime(1_030_000);
  assert.deepEqual((await get("/read", cookie)).headers.getSetCookie(), []);
  context.mock.timers.setTime(1_031_000);
  const refreshed = await get("/read", cookie);
  assert.match(refreshed.headers.getSetCookie()[0] ?? "", /; Max-Age=60;/);
  cookie = cookiesOf(refreshed);
  context.mock.timers.setTime(1_091_000);
  assert.deepEqual(await (await get("/read", cookie)).json(), { a: "1" });
  context.mock.timers.setTime(1_092_000);
  assert.deepEqual(await (await get("/read", cookie)).json(), {});
});

test("without sliding a session ends by its age, however it is used", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { get } = await visitor(context, { maxAge: 60 });
  const cookie = cookiesOf(await get("/put?a=1"));
  context.mock.timers.setTime(1_060_000);
  assert.deepEqual((await get("/read", cookie)).headers.getSetCookie(), []);
  context.mock.timers.setTime(1_061_000);
  assert.deepEqual(await (await get("/read", cookie)).json(), {});
});

test("a session of a previous secret is accepted, and made anew with the present one", async (context) => {
  const old = await visitor(context);
  const previousSecretKeyBases = [old.server.config.secretKeyBase];
  const secretKeyBase = "another secret of more than thirty-two characters";
  const now = await visitor(context, undefined, { secretKeyBase, previousSecretKeyBases });
  const response = await now.get("/read", cookiesOf(await old.get("/put?a=1")));
  assert.deepEqual(await response.json(), { a: "1" });
  const cookie = cookiesOf(response);
  const later = await visitor(context, undefined, { secretKeyBase });
  assert.deepEqual(await (await later.get("/read", cookie)).json(), { a: "1" });
  assert.deepEqual((await now.get("/read", cookie)).headers.getSetCookie(), []);
});

test("a session that is dropped ends, whatever is put into it afterwards", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.match((await get("/drop", cookie)).headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0;/);
  assert.deepEqual((await get("/drop")).headers.getSetCookie(), []);
});

test("a session that is ignored is empty for this request and stays in the browser", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  const response = await get("/ignore", cookie);
  assert.deepEqual(await response.json(), { late: true });
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.deepEqual(await (await get("/read", cookie)).json(), { a: "1" });
});

test("several browsers have a session each", async (context) => {
  const { get } = await visitor(context);
  const cookies = await Promise.all(["1", "2", "3"].map(async (value) => cookiesOf(await get(`/put?a=${value}`))));
  const sessions = await Promise.all(cookies.map(async (cookie) => (await get("/read", cookie)).json()));
  assert.deepEqual(sessions, [{ a: "1" }, { a: "2" }, { a: "3" }]);
});

test("two plugs in a pipeline count as one", async (context) => {
  const server = await serve(context, compilePipeline([fetchSession(), fetchSession({ name: "other" }), act]));
  const response = await fetch(`${server.url}/put?a=1`);
  assert.equal(response.headers.getSetCookie().length, 1);
  assert.match(cookiesOf(response), /^_anqa_key=/);
});

test("what a session holds that was installed before is put into the one that came, and kept", async (context) => {
  const install = (conn: Conn) => conn.installSession(new Session({ user: 7, a: 2 }));
  const plain = await visitor(context);
  const server = await serve(context, compilePipeline([install, fetchSession(), act]));
  const cookie = cookiesOf(await plain.get("/put?a=1&b=1"));
  const response = await fetch(`${server.url}/read`, { headers: { cookie } });
  assert.deepEqual(await response.json(), { user: 7, a: 2, b: "1" });
  assert.deepEqual(readSession(cookiesOf(response), server), { user: 7, a: 2, b: "1" });
  assert.deepEqual(await (await fetch(`${server.url}/read`)).json(), { user: 7, a: 2 });
});

test("what was signed with the session's salt and is no session is not taken for one", async (context) => {
  const { server } = await visitor(context);
  for (const data of [null, 7, "text", [1]]) {
    assert.equal(readSession(`_anqa_key=${signToken(server.config, "anqa session _anqa_key", data)}`, server), null);
  }
});

test("keys of a session that are called __proto__ or constructor change nothing but the session", async (context) => {
  const { get } = await visitor(context);
  const cookie = cookiesOf(await get("/put?constructor=1&__proto__=2"));
  assert.equal(await (await get("/read", cookie)).text(), '{"constructor":"1","__proto__":"2"}');
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

test("a socket reads the session from its cookie header", async (context) => {
  const { get, server } = await visitor(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.deepEqual(readSession(`other=1; ${cookie}; more=2`, server), { a: "1" });
  assert.equal(readSession(undefined, server), null);
  assert.equal(readSession("other=1", server), null);
  assert.equal(readSession("_anqa_key=", server), null);
});
