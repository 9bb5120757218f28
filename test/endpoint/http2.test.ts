/** HTTP/2 over TLS: conn, plugs and actions find what they find with HTTP/1.1. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { clientScriptPath, endpointCrash, endpointStop, requestRefused } from "../../src/endpoint/index.ts";
import { type Conn, HttpError, parseBody } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import {
  ask,
  endHeaders,
  frame,
  header,
  openFrames,
  openSession,
  requestHeaders,
  startSecurely,
} from "./http2-support.ts";
import { answer, exchange, record, routerOf } from "./support.ts";

/** An endpoint with GET and POST at every path. */
function start(action: (conn: Conn) => void | Promise<void>) {
  return startSecurely({
    router: router(defineRoutes({}))
      .pipeline("all", [parseBody()])
      .scope({ through: "all" }, (scope) => {
        scope.get("/", action).post("/", action).get("/*rest", action).post("/*rest", action);
      }),
  });
}

describe("a request over HTTP/2", () => {
  test("has method, path, query, headers, cookies, host and scheme where HTTP/1.1 has them", async () => {
    const { base } = await start((conn) => {
      const { method, path, queryString, host, cookies, remoteAddress } = conn;
      conn.send(
        200,
        JSON.stringify([method, path, queryString, host, cookies, remoteAddress, conn.requestHeader("x-y")]),
      );
    });
    const session = await openSession(base);
    const { body } = await ask(session, "/a/b?c=d", { cookie: "one=1; two=2", "X-Y": "z" });
    assert.deepEqual(JSON.parse(body), ["GET", "/a/b", "c=d", "127.0.0.1", { one: "1", two: "2" }, "127.0.0.1", "z"]);
  });

  test("may have a body, which is parsed", async () => {
    const { base } = await start((conn) => conn.send(200, JSON.stringify(conn.bodyParams)));
    const session = await openSession(base);
    const post = { ":method": "POST", "content-type": "application/json" };
    assert.equal((await ask(session, "/", post, '{"a":[1]}')).body, '{"a":[1]}');
    const large = JSON.stringify({ text: "a".repeat(1_000_000) });
    assert.equal((await ask(session, "/", post, large)).body, large);
    assert.equal((await ask(session, "/", post, "{")).status, 400);
  });

  test("shares its connection with others, answered in whatever order", async () => {
    const gate = Promise.withResolvers<void>();
    const { base } = await start(async (conn) => {
      if (conn.path === "/slow") await gate.promise;
      conn.send(200, conn.path);
    });
    const session = await openSession(base);
    const slow = ask(session, "/slow");
    assert.equal((await ask(session, "/fast")).body, "/fast");
    gate.resolve();
    assert.equal((await slow).body, "/slow");
  });

  test("asks for the head alone with HEAD", async () => {
    const { base } = await start((conn) => conn.send(200, "hello"));
    const { status, headers, body } = await ask(await openSession(base), "/", { ":method": "HEAD" });
    assert.deepEqual([status, headers["content-length"], body], [200, "5", ""]);
  });

  test("for a client script gets it", async () => {
    const { base } = await start(answer("router"));
    const session = await openSession(base);
    const script = await ask(session, clientScriptPath("boot"), { "accept-encoding": "identity" });
    assert.equal(script.headers["content-type"], "text/javascript; charset=utf-8");
    assert.match(script.body, /LiveView/);
    for (const encoding of ["br", "gzip"]) {
      const compressed = await ask(session, clientScriptPath("phoenix"), { "accept-encoding": encoding });
      assert.deepEqual([compressed.status, compressed.headers["content-encoding"]], [200, encoding]);
    }
    assert.equal((await ask(session, "/anqa/nothing.js")).status, 404);
  });

  test("is told to telemetry as one of HTTP/1.1 is", async () => {
    const { base, endpoint } = await start(answer(""));
    const stopped = record(endpointStop, endpoint.node.name);
    await ask(await openSession(base), "/a?b");
    while (stopped.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      stopped.map(({ method, path, status }) => [method, path, status]),
      [["GET", "/a", 200]],
    );
  });
});

