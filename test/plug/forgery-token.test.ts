import assert from "node:assert/strict";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import {
  type Conn,
  compilePipeline,
  csrfToken,
  csrfTokenFor,
  deleteCsrfToken,
  fetchSession,
  protectFromForgery,
  type SessionData,
  validCsrfToken,
} from "../../src/plug/index.ts";
import { cookiesOf, serve } from "./server.ts";

test("tokens are masked anew for each response, are the same within one, and all fit the session", async (context) => {
  const protect = [fetchSession(), protectFromForgery()];
  const show = (conn: Conn) => {
    assert.equal(csrfToken(conn), csrfToken(conn));
    conn.send(200, csrfToken(conn));
  };
  const server = await serve(context, compilePipeline([...protect, show]));
  const page = await fetch(server.url);
  const cookie = cookiesOf(page);
  const again = await fetch(server.url, { headers: { cookie } });
  assert.deepEqual(again.headers.getSetCookie(), []);
  const tokens = [await page.text(), await again.text()];
  assert.notEqual(tokens[0], tokens[1]);
  for (const token of tokens) {
    const response = await fetch(server.url, { method: "POST", headers: { cookie, "x-csrf-token": token } });
    assert.equal(response.status, 200);
  }
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

test("a token of which any character was changed fits no more", () => {
  const session = { _csrf_token: "A".repeat(24) };
  const token = maskedBy(session);
  assert.equal(validCsrfToken(session, token), true);
  fc.assert(
    fc.property(fc.nat(47), fc.constantFrom("A", "b", "_", "-", ".", "é", ""), (index, character) => {
      fc.pre(token[index] !== character);
      assert.equal(validCsrfToken(session, token.slice(0, index) + character + token.slice(index + 1)), false);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(validCsrfToken(session, text), false)));
});

test("tokens are compared by timingSafeEqual, whatever they differ in", (context) => {
  let compared = 0;
  const { timingSafeEqual } = crypto;
  context.mock.method(crypto, "timingSafeEqual", (left: Buffer, right: Buffer) => {
    compared++;
    return timingSafeEqual(left, right);
  });
  syncBuiltinESMExports();
  context.after(() => {
    context.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const session = { _csrf_token: "A".repeat(24) };
  for (const token of [maskedBy(session), `B${maskedBy(session).slice(1)}`, "_".repeat(48)]) {
    compared = 0;
    validCsrfToken(session, token);
    assert.equal(compared, 1);
  }
});

test("deleteCsrfToken makes tokens worthless that were known before a login", async (context) => {
  const server = await serve(
    context,
    compilePipeline([
      fetchSession(),
      (conn) => {
        const before = csrfToken(conn);
        deleteCsrfToken(conn);
        assert.equal(validCsrfToken(conn.session.data, before), false);
        const after = csrfToken(conn);
        assert.equal(validCsrfToken(conn.session.data, after), true);
      },
    ]),
  );
  assert.equal((await fetch(server.url)).status, 200);
});

test("a token for a url of another host is good there, and nowhere else", async (context) => {
  await withConn(context, (conn) => {
    csrfToken(conn);
    const { data } = conn.session;
    for (const url of [
      "https://pay.example.com/now",
      "//PAY.example.com",
      "/\\pay.example.com",
      "http://pay.example.com:80",
    ]) {
      const token = csrfTokenFor(conn, url);
      assert.match(token, /^[\w-]{48}$/);
      assert.equal(validCsrfToken(data, token), false, url);
      assert.equal(validCsrfToken(data, token, ["pay.example.com"]), true, url);
      assert.equal(validCsrfToken(data, token, ["example.com", "evil.example"]), false, url);
      assert.notEqual(csrfTokenFor(conn, url), token, "the mask is the same twice");
    }
    for (const path of ["/posts", "posts?x=//evil.example", "", "#top", "?a=1"]) {
      assert.equal(csrfTokenFor(conn, path), csrfToken(conn), path);
    }
  });
});

test("who has the token of one host cannot make that of another from it", async (context) => {
  await withConn(context, (conn) => {
    csrfToken(conn);
    const { data } = conn.session;
    const stolen = csrfTokenFor(conn, "https://evil.example");
    const bytes = Buffer.from(stolen, "base64url");
    const derived = bytes.subarray(18).map((byte, index) => byte ^ (bytes[index] ?? 0));
    const session: SessionData = { _csrf_token: Buffer.from(derived).toString("base64url") };
    assert.equal(validCsrfToken(data, maskedBy(session)), false);
    assert.equal(validCsrfToken(data, maskedBy(session), ["pay.example.com"]), false);
  });
});

test("a secret that is none in a session is replaced, and no memory of the server gets into a token", async (context) => {
  for (const secret of ["", "x", "=".repeat(24), "é".repeat(24), 7, null]) {
    await withConn(context, (conn) => {
      conn.session.put("_csrf_token", secret);
      const token = csrfToken(conn);
      assert.notEqual(conn.session.get("_csrf_token"), secret);
      assert.equal(validCsrfToken(conn.session.data, token), true);
    });
  }
});

/** Runs with a conn that has a session. */
async function withConn(context: TestContext, check: (conn: Conn) => void): Promise<void> {
  const server = await serve(context, compilePipeline([fetchSession(), check]));
  await fetch(server.url);
  assert.deepEqual(server.errors, []);
}

/** A token that fits a session, under a mask of zeros. */
function maskedBy(session: SessionData): string {
  return "A".repeat(24) + String(session._csrf_token);
}
