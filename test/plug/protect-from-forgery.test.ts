import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type Conn,
  compilePipeline,
  csrfToken,
  csrfTokenFor,
  fetchSession,
  forgeryRefused,
  type Plug,
  parseBody,
  protectFromForgery,
  skipForgeryProtection,
} from "../../src/plug/index.ts";
import { cookiesOf, serve } from "./server.ts";

const browser = [parseBody(), fetchSession(), protectFromForgery()];

/** `GET /` gives a token; `GET /script` JavaScript; `POST /renew` renews the session; anything else is `done`. */
function act(conn: Conn): void {
  if (conn.path === "/script") conn.setHeader("content-type", "text/javascript; charset=utf-8").send(200, "secret()");
  else if (conn.method === "GET") conn.send(200, csrfToken(conn));
  else {
    if (conn.path === "/renew") conn.session.renew();
    conn.send(200, "done");
  }
}

async function start(context: TestContext, plugs: Plug[] = browser) {
  const server = await serve(context, compilePipeline([...plugs, act]));
  const visit = async () => {
    const response = await fetch(server.url);
    return { token: await response.text(), cookie: cookiesOf(response) };
  };
  const post = (cookie: string, form: Record<string, string>, headers: Record<string, string> = {}, path = "/") =>
    fetch(server.url + path, {
      method: "POST",
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      body: new URLSearchParams(form),
    });
  return { server, visit, post };
}

test("a form with the session's token passes", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  assert.match(token, /^[\w-]{48}$/);
  assert.equal(await (await post(cookie, { _csrf_token: token })).text(), "done");
});

test("the header x-csrf-token passes, with every method that changes something", async (context) => {
  const { server, visit } = await start(context);
  const { token, cookie } = await visit();
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const url = server.url;
    assert.equal((await fetch(url, { method, headers: { cookie, "x-csrf-token": token } })).status, 200);
    assert.equal((await fetch(url, { method, headers: { cookie } })).status, 403);
  }
});

test("GET, HEAD and OPTIONS need no token", async (context) => {
  const { server } = await start(context);
  for (const method of ["GET", "HEAD", "OPTIONS"]) assert.equal((await fetch(server.url, { method })).status, 200);
});

test("a missing token is refused with what to do, and reported", async (context) => {
  const { visit, post } = await start(context);
  const { cookie } = await visit();
  const events: { node: string; method: string; path: string; remoteAddress: string; reason: string }[] = [];
  context.after(forgeryRefused.attach((event) => events.push(event)));
  const response = await post(cookie, { title: "x" }, {}, "/posts");
  assert.equal(response.status, 403);
  assert.match(await response.text(), /^POST \/posts was refused: no CSRF token.*csrfToken\(conn\).*_csrf_token$/);
  assert.equal(events.length, 1);
  assert.deepEqual(
    { ...events[0], reason: "" },
    { node: "plug-test", method: "POST", path: "/posts", remoteAddress: "127.0.0.1", reason: "" },
  );
});

test("without parseBody() the refusal names it", async (context) => {
  const { visit, post } = await start(context, [fetchSession(), protectFromForgery()]);
  const { token, cookie } = await visit();
  assert.match(await (await post(cookie, { _csrf_token: token })).text(), /parseBody\(\), which has to run before/);
});

test("a wrong token is refused", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  const swapped = (token.startsWith("A") ? "B" : "A") + token.slice(1);
  for (const wrong of ["", "x", swapped, `${token}A`, token.slice(1), "é".repeat(48), "=".repeat(48), "A".repeat(48)]) {
    const response = await post(cookie, { _csrf_token: wrong });
    assert.equal(response.status, 403, wrong);
    assert.match(await response.text(), /belongs to another session/);
  }
});

test("a token that is not a text is refused", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  assert.equal((await post(cookie, { "_csrf_token[]": token })).status, 403);
});

test("a token in the query is not accepted", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  assert.equal((await post(cookie, {}, {}, `/?_csrf_token=${token}`)).status, 403);
});

test("the token of another session is refused", async (context) => {
  const { visit, post } = await start(context);
  const mine = await visit();
  const theirs = await visit();
  assert.equal((await post(mine.cookie, { _csrf_token: theirs.token })).status, 403);
});

test("without the session's cookie the refusal says so", async (context) => {
  const { visit, post } = await start(context);
  const { token } = await visit();
  assert.match(await (await post("", { _csrf_token: token })).text(), /without a session.*load the page anew/);
});

test("a renewed session makes earlier tokens worthless", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  const renewed = await post(cookie, { _csrf_token: token }, {}, "/renew");
  assert.equal(renewed.status, 200);
  assert.match(renewed.headers.getSetCookie()[0] ?? "", /^_anqa_key=; Max-Age=0/);
});

test("a method that was overridden counts as both: neither way around is there a way past the token", async (context) => {
  const override: Plug = (conn) => {
    const method = conn.queryParams._method;
    if (typeof method === "string") conn.method = method;
  };
  const { server, visit } = await start(context, [override, ...browser]);
  const { cookie, token } = await visit();
  const status = async (method: string, path: string, headers: Record<string, string> = {}) =>
    (await fetch(server.url + path, { method, headers: { cookie, ...headers } })).status;
  assert.equal(await status("POST", "/?_method=GET"), 403);
  assert.equal(await status("POST", "/?_method=HEAD"), 403);
  assert.equal(await status("GET", "/?_method=DELETE"), 403);
  assert.equal(await status("GET", "/?_method=delete"), 403);
  assert.equal(await status("GET", "/?_method=DELETE", { "x-csrf-token": token }), 200);
});

