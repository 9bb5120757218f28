import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { endpointCrash, endpointStop } from "../../src/endpoint/index.ts";
import { type Conn, HttpError } from "../../src/plug/index.ts";
import { answer, exchange, openSocket, record, routerOf, startEndpoint } from "./support.ts";

describe("a request", () => {
  test("is answered by its route, at once or later", async () => {
    const { base } = await startEndpoint({
      router: routerOf({
        "/now": answer("now"),
        "/later": async (conn) => {
          await new Promise((resolve) => setImmediate(resolve));
          conn.send(200, "later");
        },
      }),
    });
    assert.equal(await (await fetch(`${base}/now`)).text(), "now");
    assert.equal(await (await fetch(`${base}/later`)).text(), "later");
  });

  test("HEAD gets the head alone", async () => {
    const { base } = await startEndpoint({ router: routerOf({ "/": answer("hello") }) });
    const response = await fetch(base, { method: "HEAD" });
    assert.equal(response.headers.get("content-length"), "5");
    assert.equal(await response.text(), "");
  });

  test("without a route is a 404, and no crash", async () => {
    const { base, endpoint } = await startEndpoint();
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal((await fetch(`${base}/nowhere`)).status, 404);
    assert.equal((await fetch(`${base}/%zz`)).status, 400);
    assert.deepEqual(crashes, []);
  });

  test("that offers another protocol is answered as if it did not (RFC 9110, 7.8)", async () => {
    const { base } = await startEndpoint({ router: routerOf({ "/": answer("hello") }) });
    const request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n";
    assert.match(await exchange(base, request), /^HTTP\/1\.1 200 [\s\S]*hello$/);
  });
});

describe("a handler that fails", () => {
  test("gets a 500, reported once, and undoes nothing else", async () => {
    const gate = Promise.withResolvers<void>();
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/throws": () => {
          throw new Error("thrown");
        },
        "/rejects": () => Promise.reject(new Error("rejected")),
        "/slow": (conn) => gate.promise.then(() => conn.send(200, "slow")),
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const slow = fetch(`${base}/slow`);
    assert.equal((await fetch(`${base}/throws`)).status, 500);
    assert.equal((await fetch(`${base}/rejects?secret=1`)).status, 500);
    gate.resolve();
    assert.equal(await (await slow).text(), "slow");
    assert.deepEqual(
      crashes.map(({ method, path, status, error }) => [method, path, status, error.message]),
      [
        ["GET", "/throws", 500, "thrown"],
        ["GET", "/rejects", 500, "rejected"],
      ],
    );
  });

  test("with a status of its own gets that, and below 500 it is no crash", async () => {
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/teapot": () => {
          throw new HttpError(418);
        },
        "/unavailable": () => {
          throw new HttpError(503);
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal((await fetch(`${base}/teapot`)).status, 418);
    assert.equal((await fetch(`${base}/unavailable`)).status, 503);
    assert.deepEqual(
      crashes.map(({ path, status }) => [path, status]),
      [["/unavailable", 503]],
    );
  });

  test("throws something that is no Error", async () => {
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/": () => {
          throw "a text";
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal((await fetch(base)).status, 500);
    assert.match(crashes[0]?.error.message ?? "", /no Error was thrown: 'a text'/);
  });

  test("sends nothing: a 500 that names the route", async () => {
    const { base, endpoint } = await startEndpoint({ router: routerOf({ "/users/:id": () => {} }) });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal((await fetch(`${base}/users/7`)).status, 500);
    assert.match(crashes[0]?.error.message ?? "", /^GET \/users\/:id was handled, but nothing was sent: an action/);
  });

  test("after it has answered leaves the answer alone", async () => {
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.send(200, "complete");
          throw new Error("afterwards");
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal(await (await fetch(base)).text(), "complete");
    assert.equal(crashes.length, 1);
  });

  test("in the middle of a body breaks the connection off, so that nobody takes the part for the whole", async () => {
    const { base } = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.response.writeHead(200).write("part");
          throw new Error("in the middle");
        },
      }),
    });
    await assert.rejects(fetch(base).then((response) => response.text()));
  });

  test("writes after the end is reported, and ends nothing else", async () => {
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.send(200, "complete");
          conn.response.write("more");
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal(await (await fetch(`${base}/?secret=1`)).text(), "complete");
    assert.match(crashes[0]?.error.message ?? "", /write after end/);
    assert.equal(crashes[0]?.path, "/");
  });

  test("answers a client that has left: nobody's crash", async () => {
    const arrived = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const streamed = Promise.withResolvers<void>();
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/": async (conn) => {
          arrived.resolve();
          await once(conn.response, "close");
          conn.send(200, "a".repeat(100_000));
          answered.resolve();
        },
        "/stream": async (conn) => {
          conn.response.writeHead(200).write("part");
          await once(conn.response, "close");
          conn.response.write("part");
          streamed.resolve();
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const one = await openSocket(base, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await arrived.promise;
    one.destroy();
    const two = await openSocket(base, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(two, "data");
    two.destroy();
    await Promise.all([answered.promise, streamed.promise]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(crashes, []);
  });

  test("because its client left while the body was read is nobody's crash", async () => {
    const reading = Promise.withResolvers<void>();
    const { base, endpoint } = await startEndpoint({
      router: routerOf({
        "/": async (conn) => {
          reading.resolve();
          for await (const _chunk of conn.request);
        },
      }),
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    const stopped = Promise.withResolvers<{ status: number }>();
    endpointStop.attach((payload) => payload.node === endpoint.node.name && stopped.resolve(payload));
    const socket = await openSocket(base, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    await reading.promise;
    socket.destroy();
    assert.equal((await stopped.promise).status, 499);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(crashes, []);
  });
});

test("each answer is told to telemetry, with its time and without its query", async () => {
  const { base, endpoint } = await startEndpoint({ router: routerOf({ "/a": answer("") }) });
  const stopped = Promise.withResolvers<Record<string, unknown>>();
  endpointStop.attach((payload) => payload.node === endpoint.node.name && stopped.resolve(payload));
  await (await fetch(`${base}/a?token=secret`)).text();
  const { durationMicroseconds, conn, ...rest } = await stopped.promise;
  assert.equal((conn as Conn).queryString, "token=secret");
  assert.ok(Number.isInteger(durationMicroseconds) && Number(durationMicroseconds) >= 0);
  assert.deepEqual(rest, { node: endpoint.node.name, method: "GET", path: "/a", status: 200 });
});

describe("malformed HTTP", () => {
  for (const [what, request, status] of [
    ["is answered with 400 and closed", "NONSENSE\r\n\r\n", 400],
    ["without a host is a 400", "GET / HTTP/1.1\r\n\r\n", 400],
    ["with two lengths is a 400", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["with too large a head is a 431", `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    test(what, async () => {
      const { base } = await startEndpoint({ router: routerOf({ "/": answer("") }) });
      assert.match(await exchange(base, request), new RegExp(`^HTTP/1\\.1 ${status} .*\r\n`));
      assert.equal((await fetch(base)).status, 200);
    });
  }

  test("from a client that is gone already hurts nobody", async () => {
    const { base } = await startEndpoint({ router: routerOf({ "/": answer("") }) });
    const socket = await openSocket(base, "NONSENSE");
    socket.resetAndDestroy();
    await once(socket, "close");
    assert.equal((await fetch(base)).status, 200);
  });
});