describe("an answer over HTTP/2", () => {
  test("has its headers, each cookie in a line of its own", async () => {
    const { base } = await start((conn) => {
      conn.setHeader("x-y", "z").putCookie("one", "1").putCookie("two", "2").send(201, "created");
    });
    const { status, headers, body } = await ask(await openSession(base), "/");
    assert.deepEqual([status, headers["x-y"], headers["set-cookie"]?.length, body], [201, "z", 2, "created"]);
    assert.ok(headers.date);
  });

  test("loses the headers that HTTP/2 forbids (RFC 9113, section 8.2.2)", async () => {
    const { base } = await start((conn) => {
      conn.setHeader("connection", "close").send(200, "");
    });
    const { status, headers } = await ask(await openSession(base), "/");
    assert.deepEqual([status, headers.connection], [200, undefined]);
  });

  test("may have no body", async () => {
    const { base } = await start((conn) => conn.send(204, ""));
    assert.equal((await ask(await openSession(base), "/")).status, 204);
  });

  test("may be larger than the client's window", async () => {
    const { base } = await start((conn) => conn.send(200, Buffer.alloc(3_000_000, "a")));
    assert.equal((await ask(await openSession(base), "/")).body.length, 3_000_000);
  });

  test("may be written piece by piece, as fast as the client reads", async () => {
    const pieces = 100;
    const { base } = await start(async ({ response }) => {
      response.writeHead(200);
      for (let piece = 0; piece < pieces; piece++) {
        if (!response.write("a".repeat(30_000))) await once(response, "drain");
      }
      response.end();
    });
    assert.equal((await ask(await openSession(base), "/")).body.length, pieces * 30_000);
  });
});

