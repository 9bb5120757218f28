import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { html, json, render, text } from "../../src/controller/index.ts";
import {
  accepts,
  type Conn,
  compression,
  fetchSession,
  HttpError,
  memorySessionStore,
  type Plug,
  parseBody,
  sendEarlyHints,
  sendFile,
} from "../../src/plug/index.ts";
import { defineRoutes } from "../../src/router/index.ts";
import { html as template } from "../../src/template/index.ts";
import {
  conn,
  del,
  dispatch,
  get,
  head,
  options,
  patch,
  post,
  put,
  putReqHeader,
  runPlug,
} from "../../src/testing/index.ts";
import { site } from "./site.ts";

const echo: Plug = (served) => json(served, { method: served.method, params: served.params, path: served.path });

describe("requests", () => {
  it("go out with the method of their name", async () => {
    const visitor = conn(site({ "* /": echo }, { plugs: [parseBody()] }));
    for (const [request, method] of [
      [get, "GET"],
      [post, "POST"],
      [put, "PUT"],
      [patch, "PATCH"],
      [del, "DELETE"],
      [options, "OPTIONS"],
    ] as const) {
      assert.deepEqual(JSON.parse((await request(visitor, "/")).body), { method, params: {}, path: "/" });
    }
    assert.equal((await dispatch(visitor, "propfind", "/")).status, 200);
  });

  it("of HEAD have the head of a GET and no body", async () => {
    const page = await head(conn(site({ "GET /": (served) => text(served, "hello") })), "/");
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-length"), "5");
    assert.equal(page.body, "");
  });

  it("send their path as it is", async () => {
    const visitor = conn(site({ "GET /*rest": (served) => text(served, `${served.path}?${served.queryString}`) }));
    for (const path of ["/a%2Fb/c?x=%20&y=[]", "/a//b/?", "/%C3%A9"]) {
      assert.equal((await get(visitor, path)).body, path.includes("?") ? path : `${path}?`);
    }
  });

  it("leave the fragment out, as browsers do", async () => {
    const page = await get(conn(site({ "GET /": echo })), "/?a=1#top");
    assert.equal(page.last?.request.target, "/?a=1");
  });

  it("refuse what is no path", async () => {
    await assert.rejects(get(conn(site({ "GET /": echo })), "posts"), /"posts" is no path: it begins with "\/"/);
  });

  it("to a whole URL say its host and scheme, from then on", async () => {
    const where: Plug = (served) => text(served, `${served.scheme} ${served.host} ${served.port}`);
    const page = await get(conn(site({ "GET /": where })), "https://Shop.example.org:8443/");
    assert.equal(page.body, "https shop.example.org 8443");
    assert.equal((await get(page, "/")).body, page.body);
    assert.equal((await get(page, "http://example.org")).body, "http example.org 80");
  });

  it("may ask for the server as a whole", async () => {
    assert.equal((await options(conn(site({})), "*")).status, 204);
  });

  it("leave the visitor that they were made by as it was", async () => {
    const visitor = conn(site({ "GET /": (served) => text(served.putCookie("a", "1"), "") }));
    assert.equal((await get(visitor, "/")).cookies.a, "1");
    assert.deepEqual(visitor.cookies, {});
    assert.equal(visitor.last, undefined);
  });

  it("can be made side by side", async () => {
    const answers: (() => void)[] = [];
    const slow: Plug = async (served) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      text(served, served.params.id as string);
    };
    const visitor = conn(site({ "GET /:id": slow }));
    const pages = [1, 2, 3].map((id) => get(visitor, `/${id}`));
    while (answers.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const answer of answers.toReversed()) answer();
    const made = await Promise.all(pages);
    assert.deepEqual(
      made.map((page) => [page.body, page.params.id, page.route?.pattern]),
      [1, 2, 3].map((id) => [`${id}`, `${id}`, "/:id"]),
    );
  });

  it("that an endpoint refuses have its answer and no conn", async () => {
    const page = await get(putReqHeader(conn(site({ "GET /": echo })), "host", "a b"), "/");
    assert.equal(page.status, 400);
    assert.throws(() => page.served, /GET \/: the request was refused before there was a conn/);
  });

  it("cannot be made by what runPlug gives back", async () => {
    await assert.rejects(get(await runPlug(echo), "/"), /make a visitor with conn\(\)/);
  });
});

