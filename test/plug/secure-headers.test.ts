import assert from "node:assert/strict";
import { test } from "node:test";
import { contentSecurityPolicy, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

test("the default headers", async (context) => {
  const server = await serve(context, putSecureBrowserHeaders());
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("content-security-policy"), contentSecurityPolicy);
  assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("x-frame-options"), "SAMEORIGIN");
  assert.equal(headers.get("x-permitted-cross-domain-policies"), "none");
});

test("the default policy allows own scripts and sockets, nothing inline and no eval", () => {
  assert.match(contentSecurityPolicy, /default-src 'self';/);
  assert.match(contentSecurityPolicy, /connect-src 'self' ws: wss:;/);
  assert.doesNotMatch(contentSecurityPolicy, /unsafe-|\*/);
});

test("headers can be replaced, added and left out, in any case", async (context) => {
  const plug = putSecureBrowserHeaders({ "X-Frame-Options": "DENY", "x-more": "1", "Referrer-Policy": "" });
  const server = await serve(context, plug);
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("x-frame-options"), "DENY");
  assert.equal(headers.get("x-more"), "1");
  assert.equal(headers.get("referrer-policy"), null);
});

test("an action may still replace them", async (context) => {
  const plug = putSecureBrowserHeaders();
  const server = await serve(context, async (conn) => {
    await plug(conn);
    conn.setHeader("x-frame-options", "DENY");
  });
  assert.equal((await fetch(server.url)).headers.get("x-frame-options"), "DENY");
});

test("a malformed header is refused at start", () => {
  assert.throws(() => putSecureBrowserHeaders({ "x-more": "a\r\nb" }), /"x-more" contains a line break/);
});
