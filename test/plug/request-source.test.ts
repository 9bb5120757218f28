/** What browsers say of where a request comes from, as the second line of protectFromForgery(). */
import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import {
  type Conn,
  compilePipeline,
  csrfToken,
  type ForgeryProtectionOptions,
  fetchSession,
  protectFromForgery,
  type ServerConfig,
} from "../../src/plug/index.ts";
import { cookiesOf, serve } from "./server.ts";

async function start(
  context: TestContext,
  options: ForgeryProtectionOptions = {},
  overrides: Partial<ServerConfig> = {},
) {
  const act = (conn: Conn) => conn.send(200, conn.method === "GET" ? csrfToken(conn) : "done");
  const server = await serve(context, compilePipeline([fetchSession(), protectFromForgery(options), act]), overrides);
  const page = await fetch(server.url);
  const genuine = { cookie: cookiesOf(page), "x-csrf-token": await page.text() };
  /** Posts with the right cookie and token; the answer's status, and its text. */
  const post = (headers: Record<string, string>): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        server.url,
        { method: "POST", headers: { ...genuine, ...headers } },
        async (incoming) => {
          const text = (await incoming.setEncoding("utf8").toArray()).join("");
          resolve({ status: incoming.statusCode as number, text });
        },
      );
      outgoing.on("error", reject).end();
    });
  return { server, post };
}

async function statusesOf(post: (headers: Record<string, string>) => Promise<{ status: number }>, cases: Headers[]) {
  return Promise.all(cases.map(async (headers) => (await post(headers)).status));
}

type Headers = Record<string, string>;

test("what says nothing of where it comes from is no browser: the token decides", async (context) => {
  const { post } = await start(context);
  assert.equal((await post({})).status, 200);
  assert.equal((await post({ "x-csrf-token": "A".repeat(48) })).status, 403);
});

test("sec-fetch-site: our own pages and the user pass", async (context) => {
  const { post } = await start(context);
  const cases = [{ "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }];
  assert.deepEqual(await statusesOf(post, cases), [200, 200]);
});

test("sec-fetch-site: another site is refused even with a token, and so are other subdomains and what is unknown", async (context) => {
  const { post } = await start(context);
  for (const site of ["cross-site", "same-site", "Same-Origin", "", "nonsense"]) {
    const { status, text } = await post({ "sec-fetch-site": site });
    assert.equal(status, 403, site);
    assert.match(text, /a page of another site made it/);
  }
});

test("sec-fetch-site: our own page without a token is refused all the same", async (context) => {
  const { post } = await start(context);
  assert.equal((await post({ "sec-fetch-site": "same-origin", "x-csrf-token": "" })).status, 403);
});

test("a null origin is refused, unless the browser says that the page is ours", async (context) => {
  const { post } = await start(context);
  const { status, text } = await post({ origin: "null" });
  assert.equal(status, 403);
  assert.match(text, /a page of "null" made it/);
  assert.equal((await post({ origin: "null", "sec-fetch-site": "cross-site" })).status, 403);
  assert.equal((await post({ origin: "null", "sec-fetch-site": "same-origin" })).status, 200);
});

test("an origin that is the host asked for passes, every other is refused", async (context) => {
  const { post, server } = await start(context);
  const host = `127.0.0.1:${server.port}`;
  assert.equal((await post({ origin: `http://${host}` })).status, 200);
  const foreign = [
    "http://evil.example",
    `http://127.0.0.1:${server.port + 1}`,
    "http://127.0.0.1",
    `http://${host}.evil.example`,
    `http://evil.example#${host}`,
    `http://user@evil.example`,
    "file://",
    "garbage",
    "",
  ];
  for (const origin of foreign) assert.equal((await post({ origin })).status, 403, origin);
});

test("an origin that is the configured url passes, though a proxy asked for another host", async (context) => {
  const { post } = await start(context, {}, { url: { scheme: "https", host: "example.com", port: 443 } });
  const cases = [
    { origin: "https://example.com" },
    { origin: "https://example.com:8443" },
    { origin: "https://sub.example.com" },
    { origin: "http://example.com" },
  ];
  assert.deepEqual(await statusesOf(post, cases), [200, 403, 403, 403]);
});

test("behind a proxy that speaks TLS the origin is compared by the host", async (context) => {
  const { post } = await start(context);
  const cases = [
    { host: "example.com", origin: "https://example.com" },
    { host: "EXAMPLE.com", origin: "https://example.com" },
    { host: "[::1]:4000", origin: "http://[::1]:4000" },
    { host: "example.com", origin: "https://example.org" },
  ];
  assert.deepEqual(await statusesOf(post, cases), [200, 200, 200, 403]);
});

test("allowed origins pass with a token, not without", async (context) => {
  const { post } = await start(context, { allowOrigins: ["https://shop.example.com", "https://*.example.org"] });
  const cases = [
    { origin: "https://shop.example.com", "sec-fetch-site": "cross-site" },
    { origin: "https://a.example.org" },
    { origin: "https://shop.example.com.evil.example", "sec-fetch-site": "cross-site" },
    { origin: "http://shop.example.com" },
    { origin: "https://shop.example.com", "x-csrf-token": "" },
  ];
  assert.deepEqual(await statusesOf(post, cases), [200, 200, 403, 403, 403]);
});

test("the refusal names the origin and the option, cut to a bearable length", async (context) => {
  const { post } = await start(context);
  const { text } = await post({ origin: `https://${"a".repeat(5_000)}.example` });
  assert.match(text, /allowOrigins: \["https:\/\/a+"\]/);
  assert.ok(text.length < 600);
});

test("an allowed origin that is none is refused at start", () => {
  for (const origin of ["example.com", "https://example.com/path", "*", ""]) {
    assert.throws(() => protectFromForgery({ allowOrigins: [origin] }), /allowOrigins.*is no origin/);
  }
});
