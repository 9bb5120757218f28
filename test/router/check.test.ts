import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type Conn, provide, requirement } from "../../src/plug/index.ts";
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

  it("reports a pipeline that a scope around names already", () => {
    const served = router()
      .pipeline("browser", [])
      .scope({ through: "browser" }, (scope) => scope.scope({ through: "browser" }, (inner) => inner.get("/", answer)));
    assert.match(
      problemsOf(served)[0] ?? "",
      /^GET \/ \(.*\) goes through the pipeline "browser" twice: a scope around/,
    );
  });

  it("reports live sessions that exist twice", () => {
    const served = router().scope({ through: [] }, (scope) =>
      scope.liveSession("main", () => {}).liveSession("main", () => {}),
    );
    const [problem] = problemsOf(served);
    assert.match(problem ?? "", /^the live session "main" is declared twice: at /);
    assert.equal(placesIn(problem).length, 2);
  });

  it("reports an entry of defineRoutes whose name is not its scope's", () => {
    const routes = defineRoutes({ users: "/admin/users", admin: { logs: "/admin/logs" } });
    const served = router(routes).scope({ through: [], path: "/admin", name: "admin" }, (scope) =>
      scope.get(routes.users, answer).get(routes.admin.logs, answer),
    );
    assert.equal(problemsOf(served).length, 1);
    assert.match(
      problemsOf(served)[0] ?? "",
      /^GET \/admin\/users \(.*\) is routes\.users, whose name does not begin with its scope's "admin\."/,
    );
  });

  it("reports routes of one host that hide each other, and forwards", () => {
    const served = router()
      .scope({ through: [], host: "a.example" }, (scope) => scope.get("/x", answer))
      .scope({ through: [], host: ["b.example", "A.example"] }, (scope) => scope.get("/x", answer))
      .scope({ through: [] }, (scope) => scope.forward("/files", answer).match("*", "/files/*path", answer));
    const problems = problemsOf(served);
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? "", /^GET \/x is served twice: at .* and at /);
    assert.match(problems[1] ?? "", /^\/files\/\*path \(.*\) can never be reached, because \/files\/\* \(/);
  });

  it("lets a route that names a method stand beside one for every method", () => {
    router()
      .scope({ through: [] }, (scope) =>
        scope.forward("/files", answer).get("/files/*path", answer).match("*", "/x", answer).post("/x", answer),
      )
      .check();
  });

  it("reports targets whose requirements no pipeline provides", () => {
    const user = requirement("user", () => "ann");
    const team = requirement("team", () => "red");
    const show = Object.assign(() => {}, { requirements: [user, team] });
    const needy = { ...view, name: "needy", requirements: [user] };
    const served = router()
      .pipeline("browser", [])
      .pipeline("users", [provide(user)])
      .pipeline("others", [provide(requirement("user", () => "bob"))])
      .scope({ through: ["browser", "users"] }, (scope) => scope.get("/show", show).live("/needy", needy))
      .scope({ through: "others" }, (scope) => scope.live("/others", needy))
      .scope({ through: [] }, (scope) => scope.live("/open", needy).resources("/shows", { show }, { only: ["show"] }));
    const problems = problemsOf(served);
    assert.equal(problems.length, 5, problems.join("\n"));
    assert.match(
      problems[0] ?? "",
      /^GET \/show \(.*check\.test\.ts:\d+\) leads to ".*", which requires "team", but none of its pipelines \(browser, users\) provides it: put provide\(team\) into one of them$/,
    );
    assert.match(problems[1] ?? "", /^GET \/others .* "live needy", .* provide another requirement of that name$/);
    assert.match(problems[2] ?? "", /^GET \/open .* but goes through no pipeline: put provide\(user\) into one/);
    assert.match(problems[3] ?? "", /^GET \/shows\/:id .* leads to "show", which requires "user"/);
    assert.match(problems[4] ?? "", /requires "team"/);
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

  it("refuses what is not there, as of modules that import each other, where it is declared", () => {
    const broken = () => router().scope({ through: [] }, (scope) => scope.get("/x", undefined as never));
    assert.throws(broken, {
      message: /the route \/x was given undefined to serve it: .* whether the two modules import/,
    });
    assert.throws(() => router().scope({ through: [] }, (scope) => scope.live("/x", undefined as never)), {
      message: /the route \/x was given undefined/,
    });
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