describe("an answer", () => {
  const page = template`<p>${"<hello>"}</p>`;

  it("has a status, headers, a body, and what the server's conn had", async () => {
    const action: Plug = (served) => {
      served.assign({ user: "ann" }).halt();
      render(served.putStatus(201), page, { layout: false });
    };
    const made = await get(conn(site({ "GET /posts/:id": action }, { plugs: [accepts("html")] })), "/posts/7?a=1");
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("Content-Type"), "text/html; charset=utf-8");
    assert.equal(made.body, "<p>&lt;hello&gt;</p>");
    assert.deepEqual(made.assigns.user, "ann");
    assert.deepEqual({ ...made.params }, { id: "7", a: "1" });
    assert.deepEqual([made.halted, made.sent, made.served.format], [true, true, "html"]);
    assert.deepEqual([made.route?.pattern, made.error], ["/posts/:id", undefined]);
  });

  it("has bytes that are no text", async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    assert.deepEqual((await get(conn(site({ "GET /": (served) => served.send(200, bytes) })), "/")).bytes, bytes);
  });

  it("has all the cookies that were set, with their attributes", async () => {
    const action: Plug = (served) => {
      served.putCookie("a", "x y", { maxAge: 60, path: "/" }).putCookie("b", "2").deleteCookie("c");
      text(served, "");
    };
    const { responseCookies, headers } = await get(conn(site({ "GET /": action })), "/");
    assert.equal(headers.getSetCookie().length, 3);
    assert.deepEqual([responseCookies.a?.value, responseCookies.a?.maxAge], ["x y", 60]);
    assert.deepEqual([responseCookies.b?.httpOnly, responseCookies.c?.maxAge], [true, 0]);
  });

  it("comes whole when it is streamed, compressed, or a file", async () => {
    const rows = async function* () {
      for (let row = 0; row < 1_000; row++) yield `row ${row}\n`;
    };
    const visitor = conn(
      site(
        {
          "GET /rows": (served) => served.setHeader("content-type", "text/plain").sendStream(200, rows()),
          "GET /file": (served) => sendFile(served, import.meta.filename),
        },
        { plugs: [compression()] },
      ),
    );
    const plain = await get(visitor, "/rows");
    assert.match(plain.body, /^row 0\n[\s\S]*row 999\n$/);
    const coded = await get(putReqHeader(visitor, "accept-encoding", "gzip"), "/rows");
    assert.equal(coded.headers.get("content-encoding"), "gzip");
    assert.ok(coded.bytes.length < plain.bytes.length);
    assert.match((await get(visitor, "/file")).body, /comes whole when/);
  });

  it("has the hints that were sent ahead of it", async () => {
    const action: Plug = (served) => {
      sendEarlyHints(served, ["</app.css>; rel=preload; as=style", "</app.js>; rel=preload; as=script"]);
      text(served, "");
    };
    const { earlyHints } = await get(conn(site({ "GET /": action })), "/");
    assert.deepEqual(earlyHints, ["</app.css>; rel=preload; as=style", "</app.js>; rel=preload; as=script"]);
  });

  it("says before the first request that there is none", () => {
    assert.throws(() => conn(site({})).status, /no request was made yet: use what get\(\) and the like resolve with/);
  });
});

describe("an error of the application", () => {
  it("is answered by its error page, and stays with the answer", async () => {
    const error = new HttpError(404, "there is no such post");
    const fail: Plug = async () => {
      throw error;
    };
    const page = await get(conn(site({ "GET /": fail })), "/");
    assert.equal(page.status, 404);
    assert.match(page.body, /Not Found/);
    assert.equal(page.error, error);
  });

  it("is that of the router for a path that nobody serves", async () => {
    const page = await get(conn(site({})), "/nowhere");
    assert.equal(page.status, 404);
    assert.equal((page.error as Error).name, "NoRouteError");
    assert.equal(page.route, undefined);
  });

  it("that breaks the answer off rejects the request, and says why", async () => {
    const rows = async function* () {
      yield "one";
      throw new TypeError("no second row");
    };
    const request = get(conn(site({ "GET /": (served) => served.sendStream(200, rows()) })), "/");
    await assert.rejects(request, (error: Error) => {
      assert.match(error.message, /^the answer to GET \/ was begun and broken off, since the application failed:/);
      assert.match(error.message, /TypeError: no second row\n\s+at rows /);
      assert.ok(error.cause instanceof TypeError);
      return true;
    });
  });

  it("is there for an action that answers nothing", async () => {
    const page = await get(conn(site({ "GET /": () => {} })), "/");
    assert.equal(page.status, 500);
    assert.match((page.error as Error).message, /nothing was sent/);
  });
});

describe("what a visitor asks for", () => {
  it("passes the files of the endpoint", async () => {
    const files = { staticFiles: [{ at: "/tests", from: new URL(".", import.meta.url) }] };
    const page = await get(conn(site({}, files)), "/tests/site.ts");
    assert.equal(page.status, 200);
    assert.match(page.body, /export function site/);
  });

  it("may be a path of named routes", async () => {
    const routes = defineRoutes({ post: "/posts/:id" });
    const show = (served: Conn) => html(served, template`<h1>${served.params.id as string}</h1>`);
    const page = await get(conn(site({ [`GET ${routes.post.pattern}`]: show })), routes.post({ id: "a/b" }));
    assert.equal(page.params.id, "a/b");
  });

  it("waits for a session that is kept elsewhere", async () => {
    const count: Plug = (served) => {
      served.session.put("count", Number(served.session.get("count") ?? 0) + 1);
      text(served, String(served.session.get("count")));
    };
    const counting = site({ "GET /": count }, { plugs: [fetchSession()], session: { store: memorySessionStore() } });
    let page = await get(conn(counting), "/");
    page = await get(page, "/");
    assert.equal((await get(page, "/")).body, "3");
    assert.equal((await get(conn(counting), "/")).body, "1");
  });
});
