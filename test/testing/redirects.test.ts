import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { redirect } from "../../src/controller/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { conn, get, pathParams, redirectedParams, redirectedTo, runPlug } from "../../src/testing/index.ts";
import { messageOf } from "./site.ts";

const routes = defineRoutes({
  post: "/posts/:id",
  file: "/files/*path",
  toPost: "/go",
  moved: "/moved",
  away: "/away",
  odd: "/odd",
});
const visitor = conn(
  router(routes).scope({ through: [] }, (scope) =>
    scope
      .get(routes.post, () => {})
      .get(routes.file, () => {})
      .get(routes.toPost, (served) => redirect(served, { to: `${routes.post({ id: "a/b" })}?x=1#end` }))
      .get(routes.moved, (served) => redirect(served, { to: "/files/a/b" }, 301))
      .get(routes.away, (served) => redirect(served, { external: "https://example.org/posts/7" }))
      .get(routes.odd, (served) => served.send(302, "")),
  ),
);

describe("redirectedTo", () => {
  it("is where the answer leads", async () => {
    assert.equal(redirectedTo(await get(visitor, "/go")), "/posts/a%2Fb?x=1#end");
    assert.equal(redirectedTo(await get(visitor, "/away")), "https://example.org/posts/7");
    assert.equal(redirectedTo(await get(visitor, "/moved"), 301), "/files/a/b");
  });

  it("fails for another redirect than asked for, and for what is none", async () => {
    const moved = await get(visitor, "/moved");
    assert.match(
      messageOf(() => redirectedTo(moved)),
      /^GET \/moved was to be answered with 302, but the answer was 301/,
    );
    const odd = await get(visitor, "/odd");
    assert.match(
      messageOf(() => redirectedTo(odd)),
      /was to be redirected, but the answer has no location/,
    );
  });
});

describe("redirectedParams", () => {
  it("are those of the route that the answer leads to", async () => {
    const page = await get(visitor, "/go");
    assert.deepEqual(redirectedParams(page), { id: "a/b" });
    const { id } = redirectedParams(page, routes.post);
    assert.equal(id, "a/b");
    assert.equal(redirectedParams(await get(visitor, "/moved"), routes.file, 301).path, "a/b");
  });

  it("fail for another route", async () => {
    const page = await get(visitor, "/go");
    const message = "/posts/a%2Fb?x=1#end: it is a path of /posts/:id, not of /files/*path";
    assert.equal(
      messageOf(() => redirectedParams(page, routes.file)),
      message,
    );
  });
});

describe("pathParams", () => {
  it("are those that a GET of the path would have", () => {
    assert.deepEqual(pathParams(visitor, "/files/x/y"), { path: "x/y" });
    assert.equal(pathParams(visitor, "http://localhost/posts/7", routes.post).id, "7");
  });

  it("fail for a path that nobody serves", () => {
    assert.throws(() => pathParams(visitor, "/nowhere"), {
      code: "ERR_ASSERTION",
      message: "/nowhere: no route serves it",
    });
  });

  it("are not known of what runPlug gives back", async () => {
    const page = await runPlug(() => {});
    assert.throws(() => pathParams(page, "/"), /has no router: make a visitor with conn\(\)/);
  });
});
