import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noncePieces } from "../../src/plug/content-security-policy.ts";
import { compilePipeline, cspNonce, type Plug, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const answerNonce: Plug = (conn) => conn.send(200, cspNonce(conn));

async function policyOf(url: string, header = "content-security-policy"): Promise<[nonce: string, policy: string]> {
  const response = await fetch(url);
  return [await response.text(), response.headers.get(header) ?? ""];
}

test("a page that asks for a nonce has it in its policy, for scripts and styles", async (context) => {
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders(), answerNonce]));
  const [nonce, policy] = await policyOf(server.url);
  assert.match(nonce, /^[\w-]{24}$/);
  assert.match(policy, new RegExp(`script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'$`));
  assert.match(policy, /^default-src 'self'; base-uri 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
});

test("every response has another, and one response a single one", async (context) => {
  const twice: Plug = (conn) => {
    const first = cspNonce(conn);
    conn.send(200, cspNonce(conn) === first ? first : "they differ");
  };
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders(), twice]));
  const nonces = new Set([await policyOf(server.url), await policyOf(server.url)].map(([nonce]) => nonce));
  assert.equal(nonces.size, 2);
  assert.ok(!nonces.has("they differ"));
});

test("a page that does not ask has none", async (context) => {
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders(), (conn) => conn.send(200, "")]));
  assert.doesNotMatch((await policyOf(server.url))[1], /nonce/);
});

test("a policy that only reports gets it as well", async (context) => {
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders({ reportOnly: true }), answerNonce]));
  const [nonce, policy] = await policyOf(server.url, "content-security-policy-report-only");
  assert.ok(policy.includes(`'nonce-${nonce}'`));
});

test("a policy that an action has set instead gets it, too", async (context) => {
  const replace: Plug = (conn) => void conn.setHeader("content-security-policy", "script-src 'none'; img-src *");
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders(), replace, answerNonce]));
  const [nonce, policy] = await policyOf(server.url);
  assert.equal(policy, `script-src 'nonce-${nonce}'; img-src *`);
});

test("a policy that is put after the nonce was made admits it", async (context) => {
  const server = await serve(
    context,
    compilePipeline([(conn) => void cspNonce(conn), putSecureBrowserHeaders(), answerNonce]),
  );
  const [nonce, policy] = await policyOf(server.url);
  assert.ok(policy.includes(`script-src 'self' 'nonce-${nonce}'`));
});

test("without a policy it is a text like another", async (context) => {
  const server = await serve(
    context,
    compilePipeline([putSecureBrowserHeaders({ contentSecurityPolicy: false }), answerNonce]),
  );
  const [nonce, policy] = await policyOf(server.url);
  assert.match(nonce, /^[\w-]{24}$/);
  assert.equal(policy, "");
});

test("after the head was sent it is refused", async (context) => {
  let message = "";
  const late: Plug = (conn) => {
    conn.send(200, "");
    assert.throws(() => cspNonce(conn), { message: /the head of its response.* has been sent/ });
    message = "refused";
  };
  const server = await serve(context, compilePipeline([putSecureBrowserHeaders(), late]));
  await fetch(server.url);
  assert.equal(message, "refused");
});

test("where a nonce goes in a policy", () => {
  const cases: [policy: string, expected: string][] = [
    ["default-src 'self'", "default-src 'self'; script-src 'self' N; style-src 'self' N"],
    ["default-src 'none'", "default-src 'none'; script-src N; style-src N"],
    ["img-src *", "img-src *"],
    ["script-src 'self' ;; STYLE-SRC a", "script-src 'self' N; style-src a N"],
    ["script-src a; script-src b", "script-src a N"],
    ["script-src a; script-src-elem b", "script-src a N; script-src-elem b N"],
    ["style-src 'self' 'unsafe-inline'; script-src 'self'", "style-src 'self' 'unsafe-inline'; script-src 'self' N"],
    ["script-src 'strict-dynamic' 'unsafe-inline'", "script-src 'strict-dynamic' 'unsafe-inline' N"],
    ["", ""],
  ];
  for (const [policy, expected] of cases) {
    assert.equal(noncePieces(policy).join("0"), expected.replaceAll("N", "'nonce-0'"), policy);
  }
});

test("property: a nonce never removes what a policy restricts, and any text is taken apart", () => {
  fc.assert(
    fc.property(fc.string(), (policy) => {
      const withNonce = noncePieces(policy).join("0");
      const names = new Set(policy.split(";").map((part) => part.trim().split(/\s+/)[0]?.toLowerCase() ?? ""));
      const kept = new Set(withNonce.split(";").map((part) => part.trim().split(/\s+/)[0] ?? ""));
      for (const name of names) if (name !== "") assert.ok(kept.has(name), `${name} of ${policy}`);
    }),
  );
});
