import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";
import type { Conn, Params, Plug } from "../../src/plug/index.ts";
import { defineRoutes, type LiveTarget, type Route, router, routerDispatch } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const say = (text: string) => (conn: Conn) => conn.send(200, text);
const mark =
  (text: string): Plug =>
  (conn) =>
    void conn.setHeader("x-marks", (conn.getHeader("x-marks") ?? "") + text);

describe("a router", () => {
  it("serves each route with its action, by method", async (t) => {
    const routes = defineRoutes({ home: "/", post: "/posts/:id" });
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope
        .get(routes.home, say("home"))
        .get(routes.post, say("show"))
        .post(routes.post, say("post"))
        .put(routes.post, say("put"))
        .patch(routes.post, say("patch"))
        .delete(routes.post, say("delete"))
        .options(routes.post, say("options"))
        .match(["PROPFIND", "REPORT"], routes.post, say("dav")),
    );
    assert.equal(await (await fetch("/")).text(), "home");
    assert.equal(await (await fetch("/posts/1")).text(), "show");
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      assert.equal(await (await fetch("/posts/1", { method })).text(), method.toLowerCase());
    }
    assert.equal(await (await fetch("/posts/1", { method: "REPORT" })).text(), "dav");
  });

  it("gives actions the params of path and query, the path's first", async (t) => {
    const show = (conn: Conn, params: Params) => conn.send(200, JSON.stringify([params, conn.pathParams]));
    const served = router().scope({ through: [] }, (scope) => scope.get("/chat/:room", show));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const answer = await fetch("/chat/a%20b?room=other&page=2");
    assert.deepEqual(await answer.json(), [{ room: "a b", page: "2" }, { room: "a b" }]);
  });

  it("runs the pipelines of a scope in order, and then the action", async (t) => {
    const served = router()
      .pipeline("one", [mark("a"), mark("b")])
      .pipeline("two", [async (conn) => mark("c")(conn)])
      .scope({ through: ["two", "one"] }, (scope) => scope.get("/both", say("both")))
      .scope({ through: "one" }, (scope) => scope.get("/one", say("one")));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal((await fetch("/both")).headers.get("x-marks"), "cab");
    assert.equal((await fetch("/one")).headers.get("x-marks"), "ab");
  });

  it("does not run the action after a plug that halted", async (t) => {
    const served = router()
      .pipeline("closed", [(conn) => void conn.halt().send(403, "closed")])
      .scope({ through: "closed" }, (scope) => scope.get("/", say("open")));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/")).text(), "closed");
  });

  it("waits for actions, and passes on what they throw", async (t) => {
    const served = router().scope({ through: [] }, (scope) =>
      scope
        .get("/later", async (conn) => {
          await null;
          conn.send(200, "later");
        })
        .get("/fails", async () => {
          await null;
          throw new Error("after a while");
        }),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/later")).text(), "later");
    assert.equal(await (await fetch("/fails")).text(), "after a while");
  });

  it("puts a scope's path before its patterns", async (t) => {
    const routes = defineRoutes({ users: "/admin/users" });
    const served = router(routes).scope({ through: [], path: "/admin" }, (scope) =>
      scope.get("/", say("dashboard")).get("/logs/:day", say("logs")).get(routes.users, say("users")),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/admin")).text(), "dashboard");
    assert.equal(await (await fetch("/admin/logs/monday")).text(), "logs");
    assert.equal(await (await fetch("/admin/users")).text(), "users");
    assert.equal((await fetch("/users")).status, 404);
  });

  it("keeps scopes of a host apart", () => {
    const served = router()
      .scope({ through: [] }, (scope) => scope.get("/", say("any")).get("/shared", say("any")))
      .scope({ through: [], host: "API.example.com" }, (scope) => scope.get("/", say("api")).post("/", say("api")))
      .scope({ through: [], host: "admin." }, (scope) => scope.get("/", say("admin")));
    const hostOf = (host?: string, path = "/") => served.match("GET", path, host)?.route.host;
    assert.equal(hostOf("api.example.com"), "api.example.com");
    assert.equal(hostOf("api.example.com", "/shared"), undefined);
    assert.equal(hostOf("admin.example.com"), "admin.");
    assert.equal(hostOf("www.example.com"), undefined);
    assert.equal(hostOf(), undefined);
    assert.equal(served.match("POST", "/", "www.example.com"), undefined);
  });

  it("prefers a whole host to the beginning of one, and a longer beginning to a shorter one", () => {
    const scopes = ["api.", "api.eu.", "api.eu.example.com"].reduce(
      (chain, host) => chain.scope({ through: [], host }, (scope) => scope.get("/", say(host))),
      router(),
    );
    const hostOf = (host: string) => scopes.match("GET", "/", host)?.route.host;
    assert.equal(hostOf("api.eu.example.com"), "api.eu.example.com");
    assert.equal(hostOf("api.eu.example.org"), "api.eu.");
    assert.equal(hostOf("api.us.example.com"), "api.");
  });

  it("serves several hosts with one scope", () => {
    const served = router().scope({ through: [], host: ["a.example", "B.example"] }, (scope) =>
      scope.get("/", say("")),
    );
    assert.deepEqual(
      ["a.example", "b.example", "c.example"].map((host) => served.match("GET", "/", host)?.route.host),
      ["a.example", "b.example", undefined],
    );
    assert.equal(served.routes.length, 2);
  });

  it("serves by the host of the request", async (t) => {
    const served = router()
      .scope({ through: [], host: "127.0.0.1" }, (scope) => scope.get("/", say("by number")))
      .scope({ through: [], host: "elsewhere.example" }, (scope) => scope.get("/hidden", say("hidden")));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/")).text(), "by number");
    assert.equal((await fetch("/hidden")).status, 404);
    assert.equal((await fetch("/", { method: "POST" })).headers.get("allow"), "GET, HEAD, OPTIONS");
  });

  it("renders live routes through their target, with the route", async (t) => {
    const seen: Route[] = [];
    const view: LiveTarget = {
      name: "chat",
      render(conn, route) {
        seen.push(route);
        conn.send(200, `${route.options.action} in ${conn.pathParams.room}`);
      },
    };
    const served = router()
      .pipeline("browser", [mark("x")])
      .scope({ through: "browser" }, (scope) =>
        scope.live("/chat/:room", view, { action: "show", liveSession: "main" }),
      );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const answer = await fetch("/chat/lobby");
    assert.equal(await answer.text(), "show in lobby");
    assert.equal(answer.headers.get("x-marks"), "x");
    assert.equal(seen[0], served.routes[0]);
    assert.equal(seen[0]?.live, view);
    assert.deepEqual(seen[0]?.options, { action: "show", liveSession: "main" });
  });

  it("answers HEAD as GET, without the body", async (t) => {
    const served = router().scope({ through: [] }, (scope) =>
      scope
        .get("/page", say("five!"))
        .get("/own", say("get"))
        .head("/own", mark("head"))
        .head("/own2", (conn) => conn.send(204, "")),
    );
    const { fetch } = await serve(t, async (conn) => {
      await served.call(conn);
      if (!conn.sent) conn.send(200, "");
    });
    const answer = await fetch("/page", { method: "HEAD" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), "5");
    assert.equal(await answer.text(), "");
    assert.equal((await fetch("/own", { method: "HEAD" })).headers.get("x-marks"), "head");
  });

  it("answers HEAD by the nearest route of HEAD and GET", () => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.get("/page", say("page")).head("/*path", say("any")).get("/x/*rest", say("rest")),
    );
    const patternOf = (method: string, path: string) => served.match(method, path)?.route.pattern;
    assert.equal(patternOf("HEAD", "/page"), "/page");
    assert.equal(patternOf("HEAD", "/other"), "/*path");
    assert.equal(patternOf("HEAD", "/x/y"), "/x/*rest");
    assert.equal(patternOf("GET", "/other"), undefined);
  });

  it('serves with match("*") what no other route of the same pattern serves', () => {
    const served = router().scope({ through: [] }, (scope) =>
      scope
        .match("*", "/page/:id", say("any"))
        .get("/page/:name", say("get"))
        .post("/page/new", say("post"))
        .match(["PUT", "PATCH"], "/page/:it", say("change")),
    );
    const found = (method: string, path: string) => {
      const match = served.match(method, path);
      return match && [match.route.method, { ...match.pathParams }];
    };
    assert.deepEqual(found("GET", "/page/1"), ["GET", { name: "1" }]);
    assert.deepEqual(found("HEAD", "/page/1"), ["GET", { name: "1" }]);
    assert.deepEqual(found("POST", "/page/1"), ["*", { id: "1" }]);
    assert.deepEqual(found("POST", "/page/new"), ["POST", {}]);
    assert.deepEqual(found("PATCH", "/page/new"), ["PATCH", { it: "new" }]);
    assert.deepEqual(found("PROPFIND", "/page/1"), ["*", { id: "1" }]);
    assert.equal(found("GET", "/"), undefined);
  });

  it("answers 405 with the methods that there are", async (t) => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.get("/posts/:id", say("get")).delete("/posts/new", say("delete")).post("/upload", say("post")),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const answer = await fetch("/posts/new", { method: "PUT" });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get("allow"), "DELETE, GET, HEAD, OPTIONS");
    assert.match(await answer.text(), /\/posts\/new is not served for PUT, only for DELETE, GET, HEAD, OPTIONS/);
    assert.equal((await fetch("/upload", { method: "HEAD" })).headers.get("allow"), "OPTIONS, POST");
    assert.equal((await fetch("/posts/new")).status, 200, "another method's fixed text hides nothing");
  });

  it("answers 400 for a malformed path", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.get("/chat/:room", say("chat")));
    const { url } = await serve(t, (conn) => served.call(conn));
    assert.equal(await statusOfRaw(url, "/chat/%E0%A4%A"), 400);
  });

  it("answers 404 for what no path can be", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.get("/*path", say("any")));
    const { url } = await serve(t, (conn) => served.call(conn));
    assert.equal(await statusOfRaw(url, "*"), 404);
  });

  it("shows near routes in the 404 of development", async (t) => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.get("/chat/:room/edit", say("")).get("/posts", say("")).post("/a/very/different/and/long/path", say("")),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn), { environment: "development" });
    const answer = await fetch("/chat/lobby/edti");
    assert.equal(answer.status, 404);
    assert.match(
      await answer.text(),
      /^no route for GET \/chat\/lobby\/edti; the nearest that there are:\n {2}GET {5}\/chat\/:room\/edit\nroutes are declared in .*router\.test\.ts:\d+$/,
    );
    assert.match(await (await fetch("/zzzzzzzzzzzzzzzzzz")).text(), /^no route for GET \/z+; routes are declared in/);
  });

  it("spends nothing on the 404 of production", async (t) => {
    const served = router().scope({ through: [] }, (scope) => scope.get("/posts", say("")));
    const { fetch } = await serve(t, (conn) => served.call(conn), { environment: "production" });
    assert.equal(await (await fetch("/post")).text(), "no route for GET /post");
  });

  it("is immutable: every link is a router of its own", () => {
    const empty = router();
    const one = empty.scope({ through: [] }, (scope) => scope.get("/one", say("1")));
    const two = one.scope({ through: [] }, (scope) => scope.get("/two", say("2")));
    assert.deepEqual([empty.routes.length, one.routes.length, two.routes.length], [0, 1, 2]);
    assert.ok(Object.isFrozen(two.routes) && two.routes.every(Object.isFrozen));
  });

  it("describes its routes in order", () => {
    const view: LiveTarget = { name: "view", render: () => {} };
    const served = router()
      .pipeline("browser", [])
      .scope({ through: "browser" }, (scope) => scope.get("/b", say("")).live("/a", view))
      .scope({ through: [] }, (scope) => scope.match(["GET", "POST"], "/c", say("")));
    assert.deepEqual(
      served.routes.map(({ method, pattern, pipelines, live }) => [method, pattern, pipelines, live]),
      [
        ["GET", "/b", ["browser"], undefined],
        ["GET", "/a", ["browser"], view],
        ["GET", "/c", [], undefined],
        ["POST", "/c", [], undefined],
      ],
    );
  });

  it("reports which route a request took", async (t) => {
    const patterns: string[] = [];
    t.after(routerDispatch.attach(({ route, conn }) => patterns.push(`${conn.path} by ${route.pattern}`)));
    const served = router().scope({ through: [] }, (scope) => scope.get("/chat/:room", say("")));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    await fetch("/chat/lobby");
    await fetch("/nowhere");
    assert.deepEqual(patterns, ["/chat/lobby by /chat/:room"]);
  });
});

/** Clients clean targets up before they send them; this one sends them as they are. */
function statusOfRaw(url: string, path: string, method = "GET"): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { path, method }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
