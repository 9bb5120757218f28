import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compilePipeline,
  HttpError,
  memoryRateLimitStore,
  type Plug,
  type RateLimitOptions,
  type RateLimitStore,
  rateLimit,
  rateLimitExceeded,
  rateLimitFailed,
  trustProxy,
} from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const ok: Plug = (conn) => conn.send(200, "ok");

/** A store with a clock that stands still until the test moves it. */
function stoppedClock() {
  const clock = { now: 0 };
  return { clock, store: memoryRateLimitStore({ now: () => clock.now }) };
}

async function statuses(url: string, count: number, headers?: Record<string, string>): Promise<number[]> {
  const seen: number[] = [];
  for (let request = 0; request < count; request++) {
    seen.push((await fetch(url, headers === undefined ? {} : { headers })).status);
  }
  return seen;
}

test("as many requests as the limit pass, then 429 until the window has moved on", async (context) => {
  const { clock, store } = stoppedClock();
  const server = await serve(context, compilePipeline([rateLimit({ limit: 3, seconds: 60, store }), ok]));
  assert.deepEqual(await statuses(server.url, 5), [200, 200, 200, 429, 429]);
  clock.now = 65_999;
  assert.deepEqual(await statuses(server.url, 1), [429]);
  clock.now = 66_000;
  assert.deepEqual(await statuses(server.url, 4), [200, 200, 200, 429]);
  assert.ok(server.errors.every((error) => error instanceof HttpError && error.status === 429));
});

test("responses say what is left and when to come again", async (context) => {
  const { clock, store } = stoppedClock();
  const plug = rateLimit({ name: "api", limit: 2, seconds: 10, store });
  const server = await serve(context, compilePipeline([plug, ok]));
  const first = await fetch(server.url);
  assert.equal(first.headers.get("ratelimit-policy"), '"api";q=2;w=10');
  assert.equal(first.headers.get("ratelimit"), '"api";r=1;t=11');
  assert.equal(first.headers.get("retry-after"), null);
  clock.now = 4_100;
  assert.equal((await fetch(server.url)).headers.get("ratelimit"), '"api";r=0;t=7');
  const refused = await fetch(server.url);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("ratelimit"), '"api";r=0;t=7');
  assert.equal(refused.headers.get("retry-after"), "7");
});

test("several limits on one way are listed together, and each counts", async (context) => {
  const { store } = stoppedClock();
  const both = compilePipeline([
    rateLimit({ name: "burst", limit: 2, seconds: 1, store }),
    rateLimit({ name: "hourly", limit: 100, seconds: 3_600, store }),
    ok,
  ]);
  const server = await serve(context, both);
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("ratelimit-policy"), '"burst";q=2;w=1, "hourly";q=100;w=3600');
  assert.equal(headers.get("ratelimit"), '"burst";r=1;t=2, "hourly";r=99;t=3960');
  assert.deepEqual(await statuses(server.url, 2), [200, 429]);
});

test("limits with the same store and name are one, those with another name are not", async (context) => {
  const { store } = stoppedClock();
  const options = { limit: 1, seconds: 1, store };
  const [first, second, other] = [rateLimit(options), rateLimit(options), rateLimit({ ...options, name: "other" })];
  const server = await serve(context, (conn) =>
    (conn.path === "/a" ? first : conn.path === "/b" ? second : other)(conn),
  );
  assert.deepEqual(await statuses(`${server.url}/a`, 1), [200]);
  assert.deepEqual(await statuses(`${server.url}/b`, 1), [429]);
  assert.deepEqual(await statuses(`${server.url}/c`, 1), [200]);
});

test("`by` decides whose quota it is, and undefined that it is nobody's", async (context) => {
  const by: RateLimitOptions["by"] = (conn) => conn.requestHeader("x-api-key");
  const server = await serve(context, compilePipeline([rateLimit({ limit: 1, seconds: 60, by }), ok]));
  assert.deepEqual(await statuses(server.url, 2, { "x-api-key": "a" }), [200, 429]);
  assert.deepEqual(await statuses(server.url, 2, { "x-api-key": "b" }), [200, 429]);
  assert.deepEqual(await statuses(server.url, 3), [200, 200, 200]);
});

test("an IPv6 client has one quota for its whole /64", async (context) => {
  const { store } = stoppedClock();
  const plug = rateLimit({ limit: 1, seconds: 60, store });
  const server = await serve(context, (conn) => {
    Object.defineProperty(conn, "remoteAddress", { value: conn.requestHeader("x-address") });
    return plug(conn);
  });
  assert.deepEqual(await statuses(server.url, 1, { "x-address": "2001:db8:0:1::1" }), [200]);
  assert.deepEqual(await statuses(server.url, 1, { "x-address": "2001:db8:0:1:ffff::2" }), [429]);
  assert.deepEqual(await statuses(server.url, 1, { "x-address": "2001:db8:0:2::1" }), [200]);
});

