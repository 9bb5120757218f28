import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Conn, compression, type Plug, sendEvents } from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { standstill, testConfig } from "./server.ts";

interface Http2Server {
  readonly client: ClientHttp2Session;
  readonly conns: Conn[];
  readonly errors: unknown[];
  /** Resolves when the next request is handled to its end. */
  handled(): Promise<void>;
}

/** A server of HTTP/2, by Node's compatibility API, and a client of it. */
async function serveHttp2(context: TestContext, plug: Plug): Promise<Http2Server> {
  const conns: Conn[] = [];
  const errors: unknown[] = [];
  let done = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const conn = new Conn(
      createNode("http2-test"),
      testConfig(),
      request as unknown as IncomingMessage,
      response as unknown as ServerResponse,
    );
    conns.push(conn);
    try {
      await plug(conn);
    } catch (error) {
      errors.push(error);
    }
    done.resolve();
    done = Promise.withResolvers();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  context.after(() => {
    client.destroy();
    server.close();
  });
  return { client, conns, errors, handled: () => done.promise };
}

async function answerOf(stream: ClientHttp2Stream) {
  const [headers] = await once(stream, "response");
  return { headers, body: Buffer.concat(await Array.fromAsync(stream)).toString() };
}

test("a request has its host, scheme and port, and an answer its headers and cookies", async (context) => {
  const { client } = await serveHttp2(context, (conn) => {
    conn.setHeader("x-a", "1").putCookie("a", "1").putCookie("b", "2");
    conn.send(
      201,
      JSON.stringify([conn.host, conn.scheme, conn.remoteAddress, conn.fullPath, conn.requestHeaders("x-b")]),
    );
  });
  const { headers, body } = await answerOf(
    client.request({ ":path": "/x?y=1", ":authority": "Example.org:81", "x-b": "é" }),
  );
  assert.deepEqual(JSON.parse(body).toSpliced(4), ["example.org", "http", "127.0.0.1", "/x?y=1"]);
  assert.equal(headers[":status"], 201);
  assert.equal(headers["x-a"], "1");
  assert.deepEqual(
    headers["set-cookie"]?.map((cookie: string) => cookie.split(";")[0]),
    ["a=1", "b=2"],
  );
});

test("HEAD and 204 have no body", async (context) => {
  const { client } = await serveHttp2(context, (conn) => conn.send(conn.method === "HEAD" ? 200 : 204, "body"));
  const head = await answerOf(client.request({ ":method": "HEAD" }));
  assert.deepEqual([head.headers["content-length"], head.body], ["4", ""]);
  const nothing = await answerOf(client.request({}));
  assert.deepEqual([nothing.headers[":status"], nothing.body], [204, ""]);
});

test("streams, chunks and events arrive, compressed if that is asked for", async (context) => {
  const compress = compression({ types: ["text/event-stream"] });
  const { client, errors } = await serveHttp2(context, async (conn) => {
    compress(conn);
    const pieces = (async function* () {
      yield "one ";
      yield "two";
    })();
    if (conn.path === "/events") return sendEvents(conn, pieces);
    if (conn.path === "/stream") return conn.setHeader("content-type", "text/plain").sendStream(200, pieces);
    const writer = conn.sendChunked(200);
    for await (const piece of pieces) assert.equal(await writer.write(piece), true);
    writer.end();
  });
  assert.equal((await answerOf(client.request({ ":path": "/chunks" }))).body, "one two");
  assert.equal((await answerOf(client.request({ ":path": "/stream" }))).body, "one two");
  assert.equal((await answerOf(client.request({ ":path": "/events" }))).body, "data: one \n\ndata: two\n\n");
  const coded = await answerOf(client.request({ ":path": "/stream", "accept-encoding": "gzip" }));
  assert.equal(coded.headers["content-encoding"], "gzip");
  assert.deepEqual(errors, []);
});

test("a stream that fails is reset, and the others of its connection go on", async (context) => {
  const { client, errors } = await serveHttp2(context, (conn) => {
    if (conn.path === "/good") return conn.send(200, "good");
    return conn.sendStream(
      200,
      (async function* () {
        yield "half";
        throw new Error("gone");
      })(),
    );
  });
  const stream = client.request({ ":path": "/bad" });
  stream.resume();
  const [error] = await once(stream, "error");
  assert.match(error.message, /NGHTTP2_INTERNAL_ERROR/);
  assert.equal(stream.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
  assert.match(String(errors), /gone/);
  assert.equal((await answerOf(client.request({ ":path": "/good" }))).body, "good");
});

test("a client that resets its stream ends the work, and a slow one makes it wait", async (context) => {
  let made = 0;
  let ended = false;
  const { client, errors, conns, handled } = await serveHttp2(context, (conn) => {
    assert.equal(conn.signal.aborted, false);
    return conn.sendStream(
      200,
      (async function* () {
        try {
          for (; made < 1_000; made++) yield Buffer.alloc(64 * 1024);
        } finally {
          ended = true;
        }
      })(),
    );
  });
  const over = handled();
  const stream = client.request({});
  await once(stream, "response");
  await standstill(() => made);
  assert.ok(made < 100, `${made} pieces were made for somebody who does not read`);
  stream.close(constants.NGHTTP2_CANCEL);
  await over;
  assert.equal(ended, true);
  assert.equal(conns[0]?.signal.aborted, true);
  assert.deepEqual(errors, []);
});
