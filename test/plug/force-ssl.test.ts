import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePipeline, type ForceSslOptions, forceSsl, type Plug, trustProxy } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

const ok: Plug = (conn) => conn.send(200, "ok");
const url = { scheme: "https", host: "example.org", port: 443 } as const;
const behindProxy = (options?: ForceSslOptions) => compilePipeline([trustProxy(["loopback"]), forceSsl(options), ok]);

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly hsts: string | undefined;
}

async function ask(port: number, requestLine: string, host: string, ...lines: string[]): Promise<Answer> {
  const head = [`${requestLine} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...lines];
  const answer = await exchange(port, `${head.join("\r\n")}\r\n\r\n`);
  return {
    status: Number(answer.split(" ")[1]),
    location: /^location: (.*)\r$/im.exec(answer)?.[1],
    hsts: /^strict-transport-security: (.*)\r$/im.exec(answer)?.[1],
  };
}

const https = "X-Forwarded-Proto: https";

test("GET and HEAD over http are redirected with 301, everything else with 307; nothing behind it runs", async (context) => {
  let runs = 0;
  const plug = compilePipeline([forceSsl(), () => void runs++, ok]);
  const server = await serve(context, plug, { url });
  for (const [method, status] of [
    ["GET", 301],
    ["HEAD", 301],
    ["POST", 307],
    ["PUT", 307],
    ["PATCH", 307],
    ["DELETE", 307],
    ["OPTIONS", 307],
  ] as const) {
    const answer = await ask(server.port, `${method} /posts/7?page=2&q=%2F`, "example.org");
    assert.deepEqual(answer, { status, location: "https://example.org/posts/7?page=2&q=%2F", hsts: undefined }, method);
  }
  assert.equal(runs, 0);
});

test("over https requests pass, with strict transport security for a year", async (context) => {
  const server = await serve(context, behindProxy(), { url });
  const answer = await ask(server.port, "GET /", "example.org", https);
  assert.deepEqual(answer, { status: 200, location: undefined, hsts: "max-age=31536000" });
});

test("how strict it is can be said, and that it is not", async (context) => {
  const cases: [ForceSslOptions, string | undefined][] = [
    [{ hsts: { maxAge: 60 } }, "max-age=60"],
    [{ hsts: { maxAge: 0 } }, "max-age=0"],
    [{ hsts: { includeSubdomains: true } }, "max-age=31536000; includeSubDomains"],
    [{ hsts: { includeSubdomains: true, preload: true } }, "max-age=31536000; includeSubDomains; preload"],
    [{ hsts: false }, undefined],
  ];
  for (const [options, expected] of cases) {
    const server = await serve(context, behindProxy(options), { url });
    assert.equal((await ask(server.port, "GET /", "example.org", https)).hsts, expected);
  }
});

test("a poisoned host header does not get into the redirect", async (context) => {
  const server = await serve(context, compilePipeline([forceSsl(), ok]), { url });
  for (const host of ["evil.example", "example.org.evil.example", "evil.example:443", "example.org:8080", "[::2]"]) {
    assert.equal((await ask(server.port, "GET /a", host)).location, "https://example.org/a", host);
  }
  assert.equal((await ask(server.port, "GET /a", "evil.example/?")).status, 400);
});

test("hosts that are allowed stay", async (context) => {
  const options = { allowedHosts: ["example.net", "*.example.org"], host: "main.example:8443" };
  const server = await serve(context, compilePipeline([forceSsl(options), ok]), { url });
  const target = async (host: string) => (await ask(server.port, "GET /", host)).location;
  assert.equal(await target("Shop.example.org:80"), "https://shop.example.org/");
  assert.equal(await target("example.net"), "https://example.net/");
  assert.equal(await target("evilexample.org"), "https://main.example:8443/");
});

test("the target has the port of config.url if that is https, else the usual one", async (context) => {
  for (const [config, expected] of [
    [{ scheme: "https", host: "example.org", port: 8443 }, "https://example.org:8443/"],
    [{ scheme: "http", host: "example.org", port: 4000 }, "https://example.org/"],
    [{ scheme: "https", host: "2001:db8::1", port: 443 }, "https://[2001:db8::1]/"],
  ] as const) {
    const server = await serve(context, compilePipeline([forceSsl(), ok]), { url: config });
    assert.equal((await ask(server.port, "GET /", "example.org")).location, expected);
  }
});

test("no request target leads anywhere but to the host, nor injects a header", async (context) => {
  const server = await serve(context, compilePipeline([forceSsl(), ok]), { url });
  for (const [target, expected] of [
    ["//evil.example/a", "https://example.org//evil.example/a"],
    ["/\\evil.example", "https://example.org/\\evil.example"],
    ["/%0d%0aset-cookie:a=b", "https://example.org/%0d%0aset-cookie:a=b"],
    ["/@evil.example", "https://example.org/@evil.example"],
    ["*", "https://example.org/"],
    ["http://evil.example/a?b", "https://example.org/a?b"],
  ] as const) {
    const method = target === "*" ? "OPTIONS" : "GET";
    assert.equal((await ask(server.port, `${method} ${target}`, "example.org")).location, expected, target);
  }
});

test("what a proxy says counts only behind trustProxy()", async (context) => {
  const server = await serve(context, compilePipeline([forceSsl(), ok]), { url });
  assert.equal((await ask(server.port, "GET /", "example.org", https)).status, 301);
  const elsewhere = compilePipeline([trustProxy(["10.0.0.0/8"]), forceSsl(), ok]);
  const other = await serve(context, elsewhere, { url });
  assert.equal((await ask(other.port, "GET /", "example.org", https)).status, 301);
});

test("this machine is excluded, and what else is said", async (context) => {
  const server = await serve(context, compilePipeline([forceSsl(), ok]), { url });
  for (const host of ["localhost:4000", "127.0.0.1", "[::1]:4000"]) {
    assert.equal((await ask(server.port, "GET /", host)).status, 200, host);
  }
  const exclude = { hosts: ["intranet.example"], paths: ["/health"] };
  const other = await serve(context, compilePipeline([forceSsl({ exclude }), ok]), { url });
  assert.equal((await ask(other.port, "GET /", "localhost")).status, 301);
  assert.equal((await ask(other.port, "GET /", "intranet.example")).status, 200);
  assert.equal((await ask(other.port, "GET /health?deep", "example.org")).status, 200);
  assert.equal((await ask(other.port, "GET /healthy", "example.org")).status, 301);
});

test("options that contradict each other or cannot be read are refused at start", () => {
  assert.throws(() => forceSsl({ hsts: { maxAge: -1 } }), /maxAge is -1/);
  assert.throws(() => forceSsl({ hsts: { maxAge: 1.5 } }), /maxAge is 1.5/);
  assert.throws(() => forceSsl({ hsts: { preload: true } }), /only with includeSubdomains/);
  assert.throws(() => forceSsl({ hsts: { preload: true, includeSubdomains: true, maxAge: 60 } }), /at least 31536000/);
  for (const host of ["https://example.org", "example.org/", "a\r\nb", ""]) {
    assert.throws(() => forceSsl({ host }), /the host ".*" cannot be read/);
  }
  assert.throws(() => forceSsl({ allowedHosts: ["*"] }), /allowedHosts.*is no host/);
  assert.throws(() => forceSsl({ exclude: { hosts: ["a:80"] } }), /exclude.*is no host/);
});
