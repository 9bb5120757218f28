import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import {
  type BodyParser,
  bodyRefused,
  type Conn,
  compilePipeline,
  HttpError,
  type ParseBodyOptions,
  parseBody,
  readBody,
} from "../../src/plug/index.ts";
import { postHttp2, serveHttp2 } from "./http2-server.ts";
import { exchange, serve, type TestServer } from "./server.ts";

type Body = string | Uint8Array<ArrayBuffer>;

function answer(conn: Conn): void {
  conn.send(200, JSON.stringify(conn.bodyParams ?? "unread"));
}

function start(context: TestContext, options?: ParseBodyOptions): Promise<TestServer> {
  return serve(context, compilePipeline([parseBody(options), answer]));
}

function post(server: TestServer, type: string | undefined, body: Body): Promise<Response> {
  return fetch(server.url, { method: "POST", headers: type === undefined ? {} : { "content-type": type }, body });
}

const form = "application/x-www-form-urlencoded";
const json = "application/json";

test("a form", async (context) => {
  const server = await start(context);
  const response = await post(server, `${form}; charset=UTF-8`, "user[name]=Ann+Lee&tags[]=a&tags[]=b");
  assert.deepEqual(await response.json(), { user: { name: "Ann Lee" }, tags: ["a", "b"] });
});

test("JSON, also as a type with the suffix +json", async (context) => {
  const server = await start(context);
  const body = '{"a":{"b":[1,true,null,"é"]}}';
  for (const type of [json, "Application/JSON;charset=utf-8", "application/vnd.api+json"]) {
    assert.deepEqual(await (await post(server, type, body)).json(), { a: { b: [1, true, null, "é"] } });
  }
});

test("JSON that is no object comes under _json", async (context) => {
  const server = await start(context);
  for (const value of [[1, 2], "text", 7, null]) {
    assert.deepEqual(await (await post(server, json, JSON.stringify(value))).json(), { _json: value });
  }
});

test("another content type stays unread", async (context) => {
  const server = await serve(
    context,
    compilePipeline([
      parseBody(),
      async (conn) => {
        assert.equal(conn.bodyParams, undefined);
        let text = "";
        for await (const chunk of conn.request) text += chunk;
        conn.send(200, text);
      },
    ]),
  );
  assert.equal(await (await post(server, "text/csv", "a,b")).text(), "a,b");
});

test("without a body the params are empty; GET has none to read", async (context) => {
  const server = await start(context);
  assert.deepEqual(await (await fetch(server.url, { method: "POST" })).json(), {});
  assert.deepEqual(await (await fetch(server.url, { method: "DELETE" })).json(), {});
  assert.equal(await (await fetch(server.url)).json(), "unread");
});

test("a body that came in pieces", async (context) => {
  const server = await start(context);
  const chunks = ["4\r\na=%C", "2\r\n3%", "5\r\nA9b=1", "0\r\n"].map((chunk) => `${chunk}\r\n`).join("");
  const text = await exchange(
    server.port,
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
  );
  assert.match(Buffer.from(text, "latin1").toString(), /\{"a":"éb=1"\}$/);
});

