import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { errorPage, fetchFlash, putFlash } from "../../src/controller/index.ts";
import {
  accepts,
  type Conn,
  compilePipeline,
  fetchSession,
  HttpError,
  InvalidParamsError,
  type Plug,
  parseBody,
} from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { serve } from "../router/serving.ts";

const secret = "what happened <here>";
/** What has to be hidden. Not written out, since the page shows the source of these tests. */
const word = ["ge", "heim"].join("");
const fail: Plug = () => {
  throw new Error(secret, { cause: new TypeError("what lay below") });
};

function developing(t: TestContext, plug: Plug) {
  return serve(t, plug, { environment: "development", onError: errorPage });
}

async function pageOf(t: TestContext, plug: Plug, path = "/", init?: RequestInit): Promise<string> {
  return (await (await developing(t, plug)).fetch(path, init)).text();
}

describe("the page of development", () => {
  it("shows error, source, stack, cause and request", async (t) => {
    const body = await pageOf(t, fail, "/a/%3Cb%3E?q=%3Ci%3E", { headers: { "x-shown": "<u>" } });
    assert.match(body, /<title>Error: what happened &lt;here/);
    assert.match(body, /<h1>Error<\/h1>\s*<pre class="message">what happened &lt;here/);
    assert.match(body, /test\/controller\/debug-page\.test\.ts:\d+:\d+<\/a><\/figcaption><pre class="source">/);
    assert.match(body, /<code class="here"><span>\d+<\/span> {2}throw new Error\(secret/);
    assert.match(body, /caused by<\/i> TypeError<\/h2>\s*<pre class="message">what lay below<\/pre>/);
    assert.match(body, /<b>fail<\/b> <a href=/);
    assert.match(body, /<b>GET<\/b> \/a\/%3Cb%3E\?q=%3Ci%3E/);
    assert.match(body, /<th scope="row">q<\/th><td><pre>"&lt;i&gt;"/);
    assert.match(body, /<th scope="row">x-shown<\/th><td><pre>&lt;u/);
  });

  it("shows params of path, query and body, session and assigns", async (t) => {
    const served = router()
      .pipeline("browser", [fetchSession(), fetchFlash(), parseBody()])
      .scope({ through: "browser" }, (scope) =>
        scope.post("/posts/:id", (conn) => {
          conn.session.put("theme", "dark");
          putFlash(conn, "info", "hello");
          conn.assign({ currentUser: { name: "Zoe" }, locale: "de" });
          return fail(conn);
        }),
      );
    const body = await pageOf(t, (conn) => served.call(conn), "/posts/7?page=2", {
      method: "POST",
      body: new URLSearchParams("post[title]=Tea"),
    });
    const section = (title: string) => body.split(`<h2>${title}</h2>`)[1]?.split("</section>")[0] ?? "";
    assert.match(section("Path params"), /id<\/th><td><pre>"7"/);
    assert.match(section("Query params"), /page<\/th><td><pre>"2"/);
    assert.match(section("Body params"), /post<\/th><td><pre>\{ title: "Tea" \}/);
    assert.match(section("Session"), /theme<\/th><td><pre>"dark"/);
    assert.match(section("Assigns"), /currentUser<\/th><td><pre>\{ name: "Zoe" \}.*locale<\/th>/s);
  });

  it("folds frames that are not the application's", async (t) => {
    const body = await pageOf(t, (conn) => void conn.setHeader("bad name", ""));
    assert.match(body, /debug-page\.test\.ts:\d+:\d+<\/a><\/figcaption><pre class="source">/);
    const [before, folded] = body.split("<details>");
    assert.doesNotMatch(before as string, /src\/plug/);
    assert.match(folded as string, /<summary>All \d+ frames <i>\d+ of Anqa, \d+ of Node\.js<\/i>/);
    assert.match(folded as string, /<li class="framework"><b>[^<]+<\/b> <a [^>]+>src\/plug/);
  });

  it("shows where a 404 could have gone", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.get("/posts", () => {}));
    const { fetch } = await developing(t, (conn) => served.call(conn));
    const answer = await fetch("/post");
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /NoRouteError.*no route for GET \/post;.*GET {5}\/posts/s);
  });

  it("lists what a schema refused", async (t) => {
    const body = await pageOf(t, () => Promise.reject(new InvalidParamsError({ "a.0": ["<no>"] })));
    assert.match(body, /<dt>a\.0<\/dt><dd>&lt;no&gt;<\/dd>/);
  });

  it("has a section for each hint of an error, and for its further properties", async (t) => {
    const hints = [{ title: "Is it <running>?", text: "npm run\n<db>" }, { title: 5 }, null];
    const body = await pageOf(t, () => Promise.reject(Object.assign(new Error("x"), { code: "E<1>", hints })));
    assert.match(body, /<h3>Is it &lt;running&gt;\?<\/h3><pre>npm run\n&lt;db&gt;<\/pre>/);
    assert.equal(body.split('<aside class="hint">').length, 2);
    assert.match(body, /code<\/th><td><pre>"E&lt;1&gt;"/);
  });

  it("survives causes that go round in a circle, and shows those of an AggregateError", async (t) => {
    const circle = await pageOf(t, () => {
      const one = new Error("one");
      one.cause = new Error("two", { cause: one });
      throw one;
    });
    assert.equal(circle.split("caused by</i>").length, 2);
    const many = await pageOf(t, () => Promise.reject(new AggregateError([new Error("a"), new Error("b")], "many")));
    assert.equal(many.split("one of the errors</i>").length, 3);
    const endless = Array.from({ length: 100 }).reduce<Error>((cause) => new Error("x", { cause }), new Error("x"));
    assert.equal((await pageOf(t, () => Promise.reject(endless))).split("caused by</i>").length, 8);
  });

  it("shows what was thrown and is no Error", async (t) => {
    const body = await pageOf(t, () => Promise.reject({ a: "<b>" }));
    assert.match(body, /<h1>thrown, but not an Error<\/h1>\s*<pre class="message">\{ a: "&lt;b&gt;" \}/);
  });

  it("needs no script", async (t) => {
    const { fetch } = await developing(t, fail);
    const answer = await fetch("/");
    assert.doesNotMatch(await answer.text(), /<script|\son\w+=|javascript:/i);
    assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  });
});

