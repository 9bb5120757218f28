import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fetchFlash, putFlash, redirect, text } from "../../src/controller/index.ts";
import { accepts, type Conn, fetchSession, type Plug, protectFromForgery } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import {
  conn,
  get,
  initTestSession,
  redirectedTo,
  response,
  runPlug,
  throughPipelines,
} from "../../src/testing/index.ts";

const routes = defineRoutes({ post: "/posts/:id", locked: "/locked", mounted: "/mounted/*rest" });
const never: Plug = () => assert.fail("what the route leads to was run");
const lock: Plug = (served) => {
  text(served.halt(), "locked");
};
const shop = router(routes)
  .pipeline("browser", [accepts("html"), fetchSession(), fetchFlash(), protectFromForgery()])
  .pipeline("locked", [lock])
  .scope({ through: "browser" }, (scope) =>
    scope
      .get(routes.post, never)
      .post(routes.post, never)
      .scope({ through: "locked" }, (inner) => inner.get(routes.locked, never)),
  )
  .scope({ through: [] }, (scope) => scope.get(routes.mounted, never));

const requireUser: Plug = (served) => {
  if (served.session.get("userId") === undefined) redirect(served.halt(), { to: "/login" });
};

describe("throughPipelines()", () => {
  it("runs a plug behind the pipelines of a route, in place of its target", async () => {
    const page = await throughPipelines(conn(shop), routes.post({ id: 7 }), requireUser);
    assert.equal(redirectedTo(page), "/login");
    assert.deepEqual(
      [page.halted, page.served.format, page.params.id, page.route?.pattern],
      [true, "html", "7", "/posts/:id"],
    );
  });

  it("has the visitor's session", async () => {
    const page = await throughPipelines(
      initTestSession(conn(shop), { userId: 7 }),
      routes.post({ id: 7 }),
      requireUser,
    );
    assert.deepEqual([page.halted, page.sent, page.session], [false, false, { userId: 7 }]);
  });

  it("gives back a visitor who can go on", async () => {
    const answer: Plug = (served) => {
      putFlash(served, "info", "Hello.");
      redirect(served, { to: "/" });
    };
    const first = await throughPipelines(conn(shop), routes.post({ id: 7 }), answer);
    const second = await throughPipelines(first, routes.post({ id: 7 }), () => {});
    assert.deepEqual(second.flash, { info: "Hello." });
  });

  it("ends where a pipeline halts", async () => {
    assert.equal(response(await throughPipelines(conn(shop), "/locked", never), 200), "locked");
  });

  it("takes another method, whose requests are protected as ever", async () => {
    const hello = (served: Conn) => text(served, "hello");
    const at = routes.post({ id: 7 });
    assert.equal(response(await throughPipelines(conn(shop), at, hello, { method: "post" }), 200), "hello");
    const unprotected = conn(shop, { csrfToken: false });
    await assert.rejects(throughPipelines(unprotected, at, hello, { method: "POST" }), { status: 403 });
  });

  it("rejects with what the plug throws, and for a path that nobody serves", async () => {
    const error = new Error("broken");
    const broken: Plug = async () => {
      throw error;
    };
    await assert.rejects(throughPipelines(conn(shop), "/mounted/x", broken), (thrown) => thrown === error);
    await assert.rejects(throughPipelines(conn(shop), "/nowhere", never), /no route serves GET \/nowhere/);
    await assert.rejects(throughPipelines(await runPlug(() => {}), "/", never), /make a visitor with conn\(\)/);
  });

  it("leaves the routes as they are", async () => {
    await throughPipelines(conn(shop), "/mounted/x", () => {});
    await assert.rejects(
      async () => response(await get(conn(shop), "/mounted/x"), 200),
      /what the route leads to was run/,
    );
  });
});
