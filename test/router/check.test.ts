import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Conn } from "../../src/plug/index.ts";
import { defineRoutes, type LiveTarget, type Router, router } from "../../src/router/index.ts";

const here = fileURLToPath(import.meta.url);
const answer = (_conn: Conn) => {};
const view: LiveTarget = { name: "view", render: () => {} };

describe("check", () => {
  it("is content with a router that serves everything once", () => {
    const routes = defineRoutes({ home: "/", chat: "/chat/:room", file: "/files/*path" });
    router(routes)
      .pipeline("browser", [])
      .scope({ through: "browser" }, (scope) =>
        scope.get(routes.home, answer).post(routes.home, answer).live(routes.chat, view).get(routes.file, answer),
      )
      .check();
  });

  it("reports routes that nobody serves", () => {
    const routes = defineRoutes({ home: "/", about: "/about", chat: "/chat/:room" });
    const served = router(routes).scope({ through: [] }, (scope) => scope.get(routes.home, answer));
    assert.deepEqual(problemsOf(served), [
      "routes.about (/about) is served by nobody: add it to a scope, or take it out of defineRoutes",
      "routes.chat (/chat/:room) is served by nobody: add it to a scope, or take it out of defineRoutes",
    ]);
  });

  it("reports what is served twice, with both places", () => {
    const served = router().scope({ through: [] }, (scope) => {
      scope.get("/about", answer);
      scope.live("/about", view);
    });
    assert.match(problemsOf(served)[0] ?? "", /^GET \/about is served twice: at .*:\d+ and at .*:\d+$/);
    const [first, second] = placesIn(problemsOf(served)[0]);
    assert.equal(second, (first ?? 0) + 1);
  });

  it("reports routes that another one hides", () => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.get("/chat/:room", answer).get("/chat/:id", answer).post("/chat/:id", answer),
    );
    const problems = problemsOf(served);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^GET \/chat\/:id \(.*\) can never be reached, because GET \/chat\/:room \(/);
  });

  it("lets hosts have routes of the same shape", () => {
    router()
      .scope({ through: [], host: "api.example.com" }, (scope) => scope.get("/:id", answer))
      .scope({ through: [], host: "www.example.com" }, (scope) => scope.get("/:page", answer))
      .scope({ through: [] }, (scope) => scope.get("/:name", answer))
      .check();
  });

  it("reports pipelines that do not exist", () => {
    const chain = router().pipeline("browser", []).pipeline("api", []);
    const served = chain.scope({ through: "brwser" as "browser" }, (scope) => scope.get("/", answer));
    assert.match(
      problemsOf(served)[0] ?? "",
      /goes through the pipeline "brwser", which does not exist; declared are browser, api/,
    );
  });

  it("reports pipelines that exist twice", () => {
    const twice = router().pipeline("browser", []).pipeline("browser", []);
    assert.match(
      problemsOf(twice)[0] ?? "",
      /"browser" is declared twice: at .*check\.test\.ts:\d+ and at .*check\.test\.ts:\d+/,
    );
  });

  it("reports an entry of defineRoutes that does not lie in its scope's path", () => {
    const routes = defineRoutes({
      users: "/users",
      admin: "/admin",
      adminUsers: "/admin/users",
      administer: "/administer",
    });
    const served = router(routes).scope({ through: [], path: "/admin" }, (scope) =>
      scope
        .get(routes.users, answer)
        .get(routes.admin, answer)
        .get(routes.adminUsers, answer)
        .get(routes.administer, answer),
    );
    const problems = problemsOf(served);
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? "", /^GET \/users \(.*\) .* does not lie below its scope's path \/admin/);
    assert.match(problems[1] ?? "", /^GET \/administer /);
  });

  it("lists all problems at once, after the place of the router", () => {
    const routes = defineRoutes({ home: "/", about: "/about" });
    const served = router(routes).scope({ through: [] }, (scope) => scope.get("/x", answer).get("/x", answer));
    assert.throws(
      () => served.check(),
      (error: Error) => error.message.startsWith(`the router at ${here}:`),
    );
    assert.equal(problemsOf(served).length, 3);
  });

  it("also happens at the first use, if nobody asked before", () => {
    const served = router(defineRoutes({ home: "/" }));
    assert.throws(() => served.routes, { message: /served by nobody/ });
    assert.throws(() => served.match("GET", "/"), { message: /served by nobody/ });
  });

  it("refuses malformed patterns where they are declared", () => {
    const broken = () => router().scope({ through: [] }, (scope) => scope.get("about", answer));
    assert.throws(broken, { message: /"about" cannot be used: it must begin with \// });
    assert.throws(() => router().scope({ through: [], path: "/a/" }, () => {}), { message: /"\/a\/" cannot be used/ });
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

function placesIn(problem = ""): readonly number[] {
  assert.equal(problem.split(here).length, 3, "both places lie in this file");
  return [...problem.matchAll(/:(\d+)(?= |$)/g)].map(([, line]) => Number(line));
}
