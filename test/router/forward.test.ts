import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Conn, HttpError, type Plug, provide, requirement } from "../../src/plug/index.ts";
import { defineRoutes, group, type LiveTarget, type Router, router, scriptName } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const tell = (conn: Conn) => conn.send(200, [conn.method, conn.path, conn.requestPath, scriptName(conn)].join(" "));
const mark =
  (text: string): Plug =>
  (conn) =>
    void conn.setHeader("x-marks", `${conn.getHeader("x-marks") ?? ""}${text}${conn.path};`);

describe("a plug that is forwarded to", () => {
  const served = router()
    .pipeline("outer", [mark("outer ")])
    .scope({ through: "outer" }, (scope) =>
      scope
        .forward("/files", tell)
        .get("/files/own", (conn) => conn.send(200, "own"))
        .forward("/teams/:team/files", (conn) => conn.send(200, `${conn.pathParams.team} ${conn.path}`)),
    );

  it("sees the rest of the path, for whatever method", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const body = async (path: string, method = "GET") => (await fetch(path, { method })).text();
    assert.equal(await body("/files/a/b%20c"), "GET /a/b%20c /files/a/b%20c /files");
    assert.equal(await body("/files"), "GET / /files /files");
    assert.equal(await body("/files/"), "GET / /files/ /files");
    assert.equal(await body("/files//x"), "GET //x /files//x /files");
    assert.equal(await body("/files/x?a=1", "DELETE"), "DELETE /x /files/x /files");
    assert.equal(await body("/files/x", "OPTIONS"), "OPTIONS /x /files/x /files");
    assert.equal(await body("/files/own"), "own");
    assert.equal(await body("/files/own", "POST"), "POST /own /files/own /files");
    assert.equal((await fetch("/filesystem")).status, 404);
  });

  it("sees it with params in the path before", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/teams/a%2Fb/files/x/y")).text(), "a/b /x/y");
  });

  it("goes through the pipelines first, which see the whole path", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal((await fetch("/files/a")).headers.get("x-marks"), "outer /files/a;");
  });

  it("leaves the path as it was, however it ends", async (t) => {
    const paths: string[] = [];
    const note: Plug = (conn) => {
      conn.beforeSend(() => void paths.push(conn.path));
    };
    const failing = router()
      .pipeline("note", [note])
      .scope({ through: "note" }, (scope) =>
        scope
          .forward("/now", () => {
            throw new HttpError(418);
          })
          .forward("/later", async () => {
            await null;
            throw new HttpError(418);
          }),
      );
    const { fetch } = await serve(t, (conn) => failing.call(conn));
    assert.equal((await fetch("/now/x")).status, 418);
    assert.equal((await fetch("/later/x")).status, 418);
    assert.deepEqual(paths, ["/now/x", "/later/x"]);
  });

  it("is served for a name of defineRoutes", () => {
    const routes = defineRoutes({ files: "/files" });
    const named = router(routes).scope({ through: [] }, (scope) => scope.forward(routes.files, tell));
    assert.deepEqual(
      named.routes.map(({ name, method, pattern }) => [name, method, pattern]),
      [["files", "*", "/files/*"]],
    );
  });

  it("takes everything at /, as far as nothing else does", async (t) => {
    const all = router().scope({ through: [] }, (scope) => scope.forward("/", tell).get("/own", tell));
    const { fetch } = await serve(t, (conn) => all.call(conn));
    assert.equal(await (await fetch("/x/y")).text(), "GET /x/y /x/y ");
    assert.equal(all.match("GET", "/own")?.route.pattern, "/own");
  });

  it("cannot stand behind a rest", () => {
    const broken = () => router().scope({ through: [] }, (scope) => scope.forward("/files/*path", tell));
    assert.throws(broken, { message: /"\/files\/\*path" cannot be forwarded: leave its last part out/ });
  });

  it("has to be something that can be forwarded to", () => {
    const broken = () => router().scope({ through: [] }, (scope) => scope.forward("/x", {} as Router));
    assert.throws(broken, { message: /the target is a router, a plug, or an object with a fetch function/ });
  });
});