test("an empty body of JSON has no params, however it came", async (context) => {
  const server = await start(context);
  const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${json}\r\n`;
  for (const rest of ["Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]) {
    assert.match(await exchange(server.port, head + rest), /^HTTP\/1\.1 200 .*\r\n\r\n\{\}$/s);
  }
});

test("a byte order mark before JSON is ignored", async (context) => {
  const server = await start(context);
  assert.deepEqual(await (await post(server, json, '\ufeff{"a":1}')).json(), { a: 1 });
  assert.deepEqual(await (await post(server, json, "\ufeff")).json(), {});
});

test("of two equal keys of JSON the last one wins", async (context) => {
  const server = await start(context);
  assert.deepEqual(await (await post(server, json, '{"a":1,"b":{"c":1,"c":2},"a":3}')).json(), { a: 3, b: { c: 2 } });
});

test("a charset other than UTF-8 is refused with 415", async (context) => {
  const server = await start(context);
  for (const type of [json, form]) {
    for (const charset of ["utf-8", "UTF-8", '"utf-8"', "utf8"]) {
      const response = await post(server, `${type};  charset=${charset}`, type === json ? '{"a":"1"}' : "a=1");
      assert.deepEqual(await response.json(), { a: "1" }, charset);
    }
    for (const charset of ["iso-8859-1", "utf-16", '"windows-1252"', "utf-8x"]) {
      const response = await post(server, `${type}; charset=${charset}; a=b`, "a=1");
      assert.equal(response.status, 415);
      assert.match(await response.text(), /send it as UTF-8/);
    }
  }
});

test("a compressed body is refused with 415", async (context) => {
  const server = await start(context);
  const send = (coding: string) =>
    fetch(server.url, { method: "POST", headers: { "content-type": json, "content-encoding": coding }, body: "{}" });
  const response = await send("gzip");
  assert.equal(response.status, 415);
  assert.match(await response.text(), /content-encoding "gzip": send it uncompressed/);
  assert.equal((await send("identity")).status, 200);
});

test("pass names the types that may stay unread; others are refused with 415", async (context) => {
  const server = await start(context, { pass: ["text/*", "image/png", "application/*+zip"] });
  for (const type of ["text/plain", "Text/CSV; charset=utf-8", "image/png", "application/epub+zip"]) {
    assert.equal(await (await post(server, type, "x")).json(), "unread", type);
  }
  for (const type of ["image/gif", "application/zip", "nonsense", "text", "*/*"]) {
    const response = await post(server, type, "x");
    assert.equal(response.status, 415, type);
    assert.ok((await response.text()).includes(`the body of POST / is ${type}, which is not read here`));
  }
  assert.deepEqual(await (await post(server, form, "a=1")).json(), { a: "1" });
});

test("a body without a content type passes where everything passes", async (context) => {
  const bytes = new TextEncoder().encode("x");
  assert.equal(await (await post(await start(context), undefined, bytes)).json(), "unread");
  assert.equal((await post(await start(context, { pass: ["text/*"] }), undefined, bytes)).status, 415);
  const octets = await start(context, { pass: ["application/octet-stream"] });
  assert.equal(await (await post(octets, undefined, bytes)).json(), "unread");
});

test("a body that may not pass is taken in, so that the connection serves the next request", async (context) => {
  const server = await start(context, { pass: [] });
  const refused = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 200000\r\n\r\n${"x".repeat(200_000)}`;
  const text = await exchange(server.port, `${refused}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 415 .*HTTP\/1\.1 200 OK.*"unread"$/s);
});

test("an application brings parsers of its own", async (context) => {
  const csv: BodyParser = {
    types: ["text/csv"],
    async parse(conn, limits) {
      const body = await readBody(conn, limits);
      return body && { rows: body.toString().split("\n"), limits: { ...limits } };
    },
  };
  const server = await start(context, { parsers: [csv], maxBytes: 10, maxFields: 7, maxDepth: 3, bodyTimeout: 900 });
  assert.deepEqual(await (await post(server, "text/csv; header=present", "a,b\n1,2")).json(), {
    rows: ["a,b", "1,2"],
    limits: { maxBytes: 10, maxFields: 7, maxDepth: 3, bodyTimeout: 900 },
  });
  assert.equal((await post(server, "text/csv", "a,b\n1,2\n3,4")).status, 413);
});

test("the parsers of an application go before those that are built in, and may answer at once", async (context) => {
  const parser: BodyParser = {
    types: ["application/*"],
    parse: ({ request }) => ({ type: request.headers.accept ?? "" }),
  };
  const server = await start(context, { parsers: [parser] });
  for (const type of [json, form, "application/x"]) {
    assert.deepEqual(await (await post(server, type, "{}")).json(), { type: "*/*" });
  }
  assert.equal(await (await post(server, "text/x", "{}")).json(), "unread");
});

test("what a parser throws is the answer", async (context) => {
  const parser: BodyParser = {
    types: ["text/csv"],
    parse() {
      throw new HttpError(422, "not these rows");
    },
  };
  const response = await post(await start(context, { parsers: [parser] }), "text/csv", "a");
  assert.equal(response.status, 422);
  assert.equal(await response.text(), "not these rows");
});

test("a body is read once, by the first that can", async (context) => {
  const server = await serve(
    context,
    compilePipeline([parseBody({ uploads: false }), parseBody({ maxFields: 1 }), parseBody(), answer]),
  );
  assert.deepEqual(await (await post(server, form, "a=1&b=2")).json(), { a: "1", b: "2" });
  const multipart = new FormData();
  multipart.append("a", "1");
  assert.deepEqual(await (await fetch(server.url, { method: "POST", body: multipart })).json(), { a: "1" });
});

test("limits of its own", async (context) => {
  const server = await start(context, { maxBytes: 20, maxDepth: 3, maxFields: 2 });
  assert.equal((await post(server, form, "a=1&b=2")).status, 200);
  assert.equal((await post(server, form, "a[b][c]=1")).status, 200);
  assert.equal((await post(server, json, "[[[]]]")).status, 200);
  assert.equal((await post(server, json, '{"a":{"b":{}}}')).status, 200);
  const refusals: [string, string, number, RegExp][] = [
    [form, "a=1&b=2&c=3", 413, /more than 2 values/],
    [form, "a[b][c][d]=1", 400, /deeper than 3/],
    [json, "[[[[]]]]", 400, /deeper than 3/],
    [json, '{"a":{"b":{"c":{}}}}', 400, /deeper than 3/],
    [json, '{"a":"0123456789abcdef"}', 413, /larger than 20 bytes/],
  ];
  for (const [type, body, status, message] of refusals) {
    const response = await post(server, type, body);
    assert.equal(response.status, status, body);
    assert.match(await response.text(), message);
  }
});

test("maxBytes may be more than the endpoint's limit", async (context) => {
  const server = await start(context, { maxBytes: 2_000 });
  assert.equal((await post(server, form, `a=${"x".repeat(1_998)}`)).status, 200);
  assert.equal((await post(server, form, `a=${"x".repeat(1_999)}`)).status, 413);
});

test("options that cannot be right are refused at start", () => {
  assert.throws(() => parseBody({ maxBytes: -1 }), /maxBytes: -1; it has to be a whole number above 0/);
  assert.throws(() => parseBody({ maxFields: 1.5 }), /maxFields: 1.5/);
  assert.throws(() => parseBody({ maxDepth: Number.NaN }), /maxDepth: NaN/);
  assert.throws(() => parseBody({ bodyTimeout: 0 }), /bodyTimeout: 0/);
  assert.throws(() => parseBody({ uploads: { maxFiles: -1 } }), /uploads\.maxFiles: -1/);
  assert.throws(
    () => parseBody({ uploads: { directory: "/nowhere/at/all" } }),
    /uploads\.directory.*has to be a directory/,
  );
  assert.throws(() => parseBody({ uploads: { directory: import.meta.filename } }), /has to be a directory/);
  for (const type of ["text", "Text/Html", "text/html;charset=utf-8", "", "*", "te*t/html", "text/*x"]) {
    assert.throws(() => parseBody({ pass: [type] }), /pass of parseBody\(\).*is no content type/s, type);
    assert.throws(() => parseBody({ parsers: [{ types: [type], parse: () => ({}) }] }), /types of a parser/, type);
  }
});

test("malformed bodies are the request's fault", async (context) => {
  const server = await start(context);
  const bodies: [string, Body][] = [
    [json, "{"],
    [json, "{'a':1}"],
    [json, "[".repeat(129) + "]".repeat(129)],
    [json, new Uint8Array([0x22, 0xff, 0x22])],
    [form, "a=%zz"],
    [form, "a=%ff"],
    [form, new Uint8Array([0x61, 0x3d, 0xc3, 0x28])],
  ];
  for (const [type, body] of bodies) assert.equal((await post(server, type, body)).status, 400, String(body));
});

test("a refusal is reported, without what was sent", async (context) => {
  const server = await start(context, { pass: [] });
  const reports: unknown[] = [];
  context.after(bodyRefused.attach((report) => void reports.push(report)));
  await post(server, json, '{"password":"secret');
  await post(server, form, "password=secret%");
  await post(server, "text/plain", "secret");
  const report = { node: server.node.name, method: "POST", path: "/", remoteAddress: "127.0.0.1" };
  assert.deepEqual(reports, [
    { ...report, status: 400, reason: "the body is not JSON" },
    { ...report, status: 400, reason: "a query or form is not percent-encoded UTF-8" },
    { ...report, status: 415, reason: "the body of POST / is text/plain, which is not read here" },
  ]);
  assert.match(String((server.errors[0] as Error).cause), /SyntaxError/);
  assert.match(String((server.errors[1] as Error).cause), /"secret%" cannot be decoded/);
});

test("what is not the request's fault is not reported as a refusal", async (context) => {
  const parser: BodyParser = {
    types: ["text/csv"],
    parse() {
      throw new Error("a mistake");
    },
  };
  const reports: unknown[] = [];
  context.after(bodyRefused.attach((report) => void reports.push(report)));
  assert.equal((await post(await start(context, { parsers: [parser] }), "text/csv", "a")).status, 500);
  assert.deepEqual(reports, []);
});

test("over HTTP/2, where a body needs no length", async (context) => {
  const client = await serveHttp2(context, compilePipeline([parseBody({ bodyTimeout: 100 }), answer]));
  assert.equal(await postHttp2(client, { "content-type": json }), "200 {}");
  assert.equal(await postHttp2(client, { "content-type": json }, '{"a":1}'), '200 {"a":1}');
  assert.equal(await postHttp2(client, { "content-type": form, "content-length": "3" }, "a=1"), '200 {"a":"1"}');
  assert.match(await postHttp2(client, { "content-type": form }, "x".repeat(1_001)), /^413 /);
  assert.match(await postHttp2(client, { "content-type": form }, "a", { end: false }), /^408 /);
  assert.equal(await postHttp2(client, { "content-type": json }, '{"a":2}'), '200 {"a":2}');
});

test("a body over the limit is refused before it is read, where its length is announced", async (context) => {
  const server = await start(context);
  // The body never comes: who waited for it would not answer.
  const text = await exchange(
    server.port,
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${json}\r\nContent-Length: 1001\r\n\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 413 .*POST \/ is larger than 1000 bytes.*maxBodyBytes/s);
});

test("a body over the limit is refused when the limit is reached, where its length is not announced", async (context) => {
  const server = await start(context);
  const text = await exchange(
    server.port,
    `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${json}\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `3e9\r\n${"1".repeat(0x3e9)}\r\n`,
  );
  assert.match(text, /^HTTP\/1\.1 413 /);
});

