import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { html, text } from "../../src/controller/index.ts";
import {
  type Conn,
  fetchSession,
  type Plug,
  parseBody,
  protectFromForgery,
  csrfToken as tokenFor,
} from "../../src/plug/index.ts";
import { html as template } from "../../src/template/index.ts";
import { conn, csrfToken, get, initTestSession, post, putReqHeader } from "../../src/testing/index.ts";
import { messageOf, site } from "./site.ts";

const save: Plug = (served) => text(served, "saved");
const form = (served: Conn) =>
  html(served, template`<form><input type=hidden value="${tokenFor(served)}" name="_csrf_token"></form>`);
const head = (served: Conn) => html(served, template`<meta name='csrf-token' content=${tokenFor(served)}>`);
const plugs = [fetchSession(), parseBody(), protectFromForgery()];
const shop = site(
  {
    "POST /": save,
    "GET /": form,
    "GET /head": head,
    "GET /none": (served) => html(served, template`<p>no token</p>`),
  },
  { plugs },
);

describe("requests that must not be forged", () => {
  it("come with a token by themselves, whoever the visitor is", async () => {
    assert.equal((await post(conn(shop), "/", { a: 1 })).status, 200);
    assert.equal((await post(initTestSession(conn(shop), { userId: 7 }), "/")).status, 200);
    assert.equal((await post(await get(conn(shop), "/"), "/")).status, 200);
  });

  it("are refused without a token, for a visitor who brings none", async () => {
    const page = await post(conn(shop, { csrfToken: false }), "/", { a: 1 });
    assert.equal(page.status, 403);
    assert.match((page.error as Error).message, /no CSRF token came with it/);
  });

  it("are refused with a wrong one of the test's own", async () => {
    assert.equal((await post(conn(shop), "/", { _csrf_token: "wrong" })).status, 403);
    assert.equal((await post(putReqHeader(conn(shop), "x-csrf-token", "wrong"), "/")).status, 403);
  });

  it("are refused for other reasons than the token as ever", async () => {
    const foreign = putReqHeader(conn(shop), "origin", "https://evil.example.com");
    assert.equal((await post(foreign, "/")).status, 403);
  });

  it("pass with the token of a page that was asked for", async () => {
    for (const path of ["/", "/head"]) {
      const page = await get(conn(shop, { csrfToken: false }), path);
      assert.equal((await post(page, "/", { _csrf_token: csrfToken(page) })).status, 200, path);
    }
  });

  it("make no token where nobody asks for one", async () => {
    const api = site({ "POST /": save }, { plugs: [fetchSession()] });
    const page = await post(conn(api), "/");
    assert.deepEqual([page.session, page.cookies], [{}, {}]);
  });
});

describe("csrfToken()", () => {
  it("fails for a page without one", async () => {
    const page = await get(conn(shop), "/none");
    assert.match(
      messageOf(() => csrfToken(page)),
      /^the page has no CSRF token: .* in: <p>no token<\/p>$/,
    );
  });
});