describe("a router that is forwarded to", () => {
  const view: LiveTarget = { name: "view", render: tell };
  const inner = defineRoutes({ home: "/", user: "/users/:id", live: "/live" });
  const dashboard = router(inner)
    .pipeline("browser", [mark("inner ")])
    .scope({ through: "browser" }, (scope) =>
      scope
        .get(inner.home, tell)
        .post(inner.user, tell)
        .liveSession("main", (main) => main.live(inner.live, view)),
    );
  const routes = defineRoutes({ dashboard: "/admin/dashboard" });
  const served = router(routes)
    .pipeline("browser", [mark("outer ")])
    .scope({ through: "browser" }, (scope) => scope.forward(routes.dashboard, dashboard))
    .scope({ through: [] }, (scope) =>
      scope.get("/admin/:page", tell).liveSession("main", (main) => main.live("/", view)),
    );

  it("has its routes below the path, through the pipelines of both", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const home = await fetch("/admin/dashboard");
    assert.equal(await home.text(), "GET / /admin/dashboard /admin/dashboard");
    assert.equal(home.headers.get("x-marks"), "outer /admin/dashboard;inner /;");
    const user = await fetch("/admin/dashboard/users/7", { method: "POST" });
    assert.equal(await user.text(), "POST /users/7 /admin/dashboard/users/7 /admin/dashboard");
    assert.equal((await fetch("/admin/dashboard/users/7")).headers.get("allow"), "OPTIONS, POST");
    assert.equal((await fetch("/admin/dashboard/nothing")).status, 404);
    assert.equal(await (await fetch("/admin/other")).text(), "GET /admin/other /admin/other ");
  });

  it("shows its routes with those of the other, its pipelines and live sessions as its own", () => {
    assert.deepEqual(
      served.routes.map(({ name, method, pattern, mountedAt, pipelines, options }) => [
        ...[name, method, pattern, mountedAt, pipelines.join(" "), options.liveSession],
      ]),
      [
        [
          "dashboard.home",
          "GET",
          "/admin/dashboard",
          "/admin/dashboard",
          "browser /admin/dashboard:browser",
          undefined,
        ],
        [
          ...["dashboard.user", "POST", "/admin/dashboard/users/:id", "/admin/dashboard"],
          ...["browser /admin/dashboard:browser", undefined],
        ],
        [
          ...["dashboard.live", "GET", "/admin/dashboard/live", "/admin/dashboard"],
          ...["browser /admin/dashboard:browser", "/admin/dashboard:main"],
        ],
        [undefined, "GET", "/admin/:page", "", "", undefined],
        [undefined, "GET", "/", "", "", "main"],
      ],
    );
  });

  it("keeps its pipelines apart from those of others, whatever their names", async (t) => {
    const inner = (text: string) =>
      router()
        .pipeline("browser", [mark(text)])
        .scope({ through: "browser" }, (scope) => scope.liveSession("main", (main) => main.live("/", view)));
    const around = router()
      .scope({ through: [], host: "127.0.0.1" }, (scope) => scope.forward("/x", inner("a")))
      .scope({ through: [], host: "b.example" }, (scope) => scope.forward("/x", inner("b")))
      .scope({ through: [] }, (scope) => scope.forward("/", inner("c")));
    const { fetch } = await serve(t, (conn) => around.call(conn));
    assert.equal((await fetch("/x")).headers.get("x-marks"), "a/;");
    assert.equal((await fetch("/")).headers.get("x-marks"), "c/;");
    assert.deepEqual(
      around.routes.map(({ pipelines, options }) => [pipelines.join(" "), options.liveSession]),
      [
        ["//127.0.0.1/x:browser", "//127.0.0.1/x:main"],
        ["//b.example/x:browser", "//b.example/x:main"],
        [":browser", ":main"],
      ],
    );
    const mingled = router().scope({ through: [] }, (scope) =>
      scope.forward("/:a", inner("a")).forward("/:b", inner("b")),
    );
    assert.match(problemsOf(mingled).join("\n"), /\/:b \(.*\) is forwarded to a router, and so is \/:a \(/);
  });

  it("may itself forward to a router", async (t) => {
    const outermost = router().scope({ through: [] }, (scope) => scope.forward("/:tenant", served));
    const { fetch } = await serve(t, (conn) => outermost.call(conn));
    assert.equal(
      await (await fetch("/acme/admin/dashboard/live")).text(),
      "GET /live /acme/admin/dashboard/live /acme/admin/dashboard",
    );
    assert.deepEqual(
      { ...outermost.match("POST", "/acme/admin/dashboard/users/1")?.pathParams },
      { tenant: "acme", id: "1" },
    );
  });

  it("answers for the host of the scope that forwards", () => {
    const hosted = router().scope({ through: [], host: "a.example" }, (scope) => scope.forward("/d", dashboard));
    assert.equal(hosted.match("GET", "/d", "a.example")?.route.host, "a.example");
    assert.equal(hosted.match("GET", "/d", "b.example"), undefined);
  });

  it("may rely on what the pipelines around it provide, where types cannot see it", () => {
    const user = requirement("user", () => "ann");
    const requiring = Object.assign(() => {}, { requirements: [user] });
    const needy = router().scope({ through: [] }, (scope) => scope.get("/", requiring));
    assert.throws(() => needy.check(), { message: /requires "user"/ });
    router()
      .pipeline("users", [provide(user)])
      .scope({ through: "users" }, (scope) => scope.forward("/needy", needy))
      .check();
  });

  it("is checked with it: what is wrong inside, and what does not go together", () => {
    const broken = router(defineRoutes({ home: "/", lost: "/lost" })).scope(
      { through: [], host: "b.example" },
      (scope) => scope.get("/", tell).get("/:id", tell),
    );
    const around = router()
      .scope({ through: [], host: "a.example" }, (scope) => scope.forward("/x/:id", broken))
      .scope({ through: [] }, (scope) => scope.forward("/y", dashboard).get("/y/users", tell).get("/y", tell));
    const problems = problemsOf(around);
    assert.equal(problems.length, 5, problems.join("\n"));
    assert.match(problems[0] ?? "", /^routes\.lost \(\/lost\) is served by nobody/);
    assert.match(
      problems[1] ?? "",
      /^GET \/y is served twice: at .*forward\.test\.ts:\d+ and at .*forward\.test\.ts:\d+$/,
    );
    assert.match(problems[2] ?? "", /for the host b\.example, but forwarded to only for a\.example/);
    assert.match(problems[4] ?? "", /is forwarded to as \/x\/:id\/:id, which has the param "id" twice/);
  });

  it("stands in a group of names that are written for it", () => {
    const parts = group("/d", { home: "/", user: "/users/:id" });
    assert.equal(defineRoutes({ dashboard: parts }).dashboard.user({ id: 1 }), "/d/users/1");
  });
});

function problemsOf(served: Router): readonly string[] {
  try {
    served.check();
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}