describe("a handler that fails over HTTP/2", () => {
  const failures: Readonly<Record<string, (conn: Conn) => void>> = {
    "/throws": () => {
      throw new Error("thrown");
    },
    "/teapot": () => {
      throw new HttpError(418);
    },
    "/nothing": () => {},
  };

  test("gets an error page, and is reported", async () => {
    const { base, endpoint } = await startSecurely({ router: routerOf(failures) });
    const crashes = record(endpointCrash, endpoint.node.name);
    const session = await openSession(base);
    assert.equal((await ask(session, "/throws")).status, 500);
    assert.equal((await ask(session, "/teapot")).status, 418);
    assert.equal((await ask(session, "/nothing")).status, 500);
    assert.equal((await ask(session, "/nowhere")).status, 404);
    assert.deepEqual(
      crashes.map(({ path }) => path),
      ["/throws", "/nothing"],
    );
  });

  test("in the middle of a body resets the stream, and no other", async () => {
    const { base } = await start((conn) => {
      if (conn.path === "/whole") return conn.send(200, "whole");
      conn.response.writeHead(200).write("part");
      throw new Error("in the middle");
    });
    const session = await openSession(base);
    await assert.rejects(ask(session, "/"));
    assert.equal((await ask(session, "/whole")).body, "whole");
  });

  test("after it has answered leaves the answer alone", async () => {
    const { base, endpoint } = await start((conn) => {
      conn.send(200, "complete");
      if (conn.path === "/throws") throw new Error("afterwards");
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const session = await openSession(base);
    assert.equal((await ask(session, "/throws")).body, "complete");
    assert.equal(crashes.length, 1);
    assert.equal((await ask(session, "/")).body, "complete");
  });
});

describe("a client that leaves over HTTP/2", () => {
  test("before it was answered is nobody's crash", async () => {
    const arrived = Promise.withResolvers<Conn>();
    const answered = Promise.withResolvers<void>();
    const { base, endpoint } = await start(async (conn) => {
      arrived.resolve(conn);
      await once(conn.response, "close");
      conn.send(200, "late");
      answered.resolve();
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const stopped = Promise.withResolvers<{ status: number }>();
    endpointStop.attach((payload) => payload.node === endpoint.node.name && stopped.resolve(payload));
    const session = await openSession(base);
    const stream = session.request({ ":path": "/" });
    stream.on("error", () => {});
    await arrived.promise;
    stream.close(8);
    await answered.promise;
    assert.equal((await stopped.promise).status, 499);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(crashes, []);
  });

  test("in the middle of its body is nobody's crash, and the half is not taken for the whole", async () => {
    const bodies: unknown[] = [];
    const { base, endpoint } = await start((conn) => {
      if (conn.method === "POST") bodies.push(conn.bodyParams);
      conn.send(200, "");
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const stopped = Promise.withResolvers<{ status: number }>();
    endpointStop.attach((payload) => {
      if (payload.node === endpoint.node.name && payload.method === "POST") stopped.resolve(payload);
    });
    const type = header("content-type", "application/x-www-form-urlencoded");
    const client = await openFrames(base);
    client.write(frame(1, endHeaders, 1, requestHeaders("POST") + type));
    client.write(frame(0, 0, 1, "a=1&b=2"));
    const session = await openSession(base);
    await ask(session, "/");
    client.write(frame(3, 0, 1, "\0\0\0\x08"));
    assert.equal((await stopped.promise).status, 499);
    await ask(session, "/");
    assert.deepEqual([bodies, crashes], [[], []]);
  });
});

describe("refused over HTTP/2", () => {
  const forbidden: readonly [what: string, path: string, headers: Record<string, string>, status: number][] = [
    ["a target that is too long", `/${"a".repeat(9_000)}`, {}, 414],
    ["too many headers", "/", Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`x-${at}`, "y"])), 431],
    ["a host that is not the authority", "/", { ":authority": "a.example", host: "b.example" }, 400],
    ["a target with a fragment", "/#a", {}, 400],
    ["an expectation that is odd", "/", { expect: "200-ok" }, 417],
    ["CONNECT", "", { ":method": "CONNECT", ":authority": "a.example:443" }, 405],
  ];
  for (const [what, path, headers, status] of forbidden) {
    test(what, async () => {
      const { base, endpoint } = await start(answer("home"));
      const refused = record(requestRefused, endpoint.node.name);
      const session = await openSession(base);
      const target = path === "" ? {} : { ":path": path };
      const stream = session.request({ ...target, ...headers }, { endStream: true });
      const [response] = await once(stream, "response");
      assert.equal(response[":status"], status);
      assert.deepEqual(
        refused.map((payload) => payload.status),
        [status],
      );
      stream.close();
      assert.equal((await ask(session, "/")).body, "home");
    });
  }

  test("what no request of HTTP/2 may have: its stream is reset, and no other", async () => {
    const { base } = await start(answer("home"));
    const session = await openSession(base);
    for (const headers of [{ ":authority": "a/b" }, { ":path": "*" }, { ":path": "a" }, { ":path": "/a b" }]) {
      await assert.rejects(ask(session, "/", headers), { code: "ERR_HTTP2_STREAM_ERROR" });
    }
    assert.equal((await ask(session, "/")).body, "home");
  });

  test("a body that comes too slowly", async () => {
    const { base, endpoint } = await startSecurely({
      limits: { requestTimeout: 300 },
      router: router(defineRoutes({})).scope({ through: [] }, (scope) => {
        scope.post("/", async (conn) => {
          for await (const _ of conn.request);
        });
      }),
    });
    const refused = record(requestRefused, endpoint.node.name);
    const crashes = record(endpointCrash, endpoint.node.name);
    const session = await openSession(base);
    const stream = session.request({ ":path": "/", ":method": "POST" });
    stream.on("error", () => {});
    const [response] = await once(stream, "response");
    assert.equal(response[":status"], 408);
    assert.equal(refused.length, 1);
    assert.deepEqual(crashes, []);
  });
});

test("a connection that has had its requests takes no more, and another one does", async () => {
  const { base } = await startSecurely({
    router: routerOf({ "/": answer("home") }),
    limits: { maxRequestsPerConnection: 2 },
  });
  const session = await openSession(base);
  const goaway = once(session, "goaway");
  assert.equal((await ask(session, "/")).body, "home");
  assert.equal((await ask(session, "/")).body, "home");
  await goaway;
  await assert.rejects(ask(session, "/"));
  assert.equal((await ask(await openSession(base), "/")).body, "home");
});

test("OPTIONS * asks whether there is a server", async () => {
  const { base } = await start(answer("home"));
  assert.equal((await ask(await openSession(base), "*", { ":method": "OPTIONS" })).status, 204);
});

test("clients that know only HTTP/1.1 are served at the same port", async () => {
  const { base } = await start((conn) => conn.send(200, conn.request.httpVersion));
  const received = await exchange(base, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(received, /^HTTP\/1\.1 200 OK[\s\S]*1\.1$/);
  assert.equal((await ask(await openSession(base), "/")).body, "2.0");
});