test("a client does not escape its limit by making up x-forwarded-for, behind a proxy or without one", async (context) => {
  const { store } = stoppedClock();
  const limit = rateLimit({ limit: 2, seconds: 60, store });
  for (const [proxies, chain] of [
    [["10.0.0.0/8"], (made: string) => made],
    [["loopback"], (made: string) => `${made}, 203.0.113.7`],
  ] as const) {
    const server = await serve(context, compilePipeline([trustProxy(proxies), limit, ok]));
    const seen: number[] = [];
    for (const made of ["1.1.1.1", "2.2.2.2", "unknown", "2001:db8::1"]) {
      seen.push(...(await statuses(server.url, 1, { "x-forwarded-for": chain(made) })));
    }
    assert.deepEqual(seen, [200, 200, 429, 429]);
  }
});

test("keys of any length and content are counted, at the cost of a short one", async () => {
  const keys: string[] = [];
  const store: RateLimitStore = {
    take(key) {
      keys.push(key);
      return { allowed: true, remaining: 1, resetMilliseconds: 1 };
    },
  };
  const given = ["short", "x".repeat(1_000_000), `${"x".repeat(999_999)}y`, 'a"\r\nb'];
  const plug = rateLimit({ limit: 1, seconds: 1, store, by: () => given[keys.length] });
  for (let request = 0; request < given.length; request++) {
    plug({ appendHeader() {} } as never);
  }
  assert.equal(keys[0], "default/1/1:short");
  assert.equal(new Set(keys).size, 4);
  assert.ok(keys.every((key) => key.length <= 128));
});

test("a refusal is reported", async (context) => {
  const { store } = stoppedClock();
  const server = await serve(context, compilePipeline([rateLimit({ limit: 1, seconds: 60, store }), ok]));
  const reports: object[] = [];
  context.after(rateLimitExceeded.attach((report) => reports.push(report)));
  await statuses(`${server.url}/login?x=1`, 2);
  assert.deepEqual(reports, [
    {
      node: "plug-test",
      method: "GET",
      path: "/login",
      remoteAddress: "127.0.0.1",
      policy: "default",
      key: "127.0.0.1",
      retryAfterSeconds: 66,
    },
  ]);
});

for (const [how, take] of [
  ["throws", () => assert.fail("store down")],
  ["rejects", () => Promise.reject(new Error("store down"))],
] as const) {
  test(`a store that ${how} lets requests through, and is reported`, async (context) => {
    const plug = rateLimit({ limit: 1, seconds: 60, store: { take } });
    const server = await serve(context, compilePipeline([plug, ok]));
    const reports: { refused: boolean; error: Error }[] = [];
    context.after(rateLimitFailed.attach((report) => reports.push(report)));
    assert.deepEqual(await statuses(server.url, 2), [200, 200]);
    assert.deepEqual(
      reports.map(({ refused, error }) => [refused, error.message]),
      [
        [false, "store down"],
        [false, "store down"],
      ],
    );
  });

  test(`a store that ${how} is 503 where the limit must hold`, async (context) => {
    const plug = rateLimit({ limit: 1, seconds: 60, store: { take }, failClosed: true });
    const server = await serve(context, compilePipeline([plug, ok]));
    assert.deepEqual(await statuses(server.url, 1), [503]);
  });
}

test("a store may answer later", async (context) => {
  const { store } = stoppedClock();
  const later: RateLimitStore = { take: async (key, policy) => store.take(key, policy) };
  const plug = rateLimit({ limit: 2, seconds: 60, store: later });
  const server = await serve(context, compilePipeline([plug, ok]));
  assert.deepEqual(await statuses(server.url, 3), [200, 200, 429]);
});

test("without a store of its own each node counts for itself", async (context) => {
  const plug = compilePipeline([rateLimit({ limit: 1, seconds: 60 }), ok]);
  const [one, two] = [await serve(context, plug), await serve(context, plug)];
  assert.deepEqual(await statuses(one.url, 2), [200, 429]);
  assert.deepEqual(await statuses(two.url, 2), [200, 429]);
});

test("limits that cannot be counted, and names that would break a header, are refused at start", () => {
  for (const limit of [0, -1, 1.5, Number.NaN, Infinity]) {
    assert.throws(() => rateLimit({ limit, seconds: 1 }), /limit is .* whole number of at least 1/);
  }
  for (const seconds of [0, -1, Number.NaN, Infinity]) {
    assert.throws(() => rateLimit({ limit: 1, seconds }), /seconds is .* number above 0/);
  }
  for (const name of ["", 'a";q=9', "a\r\nb", "two words", "x".repeat(41)]) {
    assert.throws(() => rateLimit({ limit: 1, seconds: 1, name }), /has to be one word/);
  }
});