test("methods that nobody knows need a token too", async (context) => {
  const { server, visit } = await start(context);
  const { cookie } = await visit();
  for (const method of ["PURGE", "PROPFIND", "MOVE"]) {
    assert.equal((await fetch(server.url, { method, headers: { cookie } })).status, 403, method);
  }
});

test("a post of JSON needs a token like any other, in the body or the header", async (context) => {
  const { server, visit } = await start(context);
  const { cookie, token } = await visit();
  const status = async (body: unknown, headers: Record<string, string> = {}) =>
    (
      await fetch(server.url, {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      })
    ).status;
  assert.equal(await status({ title: "x" }), 403);
  assert.equal(await status([]), 403);
  assert.equal(await status({ _csrf_token: token }), 200);
  assert.equal(await status({}, { "x-csrf-token": token }), 200);
  for (const forged of [null, true, 1, [token], { 0: token }, { toString: token }]) {
    assert.equal(await status({ _csrf_token: forged }), 403);
  }
  assert.equal(await status(JSON.parse(`{"__proto__":{"_csrf_token":"${token}"}}`)), 403);
});

test("a form in another content type carries no token that counts", async (context) => {
  const { server, visit } = await start(context);
  const { cookie, token } = await visit();
  for (const type of ["text/plain", "", "application/x-www-form-urlencodedx"]) {
    const response = await fetch(server.url, {
      method: "POST",
      headers: { cookie, ...(type === "" ? {} : { "content-type": type }) },
      body: Buffer.from(`_csrf_token=${token}`),
    });
    assert.ok(response.status === 403 || response.status === 415, `${type}: ${response.status}`);
  }
});

test("the empty header leaves it to the form, a wrong one does not", async (context) => {
  const { visit, post } = await start(context);
  const { token, cookie } = await visit();
  assert.equal((await post(cookie, { _csrf_token: token }, { "x-csrf-token": "" })).status, 200);
  assert.equal((await post(cookie, { _csrf_token: token }, { "x-csrf-token": "wrong" })).status, 403);
});

test("clear_session: a request that looks forged goes on without a session, and nothing of it is kept", async (context) => {
  const clearing = [parseBody(), fetchSession(), protectFromForgery({ with: "clear_session" })];
  const { server, visit, post } = await start(context, [...clearing, remember]);
  const { token, cookie } = await visit();
  const events: string[] = [];
  context.after(forgeryRefused.attach(({ reason }) => events.push(reason)));
  const forged = await post(cookie, { user: "mallory" });
  assert.equal(forged.status, 200);
  assert.equal(forged.headers.get("x-session"), '{"user":"mallory"}');
  assert.deepEqual(forged.headers.getSetCookie(), []);
  assert.equal(events.length, 1);
  const genuine = await post(cookie, { user: "ann", _csrf_token: token });
  assert.match(genuine.headers.get("x-session") ?? "", /"_csrf_token".*"user":"ann"/);
  assert.equal(genuine.headers.getSetCookie().length, 1);
  assert.equal((await fetch(`${server.url}/script`)).status, 403, "JavaScript is refused all the same");
});

test("what happens to forgeries is one of two things, checked at start", () => {
  assert.throws(() => protectFromForgery({ with: "ignore" as "exception" }), /"exception" or "clear_session"/);
});

test("a request for which it was skipped needs no token, others do", async (context) => {
  const skip: Plug = (conn) => {
    if (conn.path === "/hook" || conn.path === "/script") skipForgeryProtection(conn);
  };
  const { server, visit, post } = await start(context, [skip, ...browser]);
  const { cookie } = await visit();
  assert.equal((await post(cookie, {}, {}, "/hook")).status, 200);
  assert.equal(
    (await post("", {}, { "sec-fetch-site": "cross-site", origin: "https://a.example" }, "/hook")).status,
    200,
  );
  assert.equal((await post(cookie, {})).status, 403);
  assert.equal((await fetch(`${server.url}/script`)).status, 200);
});

test("tokens for the host that is asked for, and for allowed hosts, pass", async (context) => {
  let token = "";
  const make =
    (host: string): Plug =>
    (conn) => {
      if (conn.method === "GET") token = csrfTokenFor(conn, `https://${host}/`);
    };
  for (const [host, allowHosts, status] of [
    ["127.0.0.1", [], 200],
    ["pay.example.com", ["pay.example.com"], 200],
    ["pay.example.com", [], 403],
    ["evil.example", ["pay.example.com"], 403],
  ] as const) {
    const plugs = [parseBody(), fetchSession(), protectFromForgery({ allowHosts }), make(host)];
    const { visit, post } = await start(context, plugs);
    const { cookie } = await visit();
    assert.equal((await post(cookie, { _csrf_token: token })).status, status, host);
  }
});

/** Puts the form's user into the session and tells the session in a header. */
function remember(conn: Conn): void {
  const user = conn.bodyParams?.user;
  if (user !== undefined) conn.session.put("user", user);
  conn.setHeader("x-session", JSON.stringify(conn.session.data));
}
