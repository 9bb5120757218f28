import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import {
  type Conn,
  compilePipeline,
  csrfToken,
  fetchSession,
  memorySessionStore,
  readSession,
  type SessionData,
  type SessionOptions,
  type SessionStore,
  sessionRejected,
  sessionStoreFailed,
} from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { cookiesOf, serve } from "./server.ts";

/** A store that says what it is asked, and can be told to fail or to wait. */
class WatchedStore implements SessionStore {
  readonly inner = memorySessionStore()(createNode("store"));
  readonly asked: string[] = [];
  readonly ids = new Set<string>();
  failing: string | undefined = undefined;
  /** What a method waits for before it does anything. */
  before: Record<string, Promise<void>> = {};
  onAsked: (method: string) => void = () => {};

  get(id: string) {
    return this.#ask("get", id, () => this.inner.get(id));
  }
  put(id: string, data: SessionData, maxAge: number) {
    return this.#ask("put", id, () => this.inner.put(id, data, maxAge));
  }
  update(id: string, change: (data: SessionData) => SessionData, maxAge: number) {
    return this.#ask("update", id, () => this.inner.update?.(id, change, maxAge) ?? Promise.resolve(false));
  }
  delete(id: string) {
    return this.#ask("delete", id, () => this.inner.delete(id));
  }

  async #ask<T>(method: string, id: string, work: () => Promise<T>): Promise<T> {
    this.asked.push(method);
    this.ids.add(id);
    this.onAsked(method);
    await this.before[method];
    if (this.failing === method) throw new Error(`${method} failed on purpose`);
    return work();
  }
}

const slow = new Map<string, Promise<void>>();

/** `/put?key=value` puts; `/renew`, `/clear`, `/drop`, `/read`; `?wait=name` waits for `slow`. The answer is the session. */
async function act(conn: Conn): Promise<void> {
  const { session } = conn;
  const { wait, ...params } = conn.queryParams;
  if (typeof wait === "string") await slow.get(wait);
  if (conn.path === "/renew") session.renew();
  if (conn.path === "/clear") session.clear();
  if (conn.path === "/drop") session.drop();
  if (conn.path === "/delete") for (const key of Object.keys(params)) session.delete(key);
  else if (conn.path !== "/read") for (const [key, value] of Object.entries(params)) session.put(key, value);
  if (conn.path === "/token") csrfToken(conn);
  conn.send(200, JSON.stringify(session.data));
}

async function start(context: TestContext, options: Partial<SessionOptions> = {}) {
  const store = new WatchedStore();
  const server = await serve(context, compilePipeline([fetchSession({ store, ...options }), act]));
  const get = (path: string, cookie?: string) => fetch(server.url + path, cookie ? { headers: { cookie } } : {});
  const read = async (cookie: string) => (await get("/read", cookie)).json();
  return { store, server, get, read };
}

const cookiePattern = /^_anqa_key=[\w-]{43}$/;

