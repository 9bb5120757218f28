import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePipeline, head } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

test("HEAD becomes GET for what follows, and is answered without a body", async (context) => {
  const seen: string[] = [];
  const server = await serve(
    context,
    compilePipeline([
      head(),
      (conn) => {
        seen.push(conn.method);
        conn.send(200, "body");
      },
    ]),
  );
  const answer = await exchange(server.port, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(answer, /content-length: 4\r\n[\s\S]*\r\n\r\n$/);
  assert.deepEqual(seen, ["GET"]);
});

test("other methods stay what they are", async (context) => {
  const server = await serve(context, compilePipeline([head(), (conn) => conn.send(200, conn.method)]));
  for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
    assert.equal(await (await fetch(server.url, { method })).text(), method);
  }
});
