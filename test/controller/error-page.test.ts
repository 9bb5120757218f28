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
  InvalidParamsError,
  type Plug,
  putSecureBrowserHeaders,
  type ServerConfig,
} from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { serve } from "../router/serving.ts";

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

describe("errorPage in production leaks nothing", () => {
  const leaky = () => {
    throw Object.assign(new Error("message-leak", { cause: new Error("cause-leak") }), {
      detail: "detail-leak",
      headers: { "x-leak": "header-leak", "set-cookie": "cookie-leak", location: "https://location-leak.example" },
      hints: [{ title: "hint-leak", text: "hint-leak" }],
    });
  };
  const app = compilePipeline([
    fetchSession(),
    (conn) => {
      conn.assign({ note: "assign-leak" });
      conn.setHeader("content-type", "text/leak");
      conn.setHeader("etag", '"etag-leak"');
    },
    leaky,
  ]);

  for (const accept of ["text/html", "application/json", "text/plain"]) {
    it(`as ${accept}`, async (t) => {
      const { fetch } = await failing(t, app, "production");
      const headers = { accept, "x-request": "request-leak", cookie: "a=request-cookie-leak" };
      const answer = await fetch("/path-leak?query-leak=1", { headers });
      const whole = `${JSON.stringify([...answer.headers])}\n${await answer.text()}`;
      assert.equal(answer.status, 500);
      assert.ok(answer.headers.get("content-type")?.startsWith(accept));
      assert.doesNotMatch(whole, /leak|\.ts|node_modules|node:/);
    });
  }
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

  it("is plain text for a conn of any other format", async (t) => {
    assert.equal(await formatOf(t, compilePipeline([accepts("csv"), fail]), "text/csv"), "text/plain");
    assert.equal(await formatOf(t, compilePipeline([accepts("xml"), fail]), "application/xml"), "text/plain");
  });

  it("is plain text for clients that want that", async (t) => {
    assert.equal(await formatOf(t, fail, "text/plain"), "text/plain");
    assert.equal(await formatOf(t, fail, "text/plain, text/html;q=0.5"), "text/plain");
  });

  it("is JSON for every kind of JSON", async (t) => {
    assert.equal(await formatOf(t, fail, "application/vnd.api+json"), "application/json");
    assert.equal(await formatOf(t, fail, "application/problem+json;q=1"), "application/json");
  });

  it("is found for hostile headers as well", async (t) => {
    for (const accept of ["/", ",,,", "text/html;q=x", "*", "a".repeat(8000), `${"/json ".repeat(1000)}x`, "json"]) {
      assert.equal(await formatOf(t, fail, accept), "text/html", accept.slice(0, 20));
    }
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
    assert.match(answer.headers.get("allow") ?? "", /\bPOST\b/);
  });

  it("has what an HttpError of one's own carries, and what others advise about their status", async (t) => {
    class Busy extends HttpError {
      readonly headers = { "retry-after": "30", "x-queue": "7", "content-type": "text/evil", "content-length": "1" };
    }
    const busy = await failing(t, () => Promise.reject(new Busy(503)), "production");
    const answer = await busy.fetch("/");
    assert.equal(answer.headers.get("retry-after"), "30");
    assert.equal(answer.headers.get("x-queue"), "7");
    assert.equal(answer.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(await answer.text(), /Service Unavailable/);
    const headers = { "Retry-After": 30, "www-authenticate": "Basic", "x-upstream": "1", "set-cookie": "a=b" };
    const foreign = await failing(
      t,
      () => Promise.reject(Object.assign(new Error(), { status: 429, headers })),
      "test",
    );
    const other = await foreign.fetch("/");
    assert.equal(other.status, 429);
    assert.equal(other.headers.get("retry-after"), "30");
    assert.equal(other.headers.get("www-authenticate"), "Basic");
    assert.equal(other.headers.get("x-upstream"), null);
    assert.deepEqual(other.headers.getSetCookie(), []);
  });

  it("leaves out headers that cannot be sent, such as those with a line break", async (t) => {
    class Odd extends HttpError {
      readonly headers = { "x-a": "1\r\nset-cookie: x=1", "bad name": "x", "set-cookie": "x=1", allow: "GET" };
    }
    const { fetch } = await failing(t, () => Promise.reject(new Odd(405)), "production");
    const answer = await fetch("/");
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get("allow"), "GET");
    assert.equal(answer.headers.get("x-a"), null);
    assert.deepEqual(answer.headers.getSetCookie(), []);
  });

  it("protects a page that failed in front of all plugs", async (t) => {
    const { fetch } = await failing(t, fail, "production");
    const { headers } = await fetch("/");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "SAMEORIGIN");
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'/);
  });

  it("allows the page its own style by its hash, and nothing else", async (t) => {
    for (const environment of ["production", "development"] as const) {
      const { fetch } = await failing(
        t,
        compilePipeline([putSecureBrowserHeaders({ reportOnly: true }), fail]),
        environment,
      );
      const answer = await fetch("/");
      const style = (await answer.text()).match(/<style>(.*?)<\/style>/s)?.[1] ?? "";
      const hash = createHash("sha256").update(style).digest("base64");
      const policy = answer.headers.get("content-security-policy") ?? "";
      assert.ok(style.length > 0 && policy.includes(`style-src 'sha256-${hash}'`));
      assert.match(policy, /^default-src 'none'/);
      assert.equal(answer.headers.get("content-security-policy-report-only"), null);
    }
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

describe("params that were refused", () => {
  const refuse = () => {
    throw new InvalidParamsError({ email: ["is <no> address", "is taken"], base: ["too much"] });
  };

  it("are told of by field: in HTML as a list", async (t) => {
    const answer = await (await failing(t, refuse, "production")).fetch("/");
    assert.equal(answer.status, 422);
    assert.match(
      await answer.text(),
      /<dl class="fields"><div><dt>email<\/dt><dd>is &lt;no&gt; address<\/dd><dd>is taken<\/dd><\/div><div><dt>base/,
    );
  });

  it("in JSON as an object", async (t) => {
    const answer = await (await failing(t, refuse, "production")).fetch("/", {
      headers: { accept: "application/json" },
    });
    assert.equal(answer.status, 422);
    assert.deepEqual(await answer.json(), { errors: { email: ["is <no> address", "is taken"], base: ["too much"] } });
  });

  it("in text as lines", async (t) => {
    const answer = await (await failing(t, refuse, "production")).fetch("/", { headers: { accept: "text/plain" } });
    assert.equal(
      await answer.text(),
      "422 Unprocessable Entity\nemail: is <no> address\nemail: is taken\nbase: too much\n",
    );
  });

  it("keep fields of odd names", async (t) => {
    const odd = () => {
      throw new InvalidParamsError(JSON.parse('{ "__proto__": ["a"], "constructor": ["b"] }'));
    };
    const answer = await (await failing(t, odd, "production")).fetch("/", { headers: { accept: "application/json" } });
    assert.equal(await answer.text(), '{"errors":{"__proto__":["a"],"constructor":["b"]}}');
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

  it("is broken off by a stream that fails", async (t) => {
    const { fetch } = await failing(
      t,
      (conn) =>
        conn.sendStream(
          200,
          (async function* () {
            yield "half of";
            throw new Error("the rest is lost");
          })(),
        ),
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

describe("an answer that waits to be sent", () => {
  const waiting = (outcome: "written" | "refused", after: Plug) =>
    compilePipeline([
      (conn) => {
        conn.beforeSend(async () => {
          await null;
          if (outcome === "refused") throw new HttpError(503, secret);
        });
        conn.send(200, "all of it");
      },
      after,
    ]);

  it("goes out, whatever fails after it was given", async (t) => {
    const { fetch } = await failing(t, waiting("written", fail), "production");
    const answer = await fetch("/");
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), "all of it");
  });

  it("makes way for the error page if it cannot go out", async (t) => {
    const { fetch } = await failing(t, waiting("refused", fail), "production");
    const answer = await fetch("/");
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /Internal Server Error/);
  });

  it("and so does an error page of which the callbacks fail", async (t) => {
    const twice = compilePipeline([
      (conn) => {
        conn.beforeSend(async () => {
          throw new HttpError(502);
        });
        conn.beforeSend(async () => {
          throw new HttpError(503);
        });
        conn.send(200, "never");
      },
      fail,
    ]);
    const { fetch } = await failing(t, twice, "production");
    assert.equal((await fetch("/")).status, 502);
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
