import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { actionFallback, errorPage, json, text } from "../../src/controller/index.ts";
import { type Conn, fetchSession, HttpError, type Params, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { type Router, router } from "../../src/router/index.ts";
import { serve } from "../router/serving.ts";

type Refusal = { readonly refused: string };
const answering = actionFallback((conn, { refused }: Refusal) => json(conn, { refused }, 403));

async function answerOf(t: TestContext, app: Router, path = "/", init?: RequestInit) {
  const { fetch } = await serve(t, (conn) => app.call(conn), { onError: errorPage });
  const answer = await fetch(path, init);
  return [answer.status, await answer.text()] as const;
}

const serving = (action: (conn: Conn, params: Params) => void | Promise<void>): Router =>
  router().scope({ through: [] }, (routes) => routes.get("/", action));

describe("an action with a fallback", () => {
  it("answers itself and gives back nothing", async (t) => {
    assert.deepEqual(await answerOf(t, serving(answering((conn) => text(conn, "done")))), [200, "done"]);
    assert.deepEqual(await answerOf(t, serving(answering(async (conn) => text(conn, "later")))), [200, "later"]);
  });

  it("gives back what the fallback answers, at once or later", async (t) => {
    const refused = { refused: "no" };
    assert.deepEqual(await answerOf(t, serving(answering(() => refused))), [403, '{"refused":"no"}']);
    assert.deepEqual(await answerOf(t, serving(answering(async () => refused))), [403, '{"refused":"no"}']);
  });

  it("stays synchronous if it is", () => {
    const calls: unknown[] = [];
    const wrapped = actionFallback((_conn, outcome: string) => void calls.push(outcome))(
      (_conn: Conn, _params: Params) => "outcome",
    );
    assert.equal(wrapped({} as Conn, {}), undefined);
    assert.deepEqual(calls, ["outcome"]);
  });

  it("takes every value but undefined for an outcome", () => {
    const calls: unknown[] = [];
    const collect = actionFallback((_conn, outcome: unknown) => void calls.push(outcome));
    for (const outcome of [null, false, 0, "", undefined])
      collect((_conn: Conn, _params: Params) => outcome as null)({} as Conn, {});
    assert.deepEqual(calls, [null, false, 0, ""]);
  });

  it("waits for a fallback that has to wait", async (t) => {
    const slow = actionFallback(async (conn, outcome: string) => {
      await null;
      text(conn, outcome, "conflict");
    });
    assert.deepEqual(await answerOf(t, serving(slow(() => "taken"))), [409, "taken"]);
  });

  it("throws on what it throws", async (t) => {
    const failing = answering((): Refusal => {
      throw new HttpError(418);
    });
    assert.equal((await answerOf(t, serving(failing)))[0], 418);
    assert.equal((await answerOf(t, serving(answering(() => Promise.reject(new HttpError(418))))))[0], 418);
  });

  it("fails as any other if its fallback does", async (t) => {
    const failing = actionFallback((_conn, _outcome: string) => {
      throw new HttpError(503);
    });
    assert.equal((await answerOf(t, serving(failing(() => "x"))))[0], 503);
    assert.equal((await answerOf(t, serving(failing(async () => "x"))))[0], 503);
  });

  it("keeps its name and what the router reads from it", () => {
    const action = Object.assign(function show(): void {}, { requirements: [] });
    const wrapped = answering(action);
    assert.equal(wrapped.name, "show");
    assert.equal(wrapped.requirements, action.requirements);
  });
});

describe("a controller with a fallback", () => {
  const PostController = answering({
    show(conn: Conn, { id }: { id: string }) {
      if (id === "0") return { refused: `post ${id}` };
      text(conn, `post ${id}`);
    },
    async create(conn: Conn, { title }: Params) {
      if (typeof title !== "string") return { refused: "no title" };
      text(conn, title, "created");
    },
    index: (conn: Conn) => text(conn, "all"),
  });
  const app = router()
    .pipeline("browser", [fetchSession(), putSecureBrowserHeaders()])
    .scope({ through: "browser" }, (routes) =>
      routes
        .get("/posts", PostController.index)
        .get("/posts/:id", PostController.show)
        .post("/posts", PostController.create),
    );

  it("has all of its actions answered", async (t) => {
    assert.deepEqual(await answerOf(t, app, "/posts"), [200, "all"]);
    assert.deepEqual(await answerOf(t, app, "/posts/7"), [200, "post 7"]);
    assert.deepEqual(await answerOf(t, app, "/posts/0"), [403, '{"refused":"post 0"}']);
    assert.deepEqual(await answerOf(t, app, "/posts?title=x", { method: "POST" }), [201, "x"]);
    assert.deepEqual(await answerOf(t, app, "/posts", { method: "POST" }), [403, '{"refused":"no title"}']);
  });

  it("has the names of its actions", () => {
    assert.deepEqual(
      Object.values(PostController).map(({ name }) => name),
      ["show", "create", "index"],
    );
  });
});

describe("the fallback that is there without one", () => {
  const failing = actionFallback();

  it("makes the error page of a status of its name", async (t) => {
    const app = serving(failing(() => ({ error: "not_found" as const })));
    const json = { headers: { accept: "application/json" } };
    assert.deepEqual(await answerOf(t, app, "/", json), [404, '{"errors":{"detail":"Not Found"}}']);
  });

  it("throws an error, alone or as the error of a result", async (t) => {
    assert.equal((await answerOf(t, serving(failing(() => new HttpError(410)))))[0], 410);
    assert.equal((await answerOf(t, serving(failing(async () => ({ error: new HttpError(410) })))))[0], 410);
    assert.equal((await answerOf(t, serving(failing(() => new Error("x")))))[0], 500);
  });

  it("reports a name that names nothing", async (t) => {
    assert.equal((await answerOf(t, serving(failing(() => ({ error: "toString" as never })))))[0], 500);
  });
});
