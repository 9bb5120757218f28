import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { z } from "zod";
import { action, actionFallback, text } from "../../src/controller/index.ts";
import {
  type Conn,
  type ConnWith,
  fetchSession,
  InvalidParamsError,
  type Params,
  type Plug,
  parseBody,
  provide,
  requirement,
} from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { type Site, serve } from "../router/serving.ts";

interface User {
  readonly name: string;
}
const currentUser = requirement("currentUser", (): User | undefined => ({ name: "Ann" }));
const currentTeam = requirement("currentTeam", async () => "red");
const NewPost = z.object({ title: z.string().trim().min(3), stars: z.coerce.number().default(1) });

describe("action", () => {
  it("finds what it requires among the assigns", async (t) => {
    const greet = action(currentUser, (conn, { id }: { id: string }) =>
      text(conn, `${conn.assigns.currentUser.name} ${id}`),
    );
    const { fetch } = await site(t, greet, [provide(currentUser)]);
    assert.equal(await (await fetch("/7")).text(), "Ann 7");
  });

  it("may require several things", async (t) => {
    const show = action([currentUser, currentTeam], (conn) =>
      text(conn, `${conn.assigns.currentUser.name} ${conn.assigns.currentTeam}`),
    );
    assert.deepEqual(show.requirements, [currentUser, currentTeam]);
    const { fetch } = await site(t, show, [provide(currentUser), provide(currentTeam)]);
    assert.equal(await (await fetch("/7")).text(), "Ann red");
  });

  it("gets what its schema makes of path, query and body, and the params as they came", async (t) => {
    const create = action(NewPost, (conn, { title, stars }, { id }) => text(conn, `${id}: ${title} ${stars}`));
    const { fetch } = await site(t, create, [parseBody()]);
    const body = new URLSearchParams({ title: "  A title " });
    assert.equal(await (await fetch("/7?stars=3", { method: "POST", body })).text(), "7: A title 3");
  });

  it("does not run with params that its schema refuses", async (t) => {
    const ran: unknown[] = [];
    const thrown: unknown[] = [];
    const create = action(currentUser, NewPost, (_conn, post) => void ran.push(post));
    const { fetch } = await site(t, create, [provide(currentUser)], (error) => thrown.push(error));
    assert.equal((await fetch("/7?title=x&stars=many")).status, 422);
    assert.deepEqual(ran, []);
    const [error] = thrown;
    assert.ok(error instanceof InvalidParamsError);
    assert.deepEqual(Object.keys(error.errors), ["title", "stars"]);
  });

  it("waits for a schema that is asynchronous", async (t) => {
    const Free = z.object({ title: z.string().refine(async (title) => title !== "taken", "is taken") });
    const create = action(Free, (conn, { title }) => text(conn, title));
    const { fetch } = await site(t, create);
    assert.equal(await (await fetch("/7?title=new")).text(), "new");
    assert.equal((await fetch("/7?title=taken")).status, 422);
  });

  it("has the name of its handler, for lists", () => {
    const show = (_conn: Conn) => {};
    assert.equal(action(currentUser, show).name, "show");
    assert.equal(action(NewPost, (_conn, _post) => {}).name, "");
  });

  it("is not served behind pipelines that do not provide what it requires", () => {
    const greet = action(currentUser, (conn) => text(conn, conn.assigns.currentUser.name));
    const served = router().scope({ through: [] }, (scope) => scope.get("/", greet as never));
    assert.throws(() => served.check(), { message: /requires "currentUser", but goes through no pipeline/ });
  });

  it("refuses to be called where nothing was provided", () => {
    const greet = action(currentUser, () => {});
    const conn = { method: "GET", path: "/", assigns: {} } as unknown as ConnWith<{ currentUser: User }>;
    assert.throws(() => greet(conn, {}), {
      message: /GET \/ needs conn\.assigns\.currentUser.*behind provide\(currentUser\)/,
    });
  });

  it("may give something back for a fallback, which keeps its requirements", async (t) => {
    const answering = actionFallback((conn, outcome: string) => text(conn, `fallback: ${outcome}`));
    const find = answering(action(currentUser, (conn) => `nothing for ${conn.assigns.currentUser.name}`));
    const { fetch } = await site(t, find, [provide(currentUser)]);
    assert.equal(await (await fetch("/7")).text(), "fallback: nothing for Ann");
    assert.throws(
      () =>
        router()
          .scope({ through: [] }, (scope) => scope.get("/", find as never))
          .check(),
      {
        message: /requires "currentUser"/,
      },
    );
  });
});

async function site(
  t: TestContext,
  served: (conn: never, params: never) => void | Promise<void>,
  plugs: readonly Plug[] = [],
  onThrown: (error: unknown) => void = () => {},
): Promise<Site> {
  const all = router()
    .pipeline("all", [fetchSession(), ...plugs])
    .scope({ through: "all" }, (scope) =>
      scope.match(["GET", "POST"], "/:id", served as (conn: Conn, params: Params) => void | Promise<void>),
    );
  return serve(t, (conn) => all.call(conn), {
    onError(conn, error) {
      onThrown(error);
      const { status = 500, message } = error as { status?: number; message: string };
      conn.send(status, message);
    },
  });
}