test("the cookie carries a random id, the store what the session holds", async (context) => {
  const { get, read, store } = await start(context);
  const response = await get("/put?user=Ann");
  const cookie = cookiesOf(response);
  assert.match(cookie, cookiePattern);
  assert.match(response.headers.getSetCookie()[0] ?? "", /; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.deepEqual(await read(cookie), { user: "Ann" });
  assert.deepEqual(store.asked, ["put", "get"]);
});

test("the store never sees what stands in the cookie, only its hash", async (context) => {
  const { get, store } = await start(context);
  const id = cookiesOf(await get("/put?a=1")).slice("_anqa_key=".length);
  assert.deepEqual([...store.ids], [hash("sha256", id, "base64url")]);
  assert.equal(await store.inner.get(id), undefined);
});

test("ids are never the same twice", async (context) => {
  const { get } = await start(context);
  const cookies = await Promise.all(Array.from({ length: 50 }, async () => cookiesOf(await get("/put?a=1"))));
  assert.equal(new Set(cookies).size, 50);
});

test("a visitor without a cookie waits for no store, and gets no session unless something is put", async (context) => {
  const { get, store } = await start(context);
  for (const path of ["/read", "/renew", "/clear", "/drop"]) {
    assert.deepEqual((await get(path)).headers.getSetCookie(), [], path);
  }
  assert.deepEqual(store.asked, []);
});

test("it is written only when it changed, and its cookie only with a new id", async (context) => {
  const { get, read, store } = await start(context, { maxAge: 60 });
  const cookie = cookiesOf(await get("/put?a=1"));
  store.asked.length = 0;
  assert.deepEqual((await get("/read", cookie)).headers.getSetCookie(), []);
  assert.deepEqual(store.asked, ["get"]);
  assert.deepEqual((await get("/put?b=2", cookie)).headers.getSetCookie(), []);
  assert.deepEqual(store.asked, ["get", "get", "update"]);
  assert.deepEqual(await read(cookie), { a: "1", b: "2" });
});

test("a session may be larger than any cookie", async (context) => {
  const { get, read } = await start(context);
  const cookie = cookiesOf(await get(`/put?big=${"x".repeat(10_000)}`));
  assert.equal(((await read(cookie)) as { big: string }).big.length, 10_000);
});

test("session fixation: an id that the server did not make is never taken over", async (context) => {
  const { get, read, store } = await start(context);
  const rejected = rejections(context);
  const planted = `_anqa_key=${"A".repeat(43)}`;
  const response = await get("/put?user=Ann", planted);
  assert.match(cookiesOf(response), cookiePattern);
  assert.notEqual(cookiesOf(response), planted);
  assert.deepEqual(await read(planted), {});
  assert.deepEqual(await read(cookiesOf(response)), { user: "Ann" });
  assert.deepEqual(rejected, ["unknown", "unknown"]);
  assert.equal(store.asked.filter((method) => method === "put").length, 1);
});

test("session fixation: who planted a genuine session is not in after renew()", async (context) => {
  const { get, read } = await start(context);
  const planted = cookiesOf(await get("/put?cart=attacker"));
  const loggedIn = await get("/renew?user=Ann", planted);
  assert.deepEqual(await loggedIn.json(), { cart: "attacker", user: "Ann" });
  assert.deepEqual(await read(cookiesOf(loggedIn)), { cart: "attacker", user: "Ann" });
  assert.deepEqual(await read(planted), {});
});

test("renewing drops the CSRF secret", async (context) => {
  const { get, read } = await start(context);
  const cookie = cookiesOf(await get("/token?a=1"));
  assert.deepEqual(Object.keys((await read(cookie)) as object).sort(), ["_csrf_token", "a"]);
  assert.deepEqual(await (await get("/renew", cookie)).json(), { a: "1" });
});

test("an id that cannot be one does not reach the store", async (context) => {
  const { get, store } = await start(context);
  const rejected = rejections(context);
  for (const id of ["x", "A".repeat(42), "A".repeat(44), "A".repeat(10_000), `${"A".repeat(42)}é`, "__proto__"]) {
    await get("/read", `_anqa_key=${encodeURIComponent(id)}`);
  }
  assert.deepEqual(store.asked, []);
  assert.deepEqual(new Set(rejected), new Set(["invalid"]));
});

test("of several cookies of the name the one that the store knows counts", async (context) => {
  const { get, read } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  const planted = `_anqa_key=${"A".repeat(43)}`;
  assert.deepEqual(await read(`${planted}; ${cookie}`), { a: "1" });
  assert.deepEqual(await read(`_anqa_key=x; ${cookie}; ${planted}`), { a: "1" });
});

test("clearing ends it, in the store and in the browser; what is put then has a new id", async (context) => {
  const { get, read, store } = await start(context);
  const cookie = cookiesOf(await get("/put?user=Ann"));
  const cleared = await get("/clear", cookie);
  assert.match(cleared.headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0;/);
  assert.deepEqual(await read(cookie), {});
  assert.equal(store.asked.includes("delete"), true);
  const again = cookiesOf(await get("/put?user=Ann"));
  const goodbye = await get("/clear?message=bye", again);
  assert.match(cookiesOf(goodbye), cookiePattern);
  assert.deepEqual(await read(again), {});
  assert.deepEqual(await read(cookiesOf(goodbye)), { message: "bye" });
});

test("dropping ends it, whatever is put", async (context) => {
  const { get, read } = await start(context);
  const cookie = cookiesOf(await get("/put?user=Ann"));
  assert.match((await get("/drop?late=1", cookie)).headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0;/);
  assert.deepEqual(await read(cookie), {});
});

test("two requests at once: the changes of both are kept", async (context) => {
  const { get, read, store } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1&b=1&c=1"));
  const gate = Promise.withResolvers<void>();
  slow.set("both", gate.promise);
  const bothLoaded = asked(store, "get", 2);
  const first = get("/put?wait=both&a=2", cookie);
  const second = get("/delete?wait=both&b", cookie);
  await bothLoaded;
  gate.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(await read(cookie), { a: "2", c: "1" });
});

test("two requests at once: a slow one does not bring back the session that the other has ended", async (context) => {
  const { get, read, store } = await start(context);
  for (const path of ["/put", "/renew"]) {
    const cookie = cookiesOf(await get("/put?user=Ann"));
    const gate = Promise.withResolvers<void>();
    slow.set("logout", gate.promise);
    const loaded = asked(store, "get");
    const late = get(`${path}?wait=logout&a=1`, cookie);
    await loaded;
    await get("/drop", cookie);
    gate.resolve();
    const response = await late;
    assert.equal(response.status, 200);
    assert.deepEqual(await read(cookie), {});
    // Renewed, it holds what that request put itself, and no user.
    const renewed = response.headers.getSetCookie();
    assert.equal(renewed.length, path === "/renew" ? 1 : 0);
    if (path === "/renew") assert.deepEqual(await read(cookiesOf(response)), { a: "1" });
  }
});

test("a store that cannot change in one step works as well, and brings nothing back either", async (context) => {
  const watched = new WatchedStore();
  const plain: SessionStore = {
    get: (id) => watched.get(id),
    put: (id, data, maxAge) => watched.put(id, data, maxAge),
    delete: (id) => watched.delete(id),
  };
  const { get, read } = await start(context, { store: plain });
  const cookie = cookiesOf(await get("/put?a=1"));
  await get("/put?b=2", cookie);
  assert.deepEqual(await read(cookie), { a: "1", b: "2" });
  const gate = Promise.withResolvers<void>();
  slow.set("plain", gate.promise);
  const loaded = asked(watched, "get");
  const late = get("/put?wait=plain&c=3", cookie);
  await loaded;
  await get("/drop", cookie);
  gate.resolve();
  await late;
  assert.deepEqual(await read(cookie), {});
});

test("a store that cannot be read: status 503, and the session is still there afterwards", async (context) => {
  const { get, read, store, server } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  store.failing = "get";
  const response = await get("/put?b=2", cookie);
  assert.equal(response.status, 503);
  assert.match(String(server.errors[0]), /could not be read, since its store failed: get failed on purpose/);
  assert.equal((await get("/read")).status, 200, "who has no session needs no store");
  store.failing = undefined;
  assert.deepEqual(await read(cookie), { a: "1" });
});

test("a store that cannot be written: status 503, a report, nothing of the answer, and nothing lost", async (context) => {
  const { get, read, store } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  const reports: { method: string; path: string; error: Error }[] = [];
  context.after(sessionStoreFailed.attach((report) => reports.push(report)));
  for (const [method, path] of [
    ["update", "/put?secret=2"],
    ["put", "/renew?secret=2"],
    ["delete", "/renew?secret=2"],
    ["delete", "/drop"],
  ] as const) {
    store.failing = method;
    const response = await get(path, cookie);
    assert.equal(response.status, 503);
    assert.deepEqual(response.headers.getSetCookie(), []);
    assert.match(await response.text(), /could not be written/);
    const report = reports.pop();
    assert.equal(report?.path, new URL(`http://x${path}`).pathname);
    assert.match(report?.error.message ?? "", new RegExp(`could not be written.*${method} failed on purpose`));
    store.failing = undefined;
    assert.deepEqual(await read(cookie), { a: "1" });
  }
  assert.equal((await get("/read")).status, 200);
});

test("a store that throws instead of rejecting is treated alike", async (context) => {
  const broken = new Proxy({} as SessionStore, {
    get: () => () => {
      throw new Error("thrown on purpose");
    },
  });
  const { get } = await start(context, { store: broken });
  assert.equal((await get("/read", `_anqa_key=${"A".repeat(43)}`)).status, 503);
  assert.equal((await get("/put?a=1")).status, 503);
});

test("a store that is slow: the answer waits until the session is written, and others do not", async (context) => {
  const { get, read, store } = await start(context);
  const gate = Promise.withResolvers<void>();
  store.before = { put: gate.promise };
  const order: string[] = [];
  const putting = asked(store, "put");
  const slowAnswer = get("/put?a=1").then((response) => {
    order.push("answered");
    return response;
  });
  await putting;
  for (let round = 0; round < 3; round++) assert.equal((await get("/read")).status, 200);
  order.push("written");
  gate.resolve();
  const cookie = cookiesOf(await slowAnswer);
  assert.deepEqual(order, ["written", "answered"]);
  store.before = {};
  assert.deepEqual(await read(cookie), { a: "1" });
});

test("a store that never answers: status 503 after 5 seconds", async (context) => {
  const { get, store } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  context.mock.timers.enable({ apis: ["setTimeout"] });
  store.before = { get: new Promise(() => {}), put: new Promise(() => {}) };
  for (const [method, path, brought] of [
    ["get", "/read", cookie],
    ["put", "/put?a=1", undefined],
  ] as const) {
    const waiting = asked(store, method);
    const answer = get(path, brought);
    await waiting;
    context.mock.timers.tick(4_999);
    context.mock.timers.tick(1);
    assert.equal((await answer).status, 503);
  }
});

test("a client that leaves while its session is written disturbs nobody", async (context) => {
  const { get, store, server } = await start(context);
  const gate = Promise.withResolvers<void>();
  store.before = { put: gate.promise };
  const putting = asked(store, "put");
  const leaving = request(`${server.url}/put?a=1`);
  leaving.on("error", () => {});
  leaving.end();
  const handled = server.handled();
  await putting;
  leaving.destroy();
  await new Promise((resolve) => leaving.once("close", resolve));
  gate.resolve();
  await handled;
  assert.equal((await get("/read")).status, 200);
  assert.deepEqual(server.errors, []);
});

test("a sliding session in use is written again after half its age", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { get, read, store } = await start(context, { maxAge: 60, sliding: true });
  const cookie = cookiesOf(await get("/put?a=1"));
  context.mock.timers.setTime(1_030_000);
  assert.deepEqual(await read(cookie), { a: "1" });
  assert.equal(store.asked.includes("update"), false);
  context.mock.timers.setTime(1_031_000);
  assert.deepEqual(await read(cookie), { a: "1" });
  assert.equal(store.asked.includes("update"), true);
  context.mock.timers.setTime(1_090_000);
  assert.deepEqual(await read(cookie), { a: "1" });
  context.mock.timers.setTime(1_150_000);
  assert.deepEqual(await read(cookie), {});
});

