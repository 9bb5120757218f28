import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { ClientGoneError, type Conn, HttpError } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

const origin = (conn: Conn) =>
  conn.send(200, JSON.stringify([conn.scheme, conn.host, conn.port, conn.remoteAddress, conn.requestUrl]));

async function bodyOf(port: number, head: string): Promise<unknown> {
  const answer = await exchange(port, `${head}\r\nConnection: close\r\n\r\n`);
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
}

test("scheme, host and port are those of the connection and the host header", async (context) => {
  const server = await serve(context, origin);
  assert.deepEqual(await bodyOf(server.port, "GET /a?b=1 HTTP/1.1\r\nHost: Example.COM:8080"), [
    "http",
    "example.com",
    8080,
    "127.0.0.1",
    "http://example.com:8080/a?b=1",
  ]);
  assert.deepEqual(await bodyOf(server.port, "GET / HTTP/1.1\r\nHost: example.com"), [
    "http",
    "example.com",
    80,
    "127.0.0.1",
    "http://example.com/",
  ]);
  assert.deepEqual(await bodyOf(server.port, "GET / HTTP/1.1\r\nHost: [::1]:4000"), [
    "http",
    "[::1]",
    4000,
    "127.0.0.1",
    "http://[::1]:4000/",
  ]);
});

test("without a host header they are the configured ones", async (context) => {
  const server = await serve(context, origin, { url: { scheme: "https", host: "example.org", port: 8443 } });
  assert.deepEqual(await bodyOf(server.port, "GET / HTTP/1.0"), [
    "http",
    "example.org",
    8443,
    "127.0.0.1",
    "http://example.org:8443/",
  ]);
});

test("a plug that trusts its proxy overrides them, each apart", async (context) => {
  const server = await serve(context, (conn) => {
    conn.overrideOrigin({ scheme: "https", remoteAddress: "203.0.113.9" });
    assert.equal(conn.port, 443);
    conn.overrideOrigin({ host: "shop.example" });
    origin(conn);
  });
  assert.deepEqual(await bodyOf(server.port, "GET /x HTTP/1.1\r\nHost: inner"), [
    "https",
    "shop.example",
    443,
    "203.0.113.9",
    "https://shop.example/x",
  ]);
});

test("hostile: a host that is none is 400 for who asks for it", async (context) => {
  const server = await serve(context, (conn) => void conn.host);
  for (const host of ['a"><script>', "a b", "a/b", "a@b", "a\\b", "a#b", "a:80:80", "a:port", "é.example", "[::1"]) {
    const answer = await exchange(server.port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 400 /, host);
  }
  assert.ok(server.errors.every((error) => error instanceof HttpError));
});

test("path and query together, as they came", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, conn.fullPath));
  for (const path of ["/", "/a%20b?x=%2F&y", "/a?"]) {
    const expected = path === "/a?" ? "/a" : path;
    assert.equal(await (await fetch(server.url + path)).text(), expected);
  }
});

test("params of path, query and body are there apart as well", async (context) => {
  const server = await serve(context, (conn) => {
    conn.pathParams = { id: "path" };
    conn.bodyParams = { id: "body", b: "body" };
    conn.send(200, JSON.stringify([conn.pathParams, conn.queryParams, conn.bodyParams, conn.params]));
  });
  assert.deepEqual(await (await fetch(`${server.url}/?id=query&q=query`)).json(), [
    { id: "path" },
    { id: "query", q: "query" },
    { id: "body", b: "body" },
    { id: "path", q: "query", b: "body" },
  ]);
});

test("the lines of a header that came several times", async (context) => {
  const server = await serve(context, (conn) => {
    conn.send(200, JSON.stringify([conn.requestHeaders("X-A"), conn.requestHeader("x-a"), conn.requestHeaders("x-b")]));
  });
  assert.deepEqual(await bodyOf(server.port, "GET / HTTP/1.1\r\nHost: a\r\nx-a: 1, 2\r\nX-A: 3"), [
    ["1, 2", "3"],
    "1, 2, 3",
    [],
  ]);
});

test("the signal is aborted when the client goes away before the answer", async (context) => {
  const arrived = Promise.withResolvers<Conn>();
  const server = await serve(context, async (conn) => {
    arrived.resolve(conn);
    await new Promise((resolve) => conn.signal.addEventListener("abort", resolve));
    conn.halt();
  });
  const handled = server.handled();
  const client = request(server.url).on("error", () => {});
  client.end();
  const conn = await arrived.promise;
  assert.equal(conn.signal.aborted, false);
  assert.equal(conn.signal, conn.signal);
  client.destroy();
  await handled;
  assert.ok(conn.signal.reason instanceof ClientGoneError);
  assert.deepEqual(server.errors, []);
});

test("the signal of a request that was answered is never aborted", async (context) => {
  let signal: AbortSignal | undefined;
  const closed = Promise.withResolvers<void>();
  const server = await serve(context, (conn) => {
    signal = conn.signal;
    conn.response.on("close", () => closed.resolve());
  });
  await (await fetch(server.url)).text();
  await closed.promise;
  assert.equal(signal?.aborted, false);
});

test("the signal of a pipelined request is aborted, though its turn had not come", async (context) => {
  const signals: AbortSignal[] = [];
  const left = Promise.withResolvers<void>();
  const server = await serve(context, async (conn) => {
    signals.push(conn.signal);
    conn.signal.addEventListener("abort", () => {
      if (signals.every(({ aborted }) => aborted)) left.resolve();
    });
    if (signals.length === 2) client.destroy();
    await left.promise;
    conn.halt();
  });
  const handled = server.handled();
  const client = connect(server.port, "127.0.0.1", () => {
    client.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  });
  await handled;
  assert.equal(signals.length, 2);
});

test("the signal is aborted also where it is first asked for after the client left", async (context) => {
  const server = await serve(context, async (conn) => {
    await new Promise((resolve) => conn.response.on("close", resolve).socket?.destroy());
    assert.equal(conn.signal.aborted, true);
    conn.halt();
  });
  const handled = server.handled();
  request(server.url)
    .on("error", () => {})
    .end();
  await handled;
  assert.deepEqual(server.errors, []);
});
