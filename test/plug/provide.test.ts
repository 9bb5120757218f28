import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { compilePipeline, fetchSession, type Plug, provide, requirement } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const users: Readonly<Record<string, string>> = { "1": "Ann", "2": "Bob" };
const logIn: Plug = (conn) => {
  if (typeof conn.queryParams.user === "string") conn.session.put("userId", conn.queryParams.user);
};
const sync = requirement("currentUser", (session) => users[String(session.get("userId"))]);
const later = requirement("currentUser", async (session) => {
  await null;
  return users[String(session.get("userId"))] ?? null;
});
const greet: Plug = (conn) => conn.send(200, `Hello ${conn.assigns.currentUser}`);

for (const [kind, user] of [
  ["at once", sync],
  ["later", later],
] as const) {
  describe(`provide, loading ${kind}`, () => {
    it("puts the value among the assigns", async (t) => {
      const { fetch } = await site(t, [fetchSession(), logIn, provide(user), greet]);
      assert.equal(await (await fetch("/?user=1")).text(), "Hello Ann");
    });

    it("answers 403 where there is none, and runs nothing else", async (t) => {
      const ran: string[] = [];
      const { fetch } = await site(t, [fetchSession(), provide(user), () => void ran.push("the next plug")]);
      const answer = await fetch("/path");
      assert.deepEqual(
        [answer.status, await answer.text()],
        [403, "GET /path requires currentUser, which the session does not give"],
      );
      assert.deepEqual(ran, []);
    });

    it("lets another plug answer instead", async (t) => {
      const otherwise: Plug = async (conn) => {
        await null;
        conn.setHeader("location", "/log-in").send(302, "");
      };
      const { fetch } = await site(t, [fetchSession(), logIn, provide(user, { otherwise }), greet]);
      const answer = await fetch("/?user=3");
      assert.deepEqual([answer.status, answer.headers.get("location")], [302, "/log-in"]);
      assert.equal((await fetch("/?user=2")).status, 200);
    });
  });
}

describe("provide", () => {
  it("passes on what loading throws", async (t) => {
    const broken = requirement("currentUser", async () => {
      throw new Error("the database is away");
    });
    const { fetch } = await site(t, [fetchSession(), provide(broken)]);
    const answer = await fetch("/");
    assert.deepEqual([answer.status, await answer.text()], [500, "the database is away"]);
  });

  it("takes every value but null and undefined", async (t) => {
    for (const value of [0, "", false, Number.NaN]) {
      const show: Plug = (conn) => conn.send(200, `${typeof conn.assigns.value} ${conn.assigns.value}`);
      const { fetch } = await site(t, [fetchSession(), provide(requirement("value", () => value)), show]);
      assert.equal(await (await fetch("/")).text(), `${typeof value} ${value}`);
    }
  });

  it("gives loading the node", async (t) => {
    const nodeName = requirement("nodeName", (_session, { node }) => node.name);
    const show: Plug = (conn) => conn.send(200, String(conn.assigns.nodeName === conn.node.name));
    const { fetch } = await site(t, [fetchSession(), provide(nodeName), show]);
    assert.equal(await (await fetch("/")).text(), "true");
  });

  it("says that it needs a session", async (t) => {
    const { fetch } = await site(t, [provide(sync)]);
    const answer = await fetch("/");
    assert.equal(answer.status, 500);
    assert.match(await answer.text(), /put fetchSession\(\)/);
  });
});

async function site(t: TestContext, plugs: readonly Plug[]) {
  const { url } = await serve(t, compilePipeline(plugs));
  return { fetch: (path: string) => fetch(url + path, { redirect: "manual" }) };
}