test("without an age a store keeps a session for 14 days", async (context) => {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { get, read } = await start(context);
  const response = await get("/put?a=1");
  assert.doesNotMatch(response.headers.getSetCookie()[0] ?? "", /Max-Age/);
  context.mock.timers.setTime(1_000_000 + 14 * 86_400_000 - 1);
  assert.deepEqual(await read(cookiesOf(response)), { a: "1" });
  context.mock.timers.setTime(1_000_000 + 14 * 86_400_000);
  assert.deepEqual(await read(cookiesOf(response)), {});
});

test("a session that its deletes have emptied stays the same", async (context) => {
  const { get, read } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.deepEqual((await get("/delete?a", cookie)).headers.getSetCookie(), []);
  await get("/put?b=1", cookie);
  assert.deepEqual(await read(cookie), { b: "1" });
});

test("a socket reads the session of a store, and is told when the store fails", async (context) => {
  const { get, store, server } = await start(context);
  const cookie = cookiesOf(await get("/put?a=1"));
  const rejected = rejections(context);
  assert.deepEqual(await readSession(`x=y; ${cookie}`, server, { store }), { a: "1" });
  assert.equal(readSession("x=y", server, { store }), null);
  assert.equal(await readSession(`_anqa_key=${"A".repeat(43)}`, server, { store }), null);
  assert.equal(await readSession("_anqa_key=x", server, { store }), null);
  assert.deepEqual(rejected, ["unknown", "invalid"]);
  store.failing = "get";
  await assert.rejects(async () => readSession(cookie, server, { store }), { name: "HttpError", status: 503 });
});

test("a store may be found by the node", async (context) => {
  const stores = memorySessionStore();
  const { get, read, server } = await start(context, { store: stores });
  const cookie = cookiesOf(await get("/put?a=1"));
  assert.deepEqual(await read(cookie), { a: "1" });
  const other = { ...server, node: createNode("another") };
  assert.equal(await readSession(cookie, other, { store: stores }), null);
});

/** Resolves when a store has been asked for something, so many times from now on. */
function asked(store: WatchedStore, method: string, times = 1): Promise<void> {
  let left = times;
  return new Promise((resolve) => {
    store.onAsked = (now) => {
      if (now === method && --left === 0) resolve();
    };
  });
}

/** The reasons for which sessions are rejected from now on. */
function rejections(context: TestContext): string[] {
  const reasons: string[] = [];
  context.after(sessionRejected.attach(({ reason }) => reasons.push(reason)));
  return reasons;
}
