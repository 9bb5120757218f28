import assert from "node:assert/strict";
import { test } from "node:test";
import { type CorsOptions, compilePipeline, cors, type Plug } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { startEndpoint } from "../endpoint/support.ts";
import { exchange, serve } from "./server.ts";

const ok: Plug = (conn) => conn.send(200, "ok");
const own = "https://app.example.org";

interface Answer {
  readonly status: number;
  readonly allowed: string | null;
  readonly headers: Headers;
}

function asker(url: string) {
  return async (origin?: string, init: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> => {
    const headers = { ...(origin === undefined ? {} : { origin }), ...init.headers };
    const response = await fetch(url, { ...init, headers });
    return {
      status: response.status,
      allowed: response.headers.get("access-control-allow-origin"),
      headers: response.headers,
    };
  };
}

const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "PATCH" } };

test("a listed origin may read the answer, others may not, and caches are told", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), ok]));
  const ask = asker(server.url);
  for (const origin of [own, "https://evil.example", undefined]) {
    const { status, allowed, headers } = await ask(origin);
    assert.equal(status, 200);
    assert.equal(allowed, origin === own ? own : null);
    assert.equal(headers.get("vary"), "origin");
    assert.equal(headers.get("access-control-allow-credentials"), null);
  }
});

test("lookalike origins get nothing, and are never reflected", async (context) => {
  const origins = ["https://example.org", "https://*.example.net"];
  const server = await serve(context, compilePipeline([cors({ origins, credentials: true }), ok]));
  const ask = asker(server.url);
  for (const origin of [
    "https://example.org.evil.com",
    "null",
    "NULL",
    "HTTPS://EXAMPLE.ORG",
    "https://Example.org",
    "https://example.org.",
    "https://example.org:8443",
    "https://example.org:443",
    "http://example.org",
    "https://a.example.org",
    "https://evilexample.net",
    "https://a.example.net.evil.com",
    "https://example.org, https://evil.com",
    "*",
  ]) {
    for (const init of [{}, preflight]) {
      const { headers } = await ask(origin, init);
      const given = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
      assert.deepEqual(given, [], `${origin} ${JSON.stringify(init)}`);
    }
  }
  assert.equal((await ask("https://b.a.example.net")).allowed, "https://b.a.example.net");
});

test("several origin headers are no origin", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), ok]));
  const head = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: ${own}\r\nOrigin: https://evil.example\r\n\r\n`;
  assert.doesNotMatch(await exchange(server.port, head), /access-control/i);
});

test("a preflight is answered with 204 and goes no further", async (context) => {
  let runs = 0;
  const options: CorsOptions = {
    origins: [own],
    methods: ["GET", "PATCH"],
    headers: ["content-type", "X-CSRF-Token"],
    exposeHeaders: ["x-total"],
    credentials: true,
    maxAge: 600,
  };
  const server = await serve(context, compilePipeline([cors(options), () => void runs++, ok]));
  const { status, allowed, headers } = await asker(server.url)(own, preflight);
  assert.equal(status, 204);
  assert.equal(allowed, own);
  assert.equal(headers.get("access-control-allow-methods"), "GET, PATCH");
  assert.equal(headers.get("access-control-allow-headers"), "content-type, X-CSRF-Token");
  assert.equal(headers.get("access-control-allow-credentials"), "true");
  assert.equal(headers.get("access-control-max-age"), "600");
  assert.equal(headers.get("access-control-expose-headers"), null);
  assert.equal(headers.get("vary"), "origin");
  assert.equal(runs, 0);
});

test("a preflight reaches the plug in the pipeline of a route that is not for OPTIONS", async () => {
  const api = router()
    .pipeline("api", [cors({ origins: [own] })])
    .scope({ through: "api", path: "/api" }, (scope) => scope.patch("/posts/:id", ok));
  const { base } = await startEndpoint({ router: api });
  const { status, allowed, headers } = await asker(`${base}/api/posts/7`)(own, preflight);
  assert.deepEqual([status, allowed], [204, own]);
  assert.match(headers.get("access-control-allow-methods") ?? "", /PATCH/);
});

test("a preflight of a foreign origin is answered without permission", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), () => assert.fail("went on"), ok]));
  const { status, headers } = await asker(server.url)("https://evil.example", preflight);
  assert.equal(status, 204);
  assert.equal(headers.get("access-control-allow-methods"), null);
});

