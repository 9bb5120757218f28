import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import { array, asyncProperty, assert as check, constantFrom, string } from "fast-check";
import {
  type ChunkWriter,
  type CompressionOptions,
  type Conn,
  compilePipeline,
  compression,
  HttpError,
  head,
  sendFile,
} from "../../src/plug/index.ts";
import { serve, standstill, type TestServer } from "./server.ts";

const text = "all work and no play makes jack a dull boy. ".repeat(100);
const everything = "gzip, deflate, br, zstd";

const decoders: Record<string, (coded: Buffer) => Buffer> = {
  br: brotliDecompressSync,
  deflate: inflateSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** As it came. */
  readonly bytes: Buffer;
  /** Decoded. */
  readonly text: string;
}

/** Sends a request as it is: fetch would add codings of its own. */
async function ask(url: string, accept?: string, method = "GET", more = {}): Promise<Answer> {
  const headers = { ...(accept === undefined ? {} : { "accept-encoding": accept }), ...more };
  const [response] = (await once(request(url, { method, headers }).end(), "response")) as [IncomingMessage];
  const bytes = Buffer.concat(await Array.fromAsync(response));
  const decode = decoders[response.headers["content-encoding"] ?? ""];
  const decoded = decode === undefined || bytes.length === 0 ? bytes : decode(bytes);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes, text: decoded.toString() };
}

function serveCompressed(
  context: Parameters<typeof serve>[0],
  plug: (conn: Conn) => void | Promise<void>,
  options?: CompressionOptions,
): Promise<TestServer> {
  return serve(context, compilePipeline([compression(options), plug]));
}

const sendText = (conn: Conn) => conn.setHeader("content-type", "text/html; charset=utf-8").send(200, text);

test("every coding that a client may ask for", async (context) => {
  const server = await serveCompressed(context, sendText);
  for (const coding of Object.keys(decoders)) {
    const answer = await ask(server.url, coding);
    assert.equal(answer.headers["content-encoding"], coding);
    assert.equal(answer.headers["content-length"], String(answer.bytes.length));
    assert.equal(answer.headers.vary, "accept-encoding");
    assert.equal(answer.text, text);
    assert.ok(answer.bytes.length < text.length / 2);
  }
});

test("large bodies, coded by another thread, and bytes", async (context) => {
  const large = Buffer.from(text.repeat(50));
  const server = await serveCompressed(context, (conn) => {
    conn.setHeader("content-type", "application/json").putCookie("a", "1").send(200, large);
    assert.equal(conn.sent, true);
    assert.throws(() => conn.send(200, "second"), /already answered/);
  });
  for (const coding of Object.keys(decoders)) {
    const answer = await ask(server.url, coding);
    assert.equal(answer.headers["content-encoding"], coding);
    assert.equal(answer.headers["set-cookie"]?.length, 1);
    assert.equal(answer.text, large.toString());
  }
  assert.deepEqual(server.errors, []);
});

test("what a client likes best, or the first of ours (RFC 9110, section 12.5.3)", async (context) => {
  const server = await serveCompressed(context, sendText);
  const wishes: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    [everything, "zstd"],
    ["gzip, deflate, br", "br"],
    ["GZIP", "gzip"],
    ["gzip;q=0.5, deflate;q=0.8", "deflate"],
    ["br;q=0.5, gzip", "gzip"],
    ["br;q=0, zstd;q=0, *", "gzip"],
    ["*", "zstd"],
    ["*;q=0", undefined],
    ["gzip;q=0", undefined],
    ["gzip;q=0.5, identity", undefined],
    ["gzip;q=0.5, identity;q=0.5", "gzip"],
    ["identity;q=0", undefined],
    ["gzip, identity;q=0", "gzip"],
    ["gzip;q=nonsense", undefined],
    ["compress, x-gzip", undefined],
    [";;,,=q=1,", undefined],
  ];
  for (const [accept, coding] of wishes) {
    const answer = await ask(server.url, accept);
    assert.equal(answer.headers["content-encoding"], coding, String(accept));
    assert.equal(answer.headers.vary, "accept-encoding", String(accept));
    assert.equal(answer.text, text);
  }
});

test("the codings and their order can be chosen", async (context) => {
  const server = await serveCompressed(context, sendText, { codings: ["gzip", "br"] });
  assert.equal((await ask(server.url, everything)).headers["content-encoding"], "gzip");
  assert.equal((await ask(server.url, "zstd")).headers["content-encoding"], undefined);
});

test("small bodies stay as they are, from a threshold that can be chosen", async (context) => {
  const body = (conn: Conn) =>
    conn.setHeader("content-type", "text/plain").send(200, "é".repeat(Number(conn.queryString)));
  const usual = await serveCompressed(context, body);
  assert.equal((await ask(`${usual.url}/?511`, "gzip")).headers["content-encoding"], undefined);
  const { headers, text: sent } = await ask(`${usual.url}/?512`, "gzip");
  assert.deepEqual([headers["content-encoding"], sent], ["gzip", "é".repeat(512)]);
  const eager = await serveCompressed(context, body, { threshold: 0 });
  assert.equal((await ask(`${eager.url}/?1`, "gzip")).headers["content-encoding"], "gzip");
});

