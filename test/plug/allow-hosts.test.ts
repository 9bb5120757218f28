import assert from "node:assert/strict";
import { test } from "node:test";
import { allowHosts, compilePipeline, type Plug } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

const ok: Plug = (conn) => conn.send(200, "ok");
const url = { scheme: "https", host: "example.org", port: 443 } as const;

async function statusFor(port: number, host: string | undefined): Promise<number> {
  const head = host === undefined ? "GET / HTTP/1.0\r\n" : `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
  return Number((await exchange(port, `${head}\r\n`)).split(" ")[1]);
}

test("the configured host, those listed, and their ports pass", async (context) => {
  const plug = compilePipeline([allowHosts(["example.net", "*.example.com"]), ok]);
  const server = await serve(context, plug, { url });
  for (const host of [
    "example.org",
    "EXAMPLE.org:443",
    "example.net:8080",
    "example.com",
    "a.b.example.com",
    undefined,
  ]) {
    assert.equal(await statusFor(server.port, host), 200, String(host));
  }
});

test("a poisoned host header is 421, a malformed one 400", async (context) => {
  const server = await serve(context, compilePipeline([allowHosts(), ok]), { url });
  for (const host of [
    "evil.example",
    "example.org.evil.example",
    "example.org.",
    "a.example.org",
    "127.0.0.1",
    "localhost",
  ]) {
    assert.equal(await statusFor(server.port, host), 421, host);
  }
  for (const host of ["example.org@evil.example", "example.org, evil.example", "evil.example/", "example.org:80:80"]) {
    assert.equal(await statusFor(server.port, host), 400, host);
  }
});

test("an IPv6 address in config.url is allowed as headers write it", async (context) => {
  const server = await serve(context, compilePipeline([allowHosts(), ok]), { url: { ...url, host: "::1" } });
  assert.equal(await statusFor(server.port, "[::1]:4000"), 200);
  assert.equal(await statusFor(server.port, "[::2]"), 421);
});

test("an entry that is no host is refused at start", () => {
  assert.throws(() => allowHosts(["https://example.org"]), /allowHosts\(\): "https:\/\/example.org" is no host/);
});
