import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePipeline, requestId } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

const echo = compilePipeline([requestId(), (conn) => conn.send(200, conn.requestId ?? "")]);

test("every request gets an id of its own, which the response carries", async (context) => {
  const server = await serve(context, echo);
  const seen = new Set<string>();
  for (let request = 0; request < 3; request++) {
    const response = await fetch(server.url);
    const id = await response.text();
    assert.match(id, /^[\w-]{20}$/);
    assert.equal(response.headers.get("x-request-id"), id);
    seen.add(id);
  }
  assert.equal(seen.size, 3);
});

test("an id that comes with the request is kept", async (context) => {
  const server = await serve(context, echo);
  for (const id of ["0123456789abcdef/ABC", "a".repeat(200)]) {
    const response = await fetch(server.url, { headers: { "x-request-id": id } });
    assert.equal(response.headers.get("x-request-id"), id);
    assert.equal(await response.text(), id);
  }
});

test("an id that is too short, too long or not sane is not", async (context) => {
  const server = await serve(context, echo);
  for (const id of [
    "a".repeat(19),
    "a".repeat(201),
    `${"a".repeat(20)} b`,
    `${"a".repeat(20)}"`,
    `${"a".repeat(20)}\x1b[31m`,
  ]) {
    const answer = await exchange(
      server.port,
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: ${id}\r\n\r\n`,
    );
    // Control characters do not even pass node's parser.
    if (!answer.startsWith("HTTP/1.1 400")) assert.match(answer, /x-request-id: [\w-]{20}\r\n/);
  }
});

test("the header can be another one", async (context) => {
  const traced = compilePipeline([requestId({ header: "X-Trace-Id" }), (conn) => conn.send(200, conn.requestId ?? "")]);
  const server = await serve(context, traced);
  const id = "a".repeat(20);
  const response = await fetch(server.url, { headers: { "x-trace-id": id, "x-request-id": "b".repeat(20) } });
  assert.equal(await response.text(), id);
  assert.equal(response.headers.get("x-trace-id"), id);
  assert.equal(response.headers.get("x-request-id"), null);
  assert.throws(() => requestId({ header: "not a header" }), /cannot be a header's name/);
});