test("a body of exactly the limit is read", async (context) => {
  const server = await start(context);
  assert.equal((await post(server, form, `a=${"x".repeat(998)}`)).status, 200);
  assert.equal((await post(server, form, `a=${"x".repeat(999)}`)).status, 413);
});

test("after a refusal in the middle the connection serves the next request", async (context) => {
  const server = await start(context);
  const chunk = `30d40\r\n${"x".repeat(200_000)}\r\n`;
  const big = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`;
  const text = await exchange(server.port, `${big}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 413 .*HTTP\/1\.1 200 OK.*"unread"$/s);
});

test("after a refusal the connection serves the next request", async (context) => {
  const server = await start(context);
  const big = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 200000\r\n\r\n${"x".repeat(200_000)}`;
  const text = await exchange(server.port, `${big}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 413 .*HTTP\/1\.1 200 OK.*"unread"$/s);
});

test("a client that goes away halts the conn quietly", async (context) => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve(context, compilePipeline([() => arrived.resolve(), parseBody(), answer]));
  const handled = server.handled();
  const socket = connect(server.port, "127.0.0.1", () =>
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${json}\r\nContent-Length: 10\r\n\r\n{`),
  );
  await arrived.promise;
  socket.destroy();
  const conn = await handled;
  assert.equal(conn.halted, true);
  assert.equal(conn.sent, false);
  assert.deepEqual(server.errors, []);
});

test("a client that went away before the plug ran halts the conn too", async (context) => {
  const waitForClose = (conn: Conn) => {
    socket.destroy();
    return new Promise<void>((resolve) => conn.request.on("close", () => resolve()));
  };
  const server = await serve(context, compilePipeline([waitForClose, parseBody(), answer]));
  const handled = server.handled();
  const socket = connect(server.port, "127.0.0.1", () =>
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${json}\r\nContent-Length: 10\r\n\r\n{`),
  );
  assert.equal((await handled).halted, true);
});

test("a body that another plug has read is an error, not a request that hangs", async (context) => {
  const swallow = async (conn: Conn) => {
    for await (const _chunk of conn.request);
  };
  const server = await serve(context, compilePipeline([swallow, parseBody(), answer]));
  const response = await post(server, json, "{}");
  assert.equal(response.status, 500);
  assert.match(await response.text(), /already read by another plug/);
});

test("prototypes cannot be polluted", async (context) => {
  const server = await serve(
    context,
    compilePipeline([
      parseBody(),
      (conn) => {
        const params = conn.bodyParams ?? {};
        assert.deepEqual(Object.keys(params), ["__proto__", "a"]);
        assert.equal(Object.getPrototypeOf(params), null);
        assert.equal(params.admin, undefined);
        assert.equal(conn.params.admin, undefined);
        const inner = params.a as Record<string, unknown>;
        assert.equal(inner.admin, undefined);
        assert.equal(inner.toString, undefined);
      },
    ]),
  );
  const evil = '{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true}}}';
  assert.equal(await (await post(server, json, evil)).text(), "ok");
  assert.equal(await (await post(server, form, "__proto__[admin]=1&a[__proto__][admin]=1")).text(), "ok");
  assert.equal(({} as Record<string, unknown>).admin, undefined);
});