test("only types that get smaller, and those that are named", async (context) => {
  const send = (conn: Conn) => {
    const type = decodeURIComponent(conn.queryString);
    if (type !== "") conn.setHeader("content-type", type);
    conn.send(200, text);
  };
  const server = await serveCompressed(context, send, { types: ["application/x-own"] });
  const codingOf = async (type: string) =>
    (await ask(`${server.url}/?${encodeURIComponent(type)}`, "gzip")).headers["content-encoding"];
  const smaller = [
    "text/html; charset=utf-8",
    "TEXT/CSS",
    "application/json",
    "application/problem+json",
    "image/svg+xml",
    "text/javascript",
    "application/wasm",
    "application/x-own",
  ];
  for (const type of smaller) assert.equal(await codingOf(type), "gzip", type);
  for (const type of [
    "",
    "image/png",
    "application/zip",
    "application/octet-stream",
    "text/event-stream",
    "font/woff2",
  ]) {
    assert.equal(await codingOf(type), undefined, type);
  }
});

test("what is coded already, a part, or not to be transformed stays as it is", async (context) => {
  const server = await serveCompressed(context, (conn) => {
    conn.setHeader("content-type", "text/plain");
    if (conn.path === "/coded") conn.setHeader("content-encoding", "x-own");
    if (conn.path === "/part") conn.setHeader("content-range", "bytes 0-4399/9999");
    if (conn.path === "/frozen") conn.setHeader("cache-control", "public, No-Transform");
    conn.send(conn.path === "/206" ? 206 : 200, text);
  });
  for (const path of ["/coded", "/part", "/frozen", "/206"]) {
    const answer = await ask(server.url + path, everything);
    assert.equal(answer.headers["content-encoding"], path === "/coded" ? "x-own" : undefined);
    assert.equal(answer.bytes.toString(), text, path);
  }
});

test("an etag becomes weak, and vary keeps what it had", async (context) => {
  const server = await serveCompressed(context, (conn) => {
    conn.mergeHeaders({ etag: conn.path === "/weak" ? 'W/"1"' : '"1"', vary: "cookie" });
    sendText(conn);
  });
  const strong = await ask(server.url, "gzip");
  assert.deepEqual([strong.headers.etag, strong.headers.vary], ['W/"1"', "cookie, accept-encoding"]);
  assert.equal((await ask(`${server.url}/weak`, "gzip")).headers.etag, 'W/"1"');
  assert.equal((await ask(server.url)).headers.etag, '"1"');
});

test("HEAD, 204 and 304 have no body, and the headers that go with it", async (context) => {
  const server = await serve(
    context,
    compilePipeline([
      compression(),
      head(),
      (conn) => {
        conn.mergeHeaders({ "content-type": "text/plain", etag: '"1"' });
        conn.send(Number(conn.queryString || 200), conn.queryString === "" ? text : "");
      },
    ]),
  );
  const asked = await ask(server.url, "gzip", "HEAD");
  assert.deepEqual(
    [asked.headers["content-encoding"], asked.headers["content-length"], asked.headers.etag, asked.bytes.length],
    ["gzip", undefined, 'W/"1"', 0],
  );
  const nothing = await ask(`${server.url}/?204`, "gzip");
  assert.deepEqual([nothing.status, nothing.headers["content-encoding"]], [204, undefined]);
  const fresh = await ask(`${server.url}/?304`, "gzip");
  assert.deepEqual([fresh.status, fresh.headers["content-encoding"], fresh.headers.etag], [304, undefined, 'W/"1"']);
  assert.equal(fresh.headers.vary, "accept-encoding");
});

test("error pages are compressed as well", async (context) => {
  const server = await serveCompressed(context, (conn) => {
    conn.setHeader("content-type", "text/html");
    throw new HttpError(500, text);
  });
  const answer = await ask(server.url, "gzip");
  assert.deepEqual([answer.status, answer.headers["content-encoding"], answer.text], [500, "gzip", text]);
});

test("streams are compressed piece by piece, each as soon as nothing follows", async (context) => {
  const writers: ChunkWriter[] = [];
  const server = await serveCompressed(context, (conn) => {
    writers.push(conn.setHeader("content-type", "text/plain").setHeader("content-length", "9999").sendChunked(200));
  });
  for (const coding of ["gzip", "br"]) {
    const response = await fetch(server.url, { headers: { "accept-encoding": coding } });
    assert.equal(response.headers.get("content-encoding"), coding);
    assert.equal(response.headers.get("content-length"), null);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const writer = writers.pop();
    for (const piece of ["first", "second"]) {
      assert.equal(await writer?.write(piece), true);
      assert.deepEqual(await reader?.read(), { done: false, value: piece });
    }
    writer?.end();
    assert.equal((await reader?.read())?.done, true);
  }
  assert.deepEqual(server.errors, []);
});

