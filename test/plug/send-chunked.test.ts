import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { type ChunkWriter, type Conn, compilePipeline, head } from "../../src/plug/index.ts";
import { exchange, serve, standstill } from "./server.ts";

const close = "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

test("chunks of text and bytes leave one by one, the head first", async (context) => {
  const writers = Promise.withResolvers<ChunkWriter>();
  const server = await serve(context, (conn) => {
    const writer = conn.setHeader("content-type", "text/plain").sendChunked(201);
    assert.equal(conn.sent, true);
    writers.resolve(writer);
  });
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 201);
  assert.equal(response.headers["transfer-encoding"], "chunked");
  response.setEncoding("utf8");
  const writer = await writers.promise;
  for (const chunk of ["é", new Uint8Array([0x61]), Buffer.from("€")]) {
    assert.equal(await writer.write(chunk), true);
    const [text] = await once(response, "data");
    assert.equal(text, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
  }
  assert.equal(await writer.write(""), true);
  writer.end();
  writer.end();
  await once(response, "end");
  assert.equal(response.complete, true);
});

test("a body whose length was announced has exactly that", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.setHeader("content-length", "4").sendChunked(200);
    await writer.write("né");
    await writer.write("t");
    writer.end();
  });
  const answer = await exchange(server.port, `GET / ${close}`);
  assert.match(answer, /content-length: 4\r\n/);
  assert.doesNotMatch(answer, /transfer-encoding/i);
  assert.ok(answer.endsWith(`\r\n\r\n${Buffer.from("nét").toString("latin1")}`));
});

test("hostile: more or less than was announced cuts the connection, so that no other answer is read from it", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.setHeader("content-length", "4").sendChunked(200);
    await writer.write("abc");
    if (conn.path === "/short") return writer.end();
    await writer.write("d\r\nHTTP/1.1 200 OK");
  });
  const answers = [];
  for (const path of ["/short", "/long"]) {
    const handled = server.handled();
    answers.push(await exchange(server.port, `GET ${path} ${close}`).catch((error: Error) => error.message));
    await handled;
  }
  assert.ok(answers.every((answer) => !answer.includes("200 OK\r\n\r\nabcd")));
  assert.match(String(server.errors[0]), /ended 1 bytes before the content-length/);
  assert.match(String(server.errors[1]), /went 17 bytes over the content-length/);
});

test("neither HEAD nor statuses without a body have one, and whoever writes is told to stop", async (context) => {
  const written: boolean[] = [];
  const plug = async (conn: Conn) => {
    const writer = conn.sendChunked(Number(conn.queryParams.status ?? 200));
    written.push(await writer.write("body"));
    writer.end();
  };
  const server = await serve(context, compilePipeline([head(), plug]));
  for (const target of ["HEAD /", "GET /?status=204", "GET /?status=304"]) {
    const answer = await exchange(server.port, `${target} ${close}`);
    assert.match(answer, /^HTTP\/1\.1 \d{3} [\s\S]*\r\n\r\n$/, target);
  }
  assert.deepEqual(written, [false, false, false]);
  assert.deepEqual(server.errors, []);
});

test("a slow reader makes the writer wait: memory stays bounded", async (context) => {
  const chunk = Buffer.alloc(64 * 1024);
  let taken = 0;
  let conn: Conn | undefined;
  const server = await serve(context, async (given) => {
    conn = given;
    const writer = given.sendChunked(200);
    for (; taken < 1_000; taken++) await writer.write(chunk);
    writer.end();
  });
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  response.pause();
  await standstill(() => taken);
  assert.ok(taken < 500, `${taken} pieces were taken for somebody who does not read`);
  assert.ok((conn?.response.writableLength ?? 0) < 200_000, `${conn?.response.writableLength} bytes wait`);
  let read = 0;
  for await (const data of response) read += (data as Buffer).length;
  assert.equal(read, 1_000 * chunk.length);
});

test("a client that goes away ends a write that waits, and those after it", async (context) => {
  const chunk = Buffer.alloc(1_000_000);
  const waiting = Promise.withResolvers<void>();
  const results: boolean[] = [];
  const server = await serve(context, async (conn) => {
    const writer = conn.sendChunked(200);
    for (;;) {
      const taken = writer.write(chunk);
      if (conn.response.writableNeedDrain) waiting.resolve();
      const wanted = await taken;
      results.push(wanted);
      if (!wanted) break;
    }
    results.push(await writer.write("more"));
    writer.end();
  });
  const handled = server.handled();
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  response.on("error", () => {}).pause();
  await waiting.promise;
  response.destroy();
  await handled;
  assert.deepEqual(results.slice(-2), [false, false]);
  assert.deepEqual(server.errors, []);
});

test("after the end nothing is written, and there is no second answer", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.sendChunked(200);
    await writer.write("all");
    assert.throws(() => conn.sendChunked(200), /already answered/);
    assert.throws(() => conn.send(200, "second"), /already answered/);
    await assert.rejects(conn.sendStream(200, (async function* () {})()), /already answered/);
    writer.end();
    await assert.rejects(writer.write("more"), /after its end/);
  });
  assert.equal(await (await fetch(server.url)).text(), "all");
  assert.deepEqual(server.errors, []);
});

test("what is no text and no bytes is refused", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.sendChunked(200);
    for (const chunk of [1, null, undefined, {}, ["a"], new Uint16Array(1)]) {
      await assert.rejects(writer.write(chunk as string), /a text or a Uint8Array, not/);
    }
    writer.end();
  });
  assert.equal(await (await fetch(server.url)).text(), "");
});

test("chunked answers leave the connection usable for the next request", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.sendChunked(200);
    await writer.write(conn.path);
    writer.end();
  });
  const answer = await exchange(
    server.port,
    `GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 ${close}`,
  );
  assert.deepEqual(answer.match(/\/\d(?!\.)/g), ["/1", "/3"]);
  assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 3);
});

test("a client of HTTP/1.0, which knows no chunks, gets the body until the connection closes", async (context) => {
  const server = await serve(context, async (conn) => {
    const writer = conn.sendChunked(200);
    await writer.write("abc");
    writer.end();
  });
  const answer = await exchange(server.port, "GET / HTTP/1.0\r\n\r\n");
  assert.doesNotMatch(answer, /transfer-encoding/i);
  assert.match(answer, /\r\n\r\nabc$/);
});

test("a client that left before the head was written gets nothing, and nobody an error", async (context) => {
  const server = await serve(context, async (conn) => {
    await once(
      conn.response.on("close", () => {}),
      "close",
    );
    const writer = conn.sendChunked(200);
    assert.equal(await writer.write("late"), false);
    writer.end();
  });
  const handled = server.handled();
  const client = request(server.url).on("error", () => {});
  client.end();
  client.on("socket", (socket) => socket.on("connect", () => setImmediate(() => client.destroy())));
  await handled;
  assert.deepEqual(server.errors, []);
});
