import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { type Conn, compilePipeline, HttpError, headerSet, reasonPhrase } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

test("method, path, query, host and address of a request", async (context) => {
  const server = await serve(context, (conn) =>
    conn.send(
      200,
      JSON.stringify([conn.method, conn.path, conn.queryString, conn.host, conn.remoteAddress, conn.queryParams.a]),
    ),
  );
  const response = await fetch(`${server.url}/a%20b/c?a=1&b=%C3%A9`);
  assert.deepEqual(await response.json(), ["GET", "/a%20b/c", "a=1&b=%C3%A9", "127.0.0.1", "127.0.0.1", "1"]);
});

test("a request target in absolute form, as proxies send it", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, `${conn.path}|${conn.queryString}|${conn.host}`));
  const answer = await exchange(
    server.port,
    "GET http://example.com/x%2Fy?q=1 HTTP/1.1\r\nHost: Example.COM:8080\r\nConnection: close\r\n\r\n",
  );
  assert.match(answer, /\/x%2Fy\|q=1\|example\.com$/);
});

test("a request without a host header has the configured host", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, conn.host));
  assert.match(await exchange(server.port, "GET / HTTP/1.0\r\n\r\n"), /\r\n\r\nlocalhost$/);
});

test("an answer has its status, its headers and the length in bytes", async (context) => {
  const server = await serve(context, (conn) => {
    conn.setHeader("Content-Type", "text/plain; charset=utf-8").setHeader("x-gone", "1").deleteHeader("X-Gone");
    assert.equal(conn.getHeader("content-type"), conn.getHeader("Content-Type"));
    assert.equal(conn.sent, false);
    conn.send(201, "né€");
    assert.equal(conn.sent, true);
    assert.equal(conn.status, 201);
    assert.equal(conn.halted, false);
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("content-length"), "6");
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(response.headers.get("x-gone"), null);
  assert.equal(await response.text(), "né€");
  assert.deepEqual(server.errors, []);
});

test("caches keep answers to their visitor, unless the answer says otherwise", async (context) => {
  const server = await serve(context, (conn) => {
    if (conn.path === "/public") conn.setHeader("cache-control", "public, max-age=60");
    conn.send(200, "x");
  });
  assert.equal((await fetch(server.url)).headers.get("cache-control"), "max-age=0, private, must-revalidate");
  assert.equal((await fetch(`${server.url}/public`)).headers.get("cache-control"), "public, max-age=60");
});

test("texts of every kind and length arrive as they were sent", async (context) => {
  const texts = ["", "a".repeat(20_000), "é".repeat(20_000), "€✓".repeat(10_000), `${"a".repeat(6_000)}\u{1F54A}`];
  const server = await serve(context, (conn) => conn.send(200, texts[Number(conn.path.slice(1))] as string));
  for (const [index, text] of texts.entries()) {
    assert.equal(await (await fetch(`${server.url}/${index}`)).text(), text);
  }
});

test("bytes are sent as they are", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, new Uint8Array([0, 255, 10])));
  assert.deepEqual(new Uint8Array(await (await fetch(server.url)).arrayBuffer()), new Uint8Array([0, 255, 10]));
});