describe("the page of development in other formats", () => {
  interface Told {
    readonly errors: unknown;
    readonly debug: {
      readonly message: string;
      readonly place: string;
      readonly stack: readonly string[];
      readonly causes: readonly { readonly name: string }[];
      readonly request: Readonly<Record<string, unknown>>;
      readonly assigns: unknown;
    };
  }

  it("tells the same in JSON", async (t) => {
    const app = compilePipeline([(conn) => void conn.assign({ user: "Zoe", token: word }), fail]);
    const { fetch } = await developing(t, app);
    const answer = await fetch(`/a?b=1&token=${word}`, {
      headers: { accept: "application/json", cookie: `c=${word}` },
    });
    const text = await answer.text();
    assert.ok(!text.includes(word));
    const { errors, debug } = JSON.parse(text) as Told;
    assert.deepEqual(errors, { detail: "Internal Server Error" });
    assert.equal(debug.message, secret);
    assert.match(debug.place, /debug-page\.test\.ts:\d+/);
    assert.match(debug.stack[0] ?? "", /^at fail \(/);
    assert.equal(debug.causes[0]?.name, "TypeError");
    const { method, path, query, cookies } = debug.request;
    assert.deepEqual([method, path, query, cookies], ["GET", "/a", "b=1&token=[FILTERED]", ["c"]]);
    assert.deepEqual(debug.assigns, { user: '"Zoe"', token: "[FILTERED]" });
  });

  it("and the essence of it as text", async (t) => {
    const body = await pageOf(t, fail, "/a?b", { headers: { accept: "text/plain" } });
    assert.match(
      body,
      /^500 Internal Server Error\nGET \/a\?b\n\nError: what happened <here>\n {4}at fail \(.*\n\ncaused by TypeError: what lay below\n/s,
    );
  });

  it("is that of the conn", async (t) => {
    const { fetch } = await developing(t, compilePipeline([accepts("json"), fail]));
    assert.equal((await fetch("/")).headers.get("content-type"), "application/json; charset=utf-8");
  });
});

describe("the page of development shows no credentials", () => {
  const headers = {
    authorization: `Bearer ${word}-a`,
    cookie: `_session=${word}-b; theme=${word}-c`,
    "proxy-authorization": `Basic ${word}-d`,
    "x-csrf-token": `${word}-e`,
    "x-api-key": `${word}-f`,
    referer: `https://user:${word}-g@example.org/?password=${word}-h`,
  };

  it("of the request: headers, cookies, query, form and path", async (t) => {
    const served = router()
      .pipeline("browser", [fetchSession(), parseBody()])
      .scope({ through: "browser" }, (scope) => scope.post("/reset/:token", fail));
    const path = `/reset/${word}%2Di?access_token=${word}-j&user[password]=${word}-k&user%5Bpassword%5D=${word}-l`;
    const body = await pageOf(t, (conn) => served.call(conn), path, {
      method: "POST",
      headers,
      body: new URLSearchParams(`user[Password]=${word}-m&user[0][client_secret]=${word}-n&passwd=${word}-o`),
    });
    assert.ok(!body.includes(word));
    assert.match(body, /\/reset\/\[FILTERED\]\?access_token=\[FILTERED\]/);
    assert.match(body, /cookies<\/th><td><pre>_session, theme<\/pre>/);
    assert.match(body, /authorization<\/th><td><pre>\[FILTERED\]/);
  });

  it("of session and assigns, at any depth", async (t) => {
    const app = compilePipeline([
      fetchSession(),
      (conn) => {
        conn.session.put("_csrf_token", `${word}-a`);
        conn.session.put("login", { token: `${word}-b` });
        conn.assign({ secretKey: `${word}-c`, user: { passwordHash: `${word}-d`, keys: [{ apiKey: `${word}-e` }] } });
        conn.assign({ map: new Map([["token", `${word}-f`]]) });
        throw Object.assign(new Error("x"), {
          config: { headers: { authorization: `${word}-g` } },
          token: `${word}-h`,
        });
      },
    ]);
    assert.ok(!(await pageOf(t, app)).includes(word));
  });
});

describe("the page of development cannot be made to run anything", () => {
  const attack = `</pre></title><script>alert(1)</script><img src=x onerror="alert(1)">'"`;

  it("escapes what the request brings", async (t) => {
    const app = compilePipeline([fetchSession(), parseBody(), fail]);
    const body = await pageOf(t, app, `/${encodeURI("<script>")}?${new URLSearchParams({ [attack]: attack })}`, {
      method: "POST",
      headers: { "x-attack": attack, cookie: `<script>=1; b=2`, referer: attack, "user-agent": attack },
      body: new URLSearchParams({ [attack]: attack }),
    });
    assert.doesNotMatch(body, /<script|<img/);
  });

  it("escapes what the error says", async (t) => {
    const error = Object.assign(new Error(attack), {
      name: attack,
      [attack]: attack,
      hints: [{ title: attack, text: attack }],
    });
    error.stack = `${attack}\n    at ${attack} (file:///${attack}:1:1)\n    at javascript:alert(1):1:1`;
    const body = await pageOf(t, () => Promise.reject(error));
    assert.doesNotMatch(body, /<script|<img|href="?javascript/);
  });

  it("escapes what session and assigns hold", async (t) => {
    const app = compilePipeline([
      fetchSession(),
      (conn) => {
        conn.session.put(attack, attack);
        conn.assign({ [attack]: { [attack]: [attack] } });
      },
      fail,
    ]);
    assert.doesNotMatch(await pageOf(t, app), /<script|<img/);
  });

  it("shows no file that a message names", async (t) => {
    const inPasswd = ["ro", "ot:"].join("");
    const forged = "x\n    at show (file:///etc/passwd:1:1)\n    at show (/etc/hosts.ts:1:1)";
    const body = await pageOf(t, () => Promise.reject(new HttpError(400, forged)));
    assert.ok(!body.includes(inPasswd));
    const changed = new Error("x");
    changed.message = forged;
    changed.stack = `Error: ${forged}`;
    assert.ok(!(await pageOf(t, () => Promise.reject(changed))).includes(inPasswd));
  });
});

describe("the page of development is made of anything", () => {
  it("that looks at no getter and calls no method of it", async (t) => {
    const touched: string[] = [];
    const trap = {
      get value() {
        touched.push("getter");
        return 1;
      },
      toJSON() {
        touched.push("toJSON");
      },
      toString() {
        touched.push("toString");
        return "";
      },
      [Symbol.for("nodejs.util.inspect.custom")]() {
        touched.push("inspect");
      },
    };
    const app: Plug = (conn) => {
      conn.assign({ trap, proxy: new Proxy({}, { ownKeys: () => touched.splice(0, 0, "proxy") }) });
      return fail(conn);
    };
    assert.match(await pageOf(t, app), /trap<\/th>/);
    assert.deepEqual(touched, []);
  });

  it("that is huge", async (t) => {
    const app: Plug = (conn) => {
      conn.assign({
        long: "x".repeat(5_000_000),
        wide: Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index])),
        many: Array.from({ length: 100_000 }, () => ({ a: [1, 2, 3] })),
        deep: JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`),
      });
      throw new Error("m".repeat(1_000_000));
    };
    assert.ok((await pageOf(t, app)).length < 400_000);
  });

  it("that cannot be looked at", async (t) => {
    const hostile: Plug = (conn: Conn) => {
      conn.assign({ broken: Object.create(new Proxy({}, { getPrototypeOf: () => fail(conn) as never })) });
      const error = new Error("x");
      Object.defineProperty(error, "message", { get: () => fail(conn) });
      Object.defineProperty(error, "stack", { get: () => fail(conn) });
      throw error;
    };
    const { fetch } = await developing(t, hostile);
    const answer = await fetch("/");
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /broken<\/th>/);
  });

  it("with a query and cookies that are malformed", async (t) => {
    const { fetch } = await developing(t, (conn) => void conn.params);
    const answer = await fetch("/?%E0%A4%A=1", { headers: { cookie: "%E0%A4%A=%E0%A4%A; ;;=" } });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /HttpError/);
  });
});
