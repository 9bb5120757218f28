import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { sendEarlyHints } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

const links = ["</assets/app.css>; rel=preload; as=style", "</assets/app.js>; rel=preload; as=script"];

test("a browser learns what the page will need before the page is there", async (context) => {
  const hinted = Promise.withResolvers<void>();
  const server = await serve(context, async (conn) => {
    sendEarlyHints(conn, links);
    await hinted.promise;
    conn.send(200, "page");
  });
  const asking = request(server.url).end();
  const [information] = await once(asking, "information");
  assert.equal(information.statusCode, 103);
  assert.equal(information.headers.link, links.join(", "));
  hinted.resolve();
  const [response] = await once(asking, "response");
  assert.equal(response.statusCode, 200);
  response.resume();
});

test("no links and clients of HTTP/1.0 get no hints", async (context) => {
  const server = await serve(context, (conn) => sendEarlyHints(conn, conn.path === "/none" ? [] : links));
  for (const head of ["GET / HTTP/1.0", "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close"]) {
    assert.match(await exchange(server.port, `${head}\r\n\r\n`), /^HTTP\/1\.1 200 /);
  }
});

test("hints come before the answer", async (context) => {
  const server = await serve(context, (conn) => {
    conn.send(200, "");
    assert.throws(() => sendEarlyHints(conn, links), /already answered: hints come before/);
  });
  await fetch(server.url);
  assert.deepEqual(server.errors, []);
});

test("hostile: a link that ends its line or is none is refused", async (context) => {
  const server = await serve(context, (conn) => {
    for (const link of [
      "</a\r\nx-evil: 1>; rel=preload",
      "</a>; rel=preload\r\n\r\nHTTP/1.1 200 OK",
      "nonsense",
      "</a>\0",
    ]) {
      assert.throws(() => sendEarlyHints(conn, [link]), Error, link);
    }
  });
  const answer = await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.deepEqual(server.errors, []);
});