test("HEAD has the length of the body, but no body, though the router answers it like GET", async (context) => {
  const server = await serve(context, (conn) => {
    conn.method = "GET";
    conn.send(200, "hello");
  });
  const answer = await exchange(server.port, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  assert.match(answer, /content-length: 5\r\n/i);
  assert.match(answer, /\r\n\r\n$/);
});

test("204 and 304 have neither body nor length", async (context) => {
  const server = await serve(context, (conn) => conn.send(Number(conn.queryParams.status), "ignored"));
  for (const status of [204, 304]) {
    const answer = await exchange(
      server.port,
      `GET /?status=${status} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    assert.doesNotMatch(answer, /content-length|transfer-encoding/i);
    assert.match(answer, /\r\n\r\n$/);
  }
});

test("a second answer is refused", async (context) => {
  const server = await serve(context, (conn) => {
    conn.send(200, "first");
    assert.throws(() => conn.send(200, "second"), /GET \/twice was already answered \(with 200\)/);
  });
  assert.equal(await (await fetch(`${server.url}/twice`)).text(), "first");
});

test("an answer written to the response itself counts as sent", async (context) => {
  const server = await serve(context, (conn) => {
    conn.response.writeHead(202).end("streamed");
    assert.equal(conn.sent, true);
    assert.throws(() => conn.send(200, "second"), /already answered/);
  });
  assert.equal((await fetch(server.url)).status, 202);
});

test("header injection is refused where the header is set", async (context) => {
  const server = await serve(context, (conn) => {
    for (const value of ["a\r\nset-cookie: x=1", "a\nb", "a\rb", "a\u0000b", "€"]) {
      assert.throws(() => conn.setHeader("location", value), /"location" contains a line break or another character/);
    }
    for (const name of ["", "a b", "a:b", "a\r\nb", "é"]) {
      assert.throws(() => conn.setHeader(name, "x"), /cannot be a header's name/);
    }
    assert.throws(() => conn.setHeader("Set-Cookie", "a=b"), /putCookie/);
    assert.throws(() => headerSet({ good: "bad\r\nvalue" }), /"good" contains/);
    assert.throws(() => conn.putCookie("a\r\nb", "x"), /name is invalid/);
    conn.putCookie("a", "x\r\ny; Path=/elsewhere");
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 200);
  assert.match(response.headers.getSetCookie()[0] ?? "", /^a=x%0D%0Ay%3B%20Path%3D%2Felsewhere; Path=\/;/);
});

test("headers named like members of Object.prototype are headers like any other", async (context) => {
  const server = await serve(context, (conn) => {
    assert.equal(conn.getHeader("constructor"), undefined);
    assert.equal(conn.requestHeader("constructor"), undefined);
    assert.equal(conn.requestHeader("__proto__"), undefined);
    assert.equal(conn.cookies.constructor, undefined);
    conn.setHeader("__proto__", "1").setHeader("constructor", "2");
  });
  const response = await fetch(server.url);
  assert.equal(response.headers.get("__proto__"), "1");
  assert.equal(response.headers.get("constructor"), "2");
});

test("request headers are found in any case", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, conn.requestHeader("X-Thing") ?? "none"));
  assert.equal(await (await fetch(server.url, { headers: { "x-thing": "1" } })).text(), "1");
  assert.equal(await (await fetch(server.url)).text(), "none");
});

test("cookies come decoded and leave with safe defaults", async (context) => {
  const server = await serve(context, (conn) => {
    conn
      .putCookie("seen", conn.cookies.a ?? "")
      .putCookie("twice", "1")
      .putCookie("twice", "2");
    conn.putCookie("plain", "1", { httpOnly: false, sameSite: "strict", maxAge: 60, path: "/x" }).deleteCookie("old");
  });
  const response = await fetch(server.url, { headers: { cookie: "a=x%20y; b=2" } });
  assert.deepEqual(response.headers.getSetCookie(), [
    "seen=x%20y; Path=/; HttpOnly; SameSite=Lax",
    "twice=2; Path=/; HttpOnly; SameSite=Lax",
    "plain=1; Max-Age=60; Path=/x; SameSite=Strict",
    "old=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax",
  ]);
});

test("cookies are Secure where the site is https", async (context) => {
  const server = await serve(context, (conn) => void conn.putCookie("a", "1"), {
    url: { scheme: "https", host: "example.com", port: 443 },
  });
  assert.match((await fetch(server.url)).headers.getSetCookie()[0] ?? "", /; Secure/);
});

test("a cookie that browsers would drop is an error", async (context) => {
  const server = await serve(context, (conn) => void conn.putCookie("big", "x".repeat(4_096)));
  const response = await fetch(server.url);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /"big" has 41\d\d bytes.*4096/);
});

test("params: path goes before body before query", async (context) => {
  const server = await serve(context, (conn) => {
    assert.deepEqual(Object.entries(conn.params), [
      ["a", "query"],
      ["b", "query"],
      ["c", "query"],
    ]);
    conn.bodyParams = { b: "body", c: "body" };
    conn.pathParams = { c: "path" };
    conn.send(200, JSON.stringify(conn.params));
  });
  const response = await fetch(`${server.url}/?a=query&b=query&c=query`);
  assert.deepEqual(await response.json(), { a: "query", b: "body", c: "path" });
});

test("params named __proto__ stay keys when merged", async (context) => {
  const server = await serve(context, (conn) => {
    conn.pathParams = { id: "1" };
    assert.deepEqual(Object.keys(conn.params), ["__proto__", "id"]);
    assert.equal(conn.params.admin, undefined);
  });
  assert.equal((await fetch(`${server.url}/?__proto__[admin]=1`)).status, 200);
});

test("a malformed query is the request's fault, once somebody asks for it", async (context) => {
  const server = await serve(context, (conn) => {
    if (conn.path === "/asks") conn.params;
  });
  assert.equal((await fetch(`${server.url}/?a=%zz`)).status, 200);
  assert.equal((await fetch(`${server.url}/asks?a=%zz`)).status, 400);
});

test("beforeSend callbacks run in reverse order, may still set headers, and see the status", async (context) => {
  const order: string[] = [];
  const server = await serve(context, (conn) => {
    conn.beforeSend((given) => {
      order.push(`first ${given.status}`);
      given.setHeader("x-first", "1");
    });
    conn.beforeSend(() => void order.push("second"));
    conn.send(418, "tea");
    order.push("sent");
  });
  const response = await fetch(server.url);
  assert.deepEqual(order, ["second", "first 418", "sent"]);
  assert.equal(response.headers.get("x-first"), "1");
});

test("what beforeSend throws leaves the conn unsent, and the error page runs the callbacks that are left", async (context) => {
  const order: string[] = [];
  const server = await serve(context, (conn) => {
    conn.beforeSend(() => void order.push("kept"));
    conn.beforeSend(() => {
      order.push("thrown");
      throw new HttpError(403, "no");
    });
    conn.send(200, "secret");
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 403);
  assert.equal(await response.text(), "no");
  assert.deepEqual(order, ["thrown", "kept"]);
});

test("session and flash say which plug is missing", async (context) => {
  const server = await serve(context, (conn) => {
    assert.equal(conn.hasSession, false);
    assert.equal(conn.hasFlash, false);
    assert.throws(() => conn.session, /GET \/x asked for conn\.session.*fetchSession\(\)/);
    assert.throws(() => conn.flash, /GET \/x asked for conn\.flash.*fetchFlash\(\)/);
    const flash = { messages: {}, put: () => {}, clear: () => {} };
    conn.installFlash(flash);
    assert.equal(conn.flash, flash);
  });
  assert.equal((await fetch(`${server.url}/x`)).status, 200);
});

test("assigns belong to one request", async (context) => {
  const seen: unknown[] = [];
  const step = (conn: Conn) => {
    seen.push(conn.assigns.user);
    conn.assigns.user = "Ann";
  };
  const server = await serve(context, compilePipeline([step, step]));
  await fetch(server.url);
  await fetch(server.url);
  assert.deepEqual(seen, [undefined, "Ann", undefined, "Ann"]);
});

test("answering a client that is gone throws nothing", async (context) => {
  let answer = () => {};
  const gone = Promise.withResolvers<void>();
  const server = await serve(context, async (conn) => {
    answer();
    await gone.promise;
    conn.send(200, "too late");
  });
  const handled = server.handled();
  const client = request(server.url);
  client.on("error", () => {});
  answer = () => {
    client.on("close", () => gone.resolve());
    client.destroy();
  };
  client.end();
  await handled;
  assert.deepEqual(server.errors, []);
});

test("an HttpError has a status, a phrase and a cause", () => {
  const cause = new Error("inner");
  const error = new HttpError(404, undefined, { cause });
  assert.equal(error.message, "Not Found");
  assert.equal(error.name, "HttpError");
  assert.equal(error.cause, cause);
  assert.equal(reasonPhrase(413), "Payload Too Large");
  assert.equal(reasonPhrase(599), "Unknown Status");
});
