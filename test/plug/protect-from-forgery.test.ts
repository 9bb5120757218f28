import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type Conn,
  compilePipeline,
  csrfToken,
  fetchSession,
  forgeryRefused,
  type Plug,
  parseBody,
  protectFromForgery,
  validCsrfToken,
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

test("tokens are masked anew for each response, are the same within one, and all fit the session", async (context) => {
  const { server, visit } = await start(context);
  const { token, cookie } = await visit();
  const again = await fetch(server.url, { headers: { cookie } });
  const other = await again.text();
  assert.notEqual(other, token);
  assert.deepEqual(again.headers.getSetCookie(), []);
  for (const valid of [token, other]) {
    const response = await fetch(server.url, { method: "POST", headers: { cookie, "x-csrf-token": valid } });
    assert.equal(response.status, 200);
  }
  const twice = await serve(
    context,
    compilePipeline([fetchSession(), (conn) => void assert.equal(csrfToken(conn), csrfToken(conn))]),
  );
  assert.equal((await fetch(twice.url)).status, 200);
});

test("a token made after the session was renewed within the same request is the new secret's", async (context) => {
  const server = await serve(
    context,
    compilePipeline([
      fetchSession(),
      (conn) => {
        const before = csrfToken(conn);
        conn.session.renew();
        const after = csrfToken(conn);
        assert.equal(validCsrfToken(conn.session.data, before), false);
        assert.equal(validCsrfToken(conn.session.data, after), true);
      },
    ]),
  );
  assert.equal((await fetch(server.url)).status, 200);
});

test("a session without a usable secret fits no token", () => {
  for (const secret of [undefined, 7, null, "", "short", "x".repeat(48)]) {
    assert.equal(validCsrfToken({ _csrf_token: secret }, "A".repeat(48)), false);
  }
  assert.equal(validCsrfToken({}, "A".repeat(48)), false);
  assert.equal(validCsrfToken({ _csrf_token: "A".repeat(24) }, undefined as unknown as string), false);
});

test("JavaScript is refused to the script tag of another site", async (context) => {
  const { server } = await start(context);
  for (const site of ["cross-site", "same-site", undefined]) {
    const response = await fetch(`${server.url}/script`, { headers: site ? { "sec-fetch-site": site } : {} });
    assert.equal(response.status, 403);
    assert.doesNotMatch(await response.text(), /secret/);
  }
});

test("JavaScript is answered to our own pages, to the user and to XMLHttpRequest", async (context) => {
  const { server } = await start(context);
  const allowed = [
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    { "x-requested-with": "XMLHttpRequest" },
  ];
  for (const headers of allowed as Record<string, string>[]) {
    assert.equal(await (await fetch(`${server.url}/script`, { headers })).text(), "secret()");
  }
});
