import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { type Conn, compilePipeline, parseBody } from "../../src/plug/index.ts";
import { exchange, serve, type TestServer } from "./server.ts";

type Body = string | Uint8Array<ArrayBuffer>;

function answer(conn: Conn): void {
  conn.send(200, JSON.stringify(conn.bodyParams ?? "unread"));
}

function start(context: TestContext): Promise<TestServer> {
  return serve(context, compilePipeline([parseBody(), answer]));
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
