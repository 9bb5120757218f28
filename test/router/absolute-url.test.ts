import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerConfig } from "../../src/plug/index.ts";
import { defineRoutes, resources, router } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const routes = defineRoutes({ home: "/", chat: "/chat/:room", posts: resources("/posts") });
const at = (url: ServerConfig["url"]) => ({ config: { url } });

describe("url", () => {
  it("begins with where the application is reached, without the scheme's own port", () => {
    assert.equal(routes.home.url(at({ scheme: "https", host: "example.org", port: 443 })), "https://example.org/");
    assert.equal(
      routes.chat.url(at({ scheme: "http", host: "localhost", port: 4000 }), { room: "a b" }),
      "http://localhost:4000/chat/a%20b",
    );
    assert.equal(routes.posts.new.url(at({ scheme: "http", host: "::1", port: 80 })), "http://[::1]/posts/new");
  });

  it("begins with a base that it is given", () => {
    assert.equal(routes.posts.show.url("https://example.org", { id: 1 }), "https://example.org/posts/1");
    assert.equal(routes.home.url("https://example.org/shop/"), "https://example.org/shop/");
    assert.equal(routes.home.url(new URL("https://example.org:8443/?q#f")), "https://example.org:8443/");
  });

  it("takes a query and a fragment", () => {
    const options = { query: { page: 2 }, fragment: "end" };
    assert.equal(routes.home.url("https://example.org", {}, options), "https://example.org/?page=2#end");
    assert.equal(routes.chat.url("https://e.org", { room: "x" }, options), "https://e.org/chat/x?page=2#end");
  });

  it("does not believe the host that a request names", async (t) => {
    const served = router(routes).scope({ through: [] }, (scope) =>
      scope
        .get(routes.home, (conn) => conn.send(200, routes.chat.url(conn, { room: "x" })))
        .get(routes.chat, () => {})
        .resources(
          routes.posts,
          Object.fromEntries(Object.keys(routes.posts).map((name) => [name, () => {}])) as never,
        ),
    );
    const { fetch } = await serve(t, (conn) => served.call(conn), {
      url: { scheme: "https", host: "example.org", port: 443 },
    });
    const answer = await fetch("/", { headers: { host: "evil.example", "x-forwarded-host": "evil.example" } });
    assert.equal(await answer.text(), "https://example.org/chat/x");
  });

  it("refuses what is no base", () => {
    for (const base of ["example.org", "/path", "", "mailto:a@example.org"]) {
      assert.throws(() => routes.home.url(base), {
        message: /is no base of a URL: give it like https:\/\/example\.org/,
      });
    }
  });
});
