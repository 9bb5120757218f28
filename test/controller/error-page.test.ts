import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import { errorPage, statusOf } from "../../src/controller/index.ts";
import {
  accepts,
  type Conn,
  compilePipeline,
  fetchSession,
  HttpError,
  type Plug,
  type ServerConfig,
} from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { serve } from "../router/serving.ts";

interface Debug {
  readonly message: string;
  readonly place: string;
  readonly stack: readonly string[];
  readonly causes: readonly { readonly name: string }[];
  readonly request: Readonly<Record<string, unknown>>;
}

const secret = "the secret <detail>";
const fail: Plug = () => {
  throw new Error(secret, { cause: new TypeError("what lay below") });
};

describe("errorPage in production", () => {
  it("says the status and its reason, and nothing of the error", async (t) => {
    for (const environment of ["production", "test"] as const) {
      const answer = await (await failing(t, fail, environment)).fetch("/path?token=1");
      const body = await answer.text();
      assert.equal(answer.status, 500);
      assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
      assert.match(body, /<h1>500<\/h1><p>Internal Server Error<\/p>/);
      for (const leak of ["secret", "below", "error-page.test", "TypeError", "token"])
        assert.ok(!body.includes(leak), leak);
    }
  });

  it("does so in JSON as well", async (t) => {
    const { fetch } = await failing(t, fail, "production");
    const answer = await fetch("/", { headers: { accept: "application/json" } });
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    assert.equal(await answer.text(), '{"errors":{"detail":"Internal Server Error"}}');
  });

  it("takes the status of the error", async (t) => {
    const { fetch } = await failing(t, () => Promise.reject(new HttpError(404, secret)), "production");
    const answer = await fetch("/");
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /<title>Not Found<\/title>/);
  });
});

describe("errorPage in development", () => {
  it("shows error, source, stack, cause and request, escaped", async (t) => {
    const { fetch } = await failing(t, fail, "development");
    const body = await (await fetch("/a/%3Cb%3E?q=%3Ci%3E", { headers: { "x-shown": "<u>" } })).text();
    assert.match(body, /<title>Error: the secret &lt;detail/);
    assert.match(body, /<h1>Error<\/h1>\s*<pre class="message">the secret &lt;detail/);
    assert.match(body, /error-page\.test\.ts:\d+<\/h2><pre class="source">/);
    assert.match(body, /<code class="here"><span>\d+<\/span> {2}throw new Error\(secret/);
    assert.match(body, /<h2>Caused by TypeError<\/h2><pre class="message">what lay below<\/pre>/);
    assert.match(body, /at fail \(|at .*error-page\.test\.ts/);
    assert.match(body, /GET \/a\/%3Cb%3E\?q=%3Ci%3E/);
    assert.match(body, /<th scope="row">x-shown<\/th><td>&lt;u/);
    assert.ok(!body.includes("<detail>") && !body.includes("<u>"));
  });

  it("keeps credentials of the request to itself", async (t) => {
    const { fetch } = await failing(t, fail, "development");
    const headers = { cookie: "session=hidden-a", authorization: "Bearer hidden-b" };
    assert.ok(!(await (await fetch("/", { headers })).text()).includes("hidden"));
  });

  it("allows its own style by its hash, and nothing else", async (t) => {
    const { fetch } = await failing(t, fail, "development");
    const answer = await fetch("/");
    const style = (await answer.text()).match(/<style>(.*?)<\/style>/s)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = answer.headers.get("content-security-policy") ?? "";
    assert.ok(style.length > 0 && policy.includes(`style-src 'sha256-${hash}'`));
    assert.match(policy, /^default-src 'none'/);
  });

  it("tells the same in JSON", async (t) => {
    const { fetch } = await failing(t, fail, "development");
    const answer = await fetch("/a?b", { headers: { accept: "application/vnd.api+json" } });
    const { errors, debug } = (await answer.json()) as { errors: unknown; debug: Debug };
    assert.deepEqual(errors, { detail: "Internal Server Error" });
    assert.equal(debug.message, secret);
    assert.match(debug.place, /error-page\.test\.ts:\d+$/);
    assert.match(debug.stack[0] ?? "", /^at /);
    assert.equal(debug.causes[0]?.name, "TypeError");
    assert.deepEqual([debug.request.method, debug.request.path, debug.request.query], ["GET", "/a", "b"]);
  });

  it("shows where a 404 could have gone", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.get("/posts", () => {}));
    const { fetch } = await failing(t, (conn) => served.call(conn), "development");
    const answer = await fetch("/post");
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /NoRouteError.*no route for GET \/post;.*GET {5}\/posts/s);
  });

  it("shows the source of the application, not that of the framework", async (t) => {
    const { fetch } = await failing(t, (conn) => void conn.setHeader("bad name", ""), "development");
    assert.match(await (await fetch("/")).text(), /error-page\.test\.ts:\d+<\/h2><pre class="source">/);
  });

  it("survives causes that go round in a circle", async (t) => {
    const { fetch } = await failing(
      t,
      () => {
        const one = new Error("one");
        one.cause = new Error("two", { cause: one });
        throw one;
      },
      "development",
    );
    assert.equal((await (await fetch("/")).text()).split("Caused by").length, 2);
  });
});

