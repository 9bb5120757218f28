/** What a client may ask of a server in time and in size. Time-outs are set short, and waited for without a clock. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { connectionRefused, type Limits, requestRefused } from "../../src/endpoint/index.ts";
import { decideLimits } from "../../src/endpoint/limits.ts";
import type { Conn } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import {
  answer,
  certificate,
  exchange,
  openSocket,
  readToEnd,
  readUntil,
  record,
  routerOf,
  startEndpoint,
} from "./support.ts";

const body = Promise.withResolvers<Conn>();

function start(limits: Limits, secure = false) {
  return startEndpoint({
    limits,
    router: router(defineRoutes({})).scope({ through: [] }, (scope) => {
      scope
        .get("/", answer("home"))
        .get("/*rest", answer("rest"))
        .post("/large", (conn) => {
          conn.send(200, Buffer.alloc(20_000_000, "a"));
        });
      scope.post("/", async (conn) => {
        let size = 0;
        for await (const chunk of conn.request) size += chunk.length;
        conn.send(200, String(size));
      });
      scope.post("/begun", async (conn) => {
        conn.response.writeHead(200).write("begun");
        body.resolve(conn);
        for await (const _ of conn.request);
      });
    }),
    ...(secure ? { https: certificate("first") } : {}),
  });
}

const get = (path = "/", headers = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`;
const status = (received: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(received)?.[1]);

describe("limits", () => {
  test("have defaults for the open network", () => {
    assert.deepEqual(decideLimits(), {
      headersTimeout: 20_000,
      requestTimeout: 300_000,
      idleTimeout: 65_000,
      maxUrlBytes: 8_192,
      maxHeaderBytes: 16_384,
      maxHeaders: 100,
      maxRequestsPerConnection: Number.POSITIVE_INFINITY,
      maxConnections: Number.POSITIVE_INFINITY,
      maxStreams: 100,
    });
  });

  test("are turned off by name, and only where that is meant", () => {
    assert.equal(decideLimits({ idleTimeout: false }).idleTimeout, 0);
    assert.equal(decideLimits({ requestTimeout: false }).requestTimeout, 0);
    assert.throws(() => decideLimits({ maxHeaders: false } as unknown as Limits), {
      message: "the endpoint's option limits.maxHeaders is false: it must be a whole number above 0",
    });
  });

  test("that are none are refused at start", async () => {
    for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5" as unknown as number]) {
      assert.throws(() => decideLimits({ maxConnections: value }), /limits\.maxConnections is .*: it must be a whole/);
    }
    assert.throws(() => decideLimits({ headersTimeout: 0 }), /milliseconds above 0, or false/);
    assert.throws(() => decideLimits({ maxHeader: 1 } as Limits), /option limits has no "maxHeader"/);
    await assert.rejects(start({ idleTimeout: -1 }), /limits\.idleTimeout is -1/);
  });

  test("keep the head within the time for the whole request", () => {
    assert.equal(decideLimits({ requestTimeout: 1_000 }).headersTimeout, 1_000);
    assert.equal(decideLimits({ headersTimeout: false }).headersTimeout, 300_000);
    assert.equal(decideLimits({ headersTimeout: false, requestTimeout: false }).headersTimeout, 0);
  });
});

for (const secure of [false, true]) {
  /** A time-out in milliseconds; agreeing on TLS must keep it, too. */
  const short = secure ? 300 : 40;

  describe(`a request over ${secure ? "https" : "http"}`, () => {
    const cases: readonly [what: string, limits: Limits, request: string, status: number][] = [
      ["with too long a target is a 414", { maxUrlBytes: 20 }, get(`/${"a".repeat(20)}`), 414],
      ["with too long a query is a 414", { maxUrlBytes: 20 }, get(`/?${"a".repeat(19)}`), 414],
      // Over TLS it comes in pieces, of which none looks like a target.
      ["with a target beyond everything is refused", {}, get(`/${"a".repeat(100_000)}`), secure ? 431 : 414],
      ["with too large a head is a 431", { maxHeaderBytes: 200 }, get("/", `X: ${"a".repeat(200)}\r\n`), 431],
      ["with a head beyond everything is a 431", {}, get("/", `X: ${"a".repeat(1_000_000)}\r\n`), 431],
      ["with too many headers is a 431", { maxHeaders: 10 }, get("/", "X: y\r\n".repeat(9)), 431],
      ["with a flood of headers is a 431", {}, get("/", "X: y\r\n".repeat(100_000)), 431],
    ];
    for (const [what, limits, request, expected] of cases) {
      test(what, async () => {
        const { base, endpoint } = await start(limits, secure);
        const refused = record(requestRefused, endpoint.node.name);
        assert.equal(status(await exchange(base, request)), expected);
        assert.deepEqual(
          refused.map((payload) => payload.status),
          [expected],
        );
        assert.equal(status(await exchange(base, get())), 200);
      });
    }

    test("that keeps within its limits is answered", async () => {
      const { base } = await start({ maxUrlBytes: 20, maxHeaders: 10, maxHeaderBytes: 400 }, secure);
      assert.equal(status(await exchange(base, get(`/${"a".repeat(19)}`, "X: y\r\n".repeat(8)))), 200);
    });

    test("whose head comes too slowly is a 408", async () => {
      const { base, endpoint } = await start({ headersTimeout: short }, secure);
      const refused = record(requestRefused, endpoint.node.name);
      const socket = await openSocket(base, "GET / HTTP/1.1\r\nHost: a\r\n");
      const drip = setInterval(() => socket.write("X: y\r\n"), 10);
      const received = await readToEnd(socket);
      clearInterval(drip);
      assert.equal(status(received), 408);
      assert.equal(refused[0]?.status, 408);
      await retried(() => exchange(base, get()));
    });

    test("whose body comes too slowly is a 408", async () => {
      const { base, endpoint } = await start({ requestTimeout: short }, secure);
      const refused = record(requestRefused, endpoint.node.name);
      const socket = await openSocket(base, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
      const drip = setInterval(() => socket.write("a"), 10);
      const received = await readToEnd(socket);
      clearInterval(drip);
      assert.equal(status(received), 408);
      assert.deepEqual(
        refused.map(({ method, path, status }) => [method, path, status]),
        [["POST", "/", 408]],
      );
    });

    test("whose answer had begun when its body came too slowly is cut off", async () => {
      const { base } = await start({ requestTimeout: short }, secure);
      const received = await exchange(base, "POST /begun HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
      assert.match(received, /^HTTP\/1\.1 200 [\s\S]*begun\r\n$/);
    });

    test("that is one too many on its connection finds it closed", async () => {
      const { base } = await start({ maxRequestsPerConnection: 2 }, secure);
      const keep = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      const received = await exchange(base, keep.repeat(2));
      assert.deepEqual(
        received.match(/connection: \S+/gi)?.map((line) => line.toLowerCase()),
        ["connection: keep-alive", "connection: close"],
      );
    });
  });

  describe(`a connection over ${secure ? "https" : "http"}`, () => {
    test("that waits for its next request too long is closed", async () => {
      const { base } = await start({ idleTimeout: 30 }, secure);
      const received = await exchange(base, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assert.match(received, /^HTTP\/1\.1 200 [\s\S]*home$/);
    });

    test("whose client does not read its answer is closed", async () => {
      const answered = Promise.withResolvers<Conn>();
      const { base } = await startEndpoint({
        limits: { idleTimeout: 30 },
        router: routerOf({
          "/": (conn) => {
            conn.send(200, Buffer.alloc(20_000_000, "a"));
            answered.resolve(conn);
          },
        }),
        ...(secure ? { https: certificate("first") } : {}),
      });
      const socket = await openSocket(base, get());
      const { response } = await answered.promise;
      await once(response, "close");
      assert.equal(response.writableFinished, false);
      socket.destroy();
    });

    test("whose answer takes its time is not", async () => {
      const open = Promise.withResolvers<void>();
      const { base } = await startEndpoint({
        limits: { idleTimeout: 10 },
        router: routerOf({ "/slow": (conn) => open.promise.then(() => conn.send(200, "late")), "/": answer("home") }),
        ...(secure ? { https: certificate("first") } : {}),
      });
      const slow = exchange(base, get("/slow"));
      // These wait for another request until they are closed, each as long as is allowed.
      for (let round = 0; round < 3; round++) await exchange(base, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      open.resolve();
      assert.match(await slow, /late$/);
    });

    test("one too many is refused, and those that there are go on", async () => {
      const { base, endpoint } = await start({ maxConnections: 2 }, secure);
      const refused = record(requestRefused, endpoint.node.name);
      const dropped = record(connectionRefused, endpoint.node.name);
      const keep = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      const first = await openSocket(base, keep);
      await readUntil(first, "home");
      const second = await openSocket(base, keep);
      await readUntil(second, "home");
      if (secure) {
        await assert.rejects(openSocket(base, keep));
        assert.deepEqual(
          dropped.map(({ reason }) => reason),
          ["too many connections"],
        );
      } else {
        assert.match(await exchange(base, keep), /^HTTP\/1\.1 503 [\s\S]*retry-after: 1/i);
        assert.equal(refused[0]?.status, 503);
      }
      first.write(keep);
      await readUntil(first, "home");
      second.destroy();
      await once(second, "close");
      const received = await retried(() => exchange(base, get()));
      assert.equal(status(received), 200);
    });
  });
}

test("a connection over which nothing comes is closed without a word", async () => {
  const { base, endpoint } = await start({ headersTimeout: 30 });
  const refused = record(requestRefused, endpoint.node.name);
  assert.equal(await exchange(base, ""), "");
  assert.deepEqual(refused, []);
});

/** Tries until the server has noticed that a connection is closed. */
async function retried(attempt: () => Promise<string>): Promise<string> {
  for (;;) {
    const received = await attempt().catch(() => "");
    if (status(received) === 200) return received;
  }
}
