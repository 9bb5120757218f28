import assert from "node:assert/strict";
import { test } from "node:test";
import { type ContentSecurityPolicy, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const standardPolicy =
  "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; " +
  "img-src 'self' data: blob:; object-src 'none'";

test("the default headers", async (context) => {
  const server = await serve(context, putSecureBrowserHeaders());
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("content-security-policy"), standardPolicy);
  assert.equal(headers.get("content-security-policy-report-only"), null);
  assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(headers.get("referrer-policy"), "strict-origin-when-cross-origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("x-frame-options"), "SAMEORIGIN");
  assert.equal(headers.get("x-permitted-cross-domain-policies"), "none");
});

test("the default policy allows nothing inline, no eval and no foreign host", () => {
  assert.doesNotMatch(standardPolicy, /unsafe|\*|http|ws/);
});

test("directives are replaced, added and left out one by one", async (context) => {
  const plug = putSecureBrowserHeaders({
    contentSecurityPolicy: {
      "script-src": ["'self'", "https://cdn.example.org"],
      "img-src": ["'none'"],
      "form-action": false,
      "upgrade-insecure-requests": true,
    },
  });
  const server = await serve(context, plug);
  assert.equal(
    (await fetch(server.url)).headers.get("content-security-policy"),
    "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; img-src 'none'; object-src 'none'; " +
      "script-src 'self' https://cdn.example.org; upgrade-insecure-requests",
  );
});

test("a policy can be tried out", async (context) => {
  const server = await serve(context, putSecureBrowserHeaders({ reportOnly: true }));
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("content-security-policy"), null);
  assert.equal(headers.get("content-security-policy-report-only"), standardPolicy);
});

test("only an explicit false sends no policy", async (context) => {
  const server = await serve(context, putSecureBrowserHeaders({ contentSecurityPolicy: false }));
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("content-security-policy"), null);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("headers can be replaced, added and left out, in any case", async (context) => {
  const plug = putSecureBrowserHeaders({
    headers: { "X-Frame-Options": "DENY", "permissions-policy": "camera=()", "Referrer-Policy": false },
  });
  const server = await serve(context, plug);
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("x-frame-options"), "DENY");
  assert.equal(headers.get("permissions-policy"), "camera=()");
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

test("a header that would inject another is refused at start", () => {
  assert.throws(() => putSecureBrowserHeaders({ headers: { "x-more": "a\r\nset-cookie: b" } }), /"x-more" contains/);
  assert.throws(() => putSecureBrowserHeaders({ headers: { "x more": "a" } }), /cannot be a header's name/);
});

test("a source that would inject another directive, policy or header is refused at start", () => {
  for (const source of ["'self'; script-src *", "'self', script-src *", "a b", "a\r\nb", "", "bücher.example"]) {
    assert.throws(
      () => putSecureBrowserHeaders({ contentSecurityPolicy: { "img-src": [source] } }),
      /"img-src" has the/,
    );
  }
});

test("what browsers would ignore or misunderstand is refused at start", () => {
  const refusals: [ContentSecurityPolicy, RegExp][] = [
    [{ "script-srcs": ["'self'"] } as ContentSecurityPolicy, /there is no directive "script-srcs"/],
    [{ "script-src": ["self"] }, /self without its single quotes/],
    [{ "script-src": ["unsafe-inline"] }, /unsafe-inline without its single quotes/],
    [{ "script-src": [] }, /"script-src" has no list of sources/],
    [{ "script-src": "'self'" as unknown as string[] }, /"script-src" has no list of sources/],
    [{ "script-src": ["'none'", "'self'"] }, /'none' beside other sources/],
    [{ "script-src": ["'nonce-abc'"] }, /a fixed nonce/],
  ];
  for (const [contentSecurityPolicy, message] of refusals) {
    assert.throws(() => putSecureBrowserHeaders({ contentSecurityPolicy }), message);
  }
});

test("an option that does not exist is refused at start, a policy among the headers too", () => {
  assert.throws(() => putSecureBrowserHeaders({ "x-frame-options": "DENY" } as object), /no option "x-frame-options"/);
  assert.throws(
    () => putSecureBrowserHeaders({ headers: { "Content-Security-Policy": "default-src *" } }),
    /"Content-Security-Policy" is written by directive/,
  );
});