describe("the format of an error page", () => {
  const formatOf = async (t: TestContext, plug: Plug, accept?: string) => {
    const { fetch } = await failing(t, plug, "production");
    const answer = await fetch("/", accept === undefined ? {} : { headers: { accept } });
    return answer.headers.get("content-type")?.split(";")[0];
  };

  it("is that of the conn before that of the header", async (t) => {
    const api = compilePipeline([accepts("json"), fail]);
    assert.equal(await formatOf(t, api, "*/*"), "application/json");
    const browser = compilePipeline([accepts("html", "json"), fail]);
    assert.equal(await formatOf(t, browser, "text/html,application/json"), "text/html");
  });

  it("is HTML for clients that take anything", async (t) => {
    assert.equal(await formatOf(t, fail), "text/html");
    assert.equal(await formatOf(t, fail, "image/png"), "text/html");
    assert.equal(await formatOf(t, fail, "text/html,application/json;q=0.9"), "text/html");
    assert.equal(await formatOf(t, fail, "application/jsonish"), "text/html");
  });

  it("is that of the header where accepts() refused", async (t) => {
    assert.equal(await formatOf(t, accepts("html"), "application/json"), "application/json");
  });
});

describe("the head of an error page", () => {
  it("has the headers that the error carries", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.post("/", () => {}));
    const { fetch } = await failing(t, (conn) => served.call(conn), "production");
    const answer = await fetch("/");
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get("allow"), "POST");
  });

  it("drops what was said of the body that is not sent", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) => {
        for (const name of ["content-encoding", "etag", "content-disposition", "location"]) conn.setHeader(name, "x");
        conn.setHeader("cache-control", "public, max-age=999");
        conn.setHeader("x-kept", "1");
        fail(conn);
      },
      "production",
    );
    const { headers } = await fetch("/");
    for (const name of ["content-encoding", "etag", "content-disposition", "location"])
      assert.equal(headers.get(name), null);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-kept"), "1");
  });

  it("answers HEAD without a body", async (t) => {
    const { fetch } = await failing(t, fail, "production");
    const answer = await fetch("/", { method: "HEAD" });
    assert.equal(answer.status, 500);
    assert.ok(Number(answer.headers.get("content-length")) > 0);
    assert.equal(await answer.text(), "");
  });
});

describe("errorPage never throws", () => {
  it("for anything that can be thrown", async (t) => {
    const hostile = {
      get status(): number {
        throw new Error("no status");
      },
    };
    const unprintable = { [Symbol.for("nodejs.util.inspect.custom")]: () => fail({} as Conn) };
    const strange = Object.assign(new Error("x"), { stack: 5, headers: { "bad name": "x" }, name: null });
    for (const thrown of [undefined, null, "text", 5, hostile, unprintable, strange, Object.create(null)]) {
      const { fetch } = await failing(t, () => Promise.reject(thrown), "development");
      const answer = await fetch("/");
      assert.equal(answer.status, 500);
      await answer.text();
    }
  });

  it("when a callback before sending is what failed", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) => {
        conn.beforeSend(() => fail(conn));
        conn.send(200, "never");
      },
      "production",
    );
    const answer = await fetch("/");
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes("never"));
  });

  it("when such a callback fails while the page itself is sent", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) => {
        conn.beforeSend(() => fail(conn));
        throw new HttpError(403);
      },
      "production",
    );
    const answer = await fetch("/");
    assert.equal(answer.status, 403);
    assert.equal(await answer.text(), "Forbidden");
  });

  it("when the session is too large to be sent", async (t) => {
    const plug = compilePipeline([
      fetchSession(),
      (conn) => {
        conn.session.put("large", "x".repeat(5000));
        conn.send(200, "never");
      },
    ]);
    const { fetch } = await failing(t, plug, "production");
    assert.equal((await fetch("/")).status, 500);
  });
});

describe("a response that has begun", () => {
  it("is broken off, so that it is not taken for complete", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) => {
        conn.response.writeHead(200, { "content-type": "text/plain" });
        conn.response.write("half of");
        fail(conn);
      },
      "production",
    );
    await assert.rejects(async () => (await fetch("/")).text());
  });

  it("is left alone if all of it was handed over", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) => {
        conn.send(200, "all of it");
        fail(conn);
      },
      "production",
    );
    assert.equal(await (await fetch("/")).text(), "all of it");
  });
});

describe("statusOf", () => {
  it("is the error's own, if it is one of an error", () => {
    const withStatus = (status: unknown) => statusOf(Object.assign(new Error(), { status }));
    assert.equal(withStatus(404), 404);
    assert.equal(withStatus(599), 599);
    for (const status of [200, 302, 399, 600, 404.5, "404", Number.NaN, null]) assert.equal(withStatus(status), 500);
    assert.equal(statusOf(undefined), 500);
    assert.equal(statusOf({ status: 422 }), 422);
  });
});

function failing(t: TestContext, plug: Plug, environment: ServerConfig["environment"]) {
  return serve(t, plug, { environment, onError: errorPage });
}
