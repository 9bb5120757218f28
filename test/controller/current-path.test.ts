import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentPath, currentUrl, text } from "../../src/controller/index.ts";
import type { ServerConfig } from "../../src/plug/index.ts";
import { testConn } from "../../src/testing/index.ts";
import { exchange, serve } from "../plug/server.ts";

describe("currentPath", () => {
  it("is path and query as they came", () => {
    assert.equal(currentPath(testConn({ path: "/a%20b?x=1&y=%C3%BC" })), "/a%20b?x=1&y=%C3%BC");
    assert.equal(currentPath(testConn({ path: "/a" })), "/a");
  });

  it("takes another query in place of it", () => {
    assert.equal(currentPath(testConn({ path: "/posts?page=2&x=1" }), { page: 3, q: "a b" }), "/posts?page=3&q=a+b");
    assert.equal(currentPath(testConn({ path: "/posts?page=2" }), {}), "/posts");
  });

  it("stays on this site when the path that was asked for would leave it", async (t) => {
    const { port } = await serve(t, (conn) => text(conn, currentPath(conn)));
    for (const target of ["//evil.example/a", "///evil.example", "/\\evil.example", "/\\/evil.example?x"]) {
      const answer = await exchange(port, `GET ${target} HTTP/1.1\r\nhost: here.example\r\nconnection: close\r\n\r\n`);
      const path = answer.slice(answer.indexOf("\r\n\r\n") + 4);
      assert.equal(new URL(path, "https://here.example/x").origin, "https://here.example", `${target} became ${path}`);
    }
  });
});

describe("currentUrl", () => {
  const url = (configured: ServerConfig["url"], path: string) =>
    currentUrl(testConn({ path, config: { url: configured } }));

  it("begins with the configured URL, not with the host that the client names", () => {
    const shop = { url: { scheme: "https", host: "shop.example", port: 443 } } as const;
    const headers = { "x-forwarded-host": "evil.example" };
    const conn = testConn({ path: "/x?y=2", host: "evil.example", headers, config: shop });
    assert.equal(currentUrl(conn, { a: 1 }), "https://shop.example/x?a=1");
  });

  it("names the port if it is not the scheme's own", () => {
    assert.equal(url({ scheme: "http", host: "localhost", port: 4000 }, "/x"), "http://localhost:4000/x");
    assert.equal(url({ scheme: "http", host: "localhost", port: 80 }, "/x"), "http://localhost/x");
    assert.equal(url({ scheme: "http", host: "::1", port: 443 }, "/x"), "http://[::1]:443/x");
  });
});