test("what the preflight asks for is not reflected", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), ok]));
  const { headers } = await asker(server.url)(own, {
    method: "OPTIONS",
    headers: {
      "access-control-request-method": "TRACK",
      "access-control-request-headers": "x-evil",
      "access-control-request-private-network": "true",
    },
  });
  assert.equal(headers.get("access-control-allow-methods"), "GET, HEAD, POST, PUT, PATCH, DELETE");
  assert.equal(headers.get("access-control-allow-headers"), "content-type");
  assert.equal(headers.get("access-control-allow-private-network"), null);
});

test("an OPTIONS that is no preflight is the application's", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), ok]));
  const ask = asker(server.url);
  assert.equal((await ask(own, { method: "OPTIONS" })).status, 200);
  assert.equal((await ask(undefined, preflight)).status, 200);
});

test("the answer says which headers a script may read, and that cookies may come along", async (context) => {
  const options = { origins: [own], exposeHeaders: ["x-total", "etag"], credentials: true };
  const server = await serve(context, compilePipeline([cors(options), ok]));
  const { headers } = await asker(server.url)(own);
  assert.equal(headers.get("access-control-expose-headers"), "x-total, etag");
  assert.equal(headers.get("access-control-allow-credentials"), "true");
  assert.equal(headers.get("access-control-allow-methods"), null);
});

test("everybody is the same for everybody: no origin, no vary", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: "*" }), ok]));
  for (const origin of [own, "null", undefined]) {
    const { allowed, headers } = await asker(server.url)(origin);
    assert.equal(allowed, "*");
    assert.equal(headers.get("vary"), null);
  }
});

test("null is allowed only where it is listed, and then as null", async (context) => {
  const server = await serve(context, compilePipeline([cors({ origins: ["null"] }), ok]));
  assert.equal((await asker(server.url)("null")).allowed, "null");
});

test("a function decides, at once or later, and is not asked about null or nonsense", async (context) => {
  for (const later of [false, true]) {
    const asked: string[] = [];
    const origins: CorsOptions["origins"] = (origin, conn) => {
      asked.push(origin);
      const verdict = origin.startsWith("https://") && conn.path === "/";
      return later ? Promise.resolve(verdict) : verdict;
    };
    const server = await serve(context, compilePipeline([cors({ origins, credentials: true }), ok]));
    const ask = asker(server.url);
    assert.equal((await ask(own)).allowed, own);
    assert.equal((await ask("http://app.example.org")).allowed, null);
    for (const origin of ["null", "https://a.example/path", "HTTPS://A.EXAMPLE", "https://a b", "https://a@b", "x"]) {
      assert.equal((await ask(origin)).allowed, null, origin);
    }
    assert.deepEqual(asked, [own, "http://app.example.org"]);
    assert.equal((await ask(own, preflight)).status, 204);
  }
});

test("a function that answers anything but true allows nobody", async (context) => {
  for (const value of ["yes", 1, {}]) {
    const server = await serve(context, compilePipeline([cors({ origins: (() => value) as never }), ok]));
    assert.equal((await asker(server.url)(own)).allowed, null);
  }
});

test("vary keeps what others wrote", async (context) => {
  const before: Plug = (conn) => void conn.setHeader("vary", "accept-encoding");
  const server = await serve(context, compilePipeline([before, cors({ origins: [own] }), ok]));
  assert.equal((await asker(server.url)(own)).headers.get("vary"), "accept-encoding, origin");
});

test("the permission stands on an answer that failed, so that the script can read why", async (context) => {
  const fail: Plug = () => {
    throw new Error("broken");
  };
  const server = await serve(context, compilePipeline([cors({ origins: [own] }), fail]));
  const { status, allowed } = await asker(server.url)(own);
  assert.deepEqual([status, allowed], [500, own]);
});

test("what cannot be, or would give away too much, is refused at start", () => {
  const refusals: [CorsOptions, RegExp][] = [
    [{ origins: "*", credentials: true }, /every page of the web/],
    [{ origins: ["*"] }, /"\*" is no origin/],
    [{ origins: ["https://example.org/"] }, /write "https:\/\/example.org"/],
    [{ origins: [own], methods: ["patch"] }, /"patch" is no method/],
    [{ origins: [own], methods: ["GET\r\nX: y"] }, /is no method/],
    [{ origins: [own], headers: ["x y"] }, /cannot be a header's name/],
    [{ origins: [own], exposeHeaders: ["a\r\nb"] }, /cannot be a header's name/],
    [{ origins: [own], headers: ["*"], credentials: true }, /list the names/],
    [{ origins: [own], maxAge: -1 }, /maxAge is -1/],
    [{ origins: [own], maxAge: 0.5 }, /maxAge is 0.5/],
  ];
  for (const [options, message] of refusals) assert.throws(() => cors(options), message);
});
