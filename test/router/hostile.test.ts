/** Paths that somebody made up to hurt. A search that takes exponentially long runs into the time-out of the tests. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it, type TestContext } from "node:test";
import type { Conn } from "../../src/plug/index.ts";
import { type Router, router } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const answer = (_conn: Conn) => {};

describe("a hostile path", () => {
  it("cannot make a pattern backtrack like a regular expression", () => {
    const served = routerOf("/(a+)+$", "/(a|a)+b", "/^(.+)+$/:x", "/[a-z]+/:x", "/:x/(.+a){20}");
    for (const path of [`/${"a".repeat(50_000)}!`, `/${"a".repeat(50_000)}/`, `/${"a/".repeat(50_000)}!`]) {
      assert.doesNotThrow(() => served.match("GET", path), path.slice(0, 10));
    }
    assert.equal(served.match("GET", "/(a+)+$")?.route.pattern, "/(a+)+$");
    assert.equal(served.match("GET", "/%28a%2B%29%2B$")?.route.pattern, "/(a+)+$");
    assert.equal(served.match("GET", "/aaa"), undefined);
  });

  it("cannot make the search go back exponentially often", () => {
    const depth = 12;
    const mixes = Array.from({ length: 2 ** depth }, (_, bits) => {
      const segments = Array.from({ length: depth }, (_, at) => ((bits >> at) & 1 ? `:p${at}` : "a"));
      return `/${segments.join("/")}/end`;
    });
    const served = routerOf(...mixes);
    const path = "/a".repeat(depth);
    for (let round = 0; round < 100; round++) assert.equal(served.match("GET", `${path}/other`), undefined);
    assert.equal(served.match("GET", `${path}/end`)?.route.pattern, `${path}/end`);
  });

  it("may have as many segments as it likes", () => {
    const served = routerOf("/:a/:b", "/files/*path", "/x");
    const slashes = "/".repeat(100_000);
    assert.equal(served.match("GET", slashes), undefined);
    assert.equal(served.match("GET", `/files${"/a".repeat(100_000)}`)?.pathParams.path?.length, 199_999);
    assert.deepEqual(
      { ...served.match("GET", "/1/2")?.pathParams },
      { a: "1", b: "2" },
      "what came before is forgotten",
    );
    assert.equal(served.match("GET", "/files")?.pathParams.path, "");
  });

  it("has escapes decoded once, and never into a separator", () => {
    const served = routerOf("/files/:name", "/files/:folder/:name", "/a%2Fb".replace("%2F", "/"));
    const paramsOf = (path: string) => ({ ...served.match("GET", path)?.pathParams });
    assert.deepEqual(paramsOf("/files/..%2f..%2Fetc%2fpasswd"), { name: "../../etc/passwd" });
    assert.deepEqual(paramsOf("/files/%252e%252e%252f"), { name: "%2e%2e%2f" });
    assert.deepEqual(paramsOf("/files/%25252f"), { name: "%252f" });
    assert.deepEqual(paramsOf("/files/%2525"), { name: "%25" });
    assert.equal(served.match("GET", "/a%2fb"), undefined);
  });

  for (const path of [
    "/x/%00",
    "/x/%",
    "/x/%2",
    "/x/%zz",
    "/x/%u0041",
    "/x/%C3",
    "/x/%C0%AF",
    "/x/%ED%A0%80",
    "/x/%FF",
    "/%E0%80%AF/x",
  ]) {
    it(`is refused with 400 if it is ${path}, and the server goes on`, async (t) => {
      const { ask } = await site(t, routerOf("/:a/:b", "/x/*rest"));
      assert.equal(await ask(path), 400);
      assert.equal(await ask("/x/fine"), 200);
    });
  }

  it("cannot reach names that objects have", () => {
    const served = routerOf("/:constructor", "/:toString/:valueOf");
    const params = served.match("GET", "/a/b")?.pathParams;
    assert.deepEqual(Object.entries(params ?? {}), [
      ["toString", "a"],
      ["valueOf", "b"],
    ]);
    for (const path of ["/__proto__", "/constructor", "/hasOwnProperty"]) {
      assert.deepEqual({ ...served.match("GET", path)?.pathParams }, { constructor: path.slice(1) });
    }
    for (const method of ["__proto__", "constructor", "toString"]) assert.equal(served.match(method, "/x"), undefined);
  });

  it("cannot leave the prefix of a forward", async (t) => {
    const seen: string[] = [];
    const served = router().scope({ through: [] }, (scope) =>
      scope.forward("/inner", (conn) => {
        seen.push(conn.path);
        conn.send(200, "");
      }),
    );
    const { ask } = await site(t, served);
    for (const path of ["/inner/../secret", "/inner/%2e%2e/secret", "/inner//evil.example", "/inner/\\evil"])
      await ask(path);
    assert.deepEqual(seen, ["/../secret", "/%2e%2e/secret", "//evil.example", "/\\evil"]);
    for (const path of ["/innermost", "//inner/x", "/Inner/x", "/x/../inner/y"])
      assert.equal(await ask(path), 404, path);
  });
});

function routerOf(...patterns: readonly string[]): Router {
  return router().scope({ through: [] }, (scope) => {
    for (const pattern of patterns) scope.get(pattern, answer);
  });
}

/** A site that is asked for paths exactly as they are written, which clients otherwise clean up first. */
async function site(t: TestContext, served: Router): Promise<{ ask(path: string): Promise<number | undefined> }> {
  const { url } = await serve(t, async (conn) => {
    await served.call(conn);
    if (!conn.sent) conn.send(200, "");
  });
  const ask = (path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = request(url, { path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asking.on("error", reject).end();
    });
  return { ask };
}