test("a stream that is compressed arrives whole, in every coding", async (context) => {
  const pieces = Array.from({ length: 200 }, (_, index) => `${index} ${text}`);
  const server = await serveCompressed(context, (conn) =>
    conn.setHeader("content-type", "text/plain").sendStream(
      200,
      (async function* () {
        yield* pieces;
      })(),
    ),
  );
  for (const coding of Object.keys(decoders)) {
    const answer = await ask(server.url, coding);
    assert.equal(answer.headers["content-encoding"], coding);
    assert.equal(answer.text, pieces.join(""));
  }
});

test("a slow reader makes the source of a compressed stream wait", async (context) => {
  let made = 0;
  const noise = Buffer.alloc(64 * 1024);
  for (let at = 0; at < noise.length; at++) noise[at] = (at * at * 2_654_435_761) >>> 13;
  const server = await serveCompressed(context, (conn) =>
    conn.setHeader("content-type", "text/plain").sendStream(
      200,
      (async function* () {
        for (; made < 2_000; made++) {
          for (let at = 0; at < noise.length; at += 8) noise.writeDoubleLE(Math.random(), at);
          yield Buffer.from(noise);
        }
      })(),
    ),
  );
  const handled = server.handled();
  const [response] = (await once(get(server.url, { headers: { "accept-encoding": "gzip" } }), "response")) as [
    IncomingMessage,
  ];
  response.on("error", () => {}).pause();
  await standstill(() => made);
  assert.ok(made < 1_000, `${made} pieces were made for somebody who does not read`);
  response.destroy();
  await handled;
  assert.deepEqual(server.errors, []);
});

test("a compressed stream that fails cuts the connection", async (context) => {
  const server = await serveCompressed(context, (conn) =>
    conn.setHeader("content-type", "text/plain").sendStream(
      200,
      (async function* () {
        yield text;
        throw new Error("gone");
      })(),
    ),
  );
  const handled = server.handled();
  await assert.rejects(ask(server.url, "gzip"));
  await handled;
  assert.match(String(server.errors), /gone/);
});

test("a client that leaves while a large body is coded is no error", async (context) => {
  const large = text.repeat(2_000);
  const coded = Promise.withResolvers<void>();
  const server = await serveCompressed(context, (conn) => {
    conn.response.on("close", coded.resolve);
    conn.setHeader("content-type", "text/plain").send(200, large);
    client.destroy();
  });
  const client = get(server.url, { headers: { "accept-encoding": "gzip" } }).on("error", () => {});
  await coded.promise;
  assert.deepEqual(server.errors, []);
});

test("files are compressed whole, but ranges of them are not", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "anqa-compression-"));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "small.txt"), text);
  writeFileSync(join(folder, "large.txt"), text.repeat(100));
  const server = await serveCompressed(context, (conn) => sendFile(conn, conn.path.slice(1), { root: folder }));
  for (const [name, content] of Object.entries({ "small.txt": text, "large.txt": text.repeat(100) })) {
    const whole = await ask(`${server.url}/${name}`, "gzip");
    assert.deepEqual([whole.headers["content-encoding"], whole.headers["accept-ranges"]], ["gzip", undefined]);
    assert.equal(whole.text, content);
    const again = await ask(`${server.url}/${name}`, "gzip", "GET", { "if-none-match": whole.headers.etag });
    assert.deepEqual([again.status, again.headers.etag], [304, whole.headers.etag]);
    const part = await ask(`${server.url}/${name}`, "gzip", "GET", { range: "bytes=0-1999" });
    assert.deepEqual(
      [part.status, part.headers["content-encoding"], part.text],
      [206, undefined, content.slice(0, 2_000)],
    );
  }
});

test("options that cannot be meant are refused at start", () => {
  assert.throws(
    () => compression({ codings: ["lzma" as "gzip"] }),
    /the coding "lzma" is none of zstd, br, gzip, deflate/,
  );
  assert.throws(() => compression({ threshold: -1 }), /the threshold is -1/);
  assert.throws(() => compression({ types: ["text"] }), /"text" is no content type/);
});

test("property: whatever a client accepts, it gets the text", async (context) => {
  const server = await serveCompressed(context, sendText);
  const piece = constantFrom(
    "gzip",
    "br",
    "identity",
    "*",
    ";",
    "q=",
    ",",
    "0",
    "1",
    ".5",
    " ",
    "zstd",
    "deflate",
    "\t",
  );
  await check(
    asyncProperty(array(piece, { maxLength: 12 }), string({ maxLength: 3 }), async (pieces, more) => {
      const accept = (pieces.join("") + more).replace(/[^\x20-\x7e]/g, "");
      assert.equal((await ask(server.url, accept)).text, text);
    }),
    { numRuns: 100 },
  );
});
