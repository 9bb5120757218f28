import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conn, Plug } from "../../src/plug/index.ts";
import { defineRoutes, type LiveTarget, router } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const answer = (_conn: Conn) => {};
const mark =
  (text: string): Plug =>
  (conn) =>
    void conn.setHeader("x-marks", (conn.getHeader("x-marks") ?? "") + text);
const tellAssigns = (conn: Conn) => conn.send(200, JSON.stringify(conn.assigns));

describe("a scope in a scope", () => {
  const chain = router()
    .pipeline("one", [mark("1")])
    .pipeline("two", [mark("2")])
    .pipeline("three", [mark("3")]);

  it("goes through the pipelines around it first", async (t) => {
    const served = chain.scope({ through: "one" }, (scope) =>
      scope
        .get("/outer", (conn) => conn.send(200, "outer"))
        .scope({ through: ["three", "two"], path: "/a" }, (inner) =>
          inner
            .get("/inner", (conn) => conn.send(200, "inner"))
            .scope({ path: "/b" }, (innermost) => innermost.get("/:id", (conn, { id }) => conn.send(200, id))),
        ),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal((await fetch("/outer")).headers.get("x-marks"), "1");
    assert.equal((await fetch("/a/inner")).headers.get("x-marks"), "132");
    assert.equal((await fetch("/a/b/c")).headers.get("x-marks"), "132");
    assert.equal(await (await fetch("/a/b/c")).text(), "c");
    assert.deepEqual(
      served.routes.map(({ pattern, pipelines }) => `${pattern} ${pipelines.join(" ")}`),
      ["/outer one", "/a/inner one three two", "/a/b/:id one three two"],
    );
  });

  it("gives actions the params of the paths around it", async (t) => {
    const served = router().scope({ through: [], path: "/teams/:team" }, (scope) =>
      scope.scope({ path: "/rooms/:room" }, (inner) =>
        inner.get("/seats/:seat", (conn, { team, room, seat }) => conn.send(200, `${team} ${room} ${seat}`)),
      ),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/teams/red/rooms/b/seats/3")).text(), "red b 3");
  });

  it("has a host of its own, or else that of the scope around it", () => {
    const served = router().scope({ through: [], host: "a.example" }, (scope) =>
      scope
        .scope({ path: "/kept" }, (inner) => inner.get("/", answer))
        .scope({ path: "/other", host: "b.example" }, (inner) => inner.get("/", answer)),
    );
    assert.deepEqual(
      served.routes.map(({ host }) => host),
      ["a.example", "b.example"],
    );
  });

  it("refuses a malformed path where it is written", () => {
    assert.throws(() => router().scope({ through: [] }, (scope) => scope.scope({ path: "/a/" }, () => {})), {
      message: /"\/a\/" cannot be used/,
    });
  });
});

describe("assigns and private values of scopes and routes", () => {
  const secret = Symbol("secret");

  it("are there before the pipelines run, those further in over those around them", async (t) => {
    const seen: unknown[] = [];
    const served = router()
      .pipeline("look", [(conn) => void seen.push({ ...conn.assigns }, conn.getPrivate(secret))])
      .scope({ through: "look", assigns: { section: "all", tone: "calm" }, private: { [secret]: 1 } }, (scope) =>
        scope.get("/outer", tellAssigns).scope({ assigns: { section: "admin" }, private: { [secret]: 2 } }, (inner) =>
          inner.get("/inner", tellAssigns).get("/own", tellAssigns, {
            assigns: { section: "own" },
            private: { [secret]: 3 },
          }),
        ),
      );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.deepEqual(await (await fetch("/outer")).json(), { section: "all", tone: "calm" });
    assert.deepEqual(await (await fetch("/inner")).json(), { section: "admin", tone: "calm" });
    assert.deepEqual(await (await fetch("/own")).json(), { section: "own", tone: "calm" });
    assert.deepEqual(seen, [
      { section: "all", tone: "calm" },
      1,
      { section: "admin", tone: "calm" },
      2,
      { section: "own", tone: "calm" },
      3,
    ]);
  });
});

describe("the names of routes", () => {
  it("are those that are given, behind those of the scopes, or else those of defineRoutes", () => {
    const routes = defineRoutes({ home: "/", admin: { users: "/admin/users" } });
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope
        .get(routes.home, answer)
        .post(routes.home, answer, { name: "other" })
        .get("/health", answer, { name: "health" })
        .get("/unnamed", answer)
        .scope({ path: "/admin", name: "admin" }, (admin) =>
          admin.get(routes.admin.users, answer).get("/logs", answer, { name: "logs" }),
        ),
    );
    assert.deepEqual(
      served.routes.map(({ name }) => name),
      ["home", "other", "health", undefined, "admin.users", "admin.logs"],
    );
  });
});

describe("a live session", () => {
  const view: LiveTarget = { name: "view", render: () => {} };

  it("may put values on the conn of its pages", async (t) => {
    const page: LiveTarget = { name: "page", render: tellAssigns };
    const served = router().scope({ through: [], assigns: { tone: "calm" } }, (scope) =>
      scope.live("/out", page).liveSession("shop", { assigns: { section: "shop" } }, (shop) => shop.live("/in", page)),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.deepEqual(await (await fetch("/out")).json(), { tone: "calm" });
    assert.deepEqual(await (await fetch("/in")).json(), { tone: "calm", section: "shop" });
    assert.equal(served.routes[1]?.options.liveSession, "shop");
  });

  it("is what its live routes belong to, unless they say otherwise", () => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.live("/outside", view).liveSession("main", (main) =>
        main
          .live("/inside", view, { action: "show" })
          .live("/elsewhere", view, { liveSession: "other" })
          .scope({ path: "/deep" }, (deep) => deep.live("/down", view)),
      ),
    );
    assert.deepEqual(
      served.routes.map(({ options }) => options),
      [{}, { action: "show", liveSession: "main" }, { liveSession: "other" }, { liveSession: "main" }],
    );
  });
});
