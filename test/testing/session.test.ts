import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fetchFlash, flashOf, json, putFlash, redirect, text } from "../../src/controller/index.ts";
import { fetchSession, memorySessionStore, type Plug, type SessionOptions } from "../../src/plug/index.ts";
import { conn, get, initTestFlash, initTestSession, putSession, type TestConn } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const show: Plug = (served) => json(served, served.session.data);
const put: Plug = (served) => {
  served.session.put("cart", [7]);
  text(served, "");
};
const shown = (page: TestConn) => JSON.parse(page.body);

for (const [kind, session] of Object.entries<SessionOptions>({
  "a signed cookie": {},
  "an encrypted cookie": { encrypt: true },
  "a store": { store: memorySessionStore() },
})) {
  describe(`initTestSession, with the session in ${kind}`, () => {
    const shop = () => site({ "GET /": show, "GET /put": put }, { plugs: [fetchSession()], session });

    it("is there in the next request and in those after it", async () => {
      const visitor = initTestSession(conn(shop()), { userId: 7 });
      const first = await get(visitor, "/");
      assert.deepEqual(shown(first), { userId: 7 });
      assert.deepEqual(shown(await get(first, "/")), { userId: 7 });
    });

    it("goes over what the session holds", async () => {
      const first = await get(initTestSession(conn(shop()), { userId: 7 }), "/put");
      assert.deepEqual(first.session, { userId: 7, cart: [7] });
      const second = await get(putSession(first, "userId", 8), "/");
      assert.deepEqual(shown(second), { userId: 8, cart: [7] });
      assert.deepEqual(shown(await get(second, "/")), { userId: 8, cart: [7] });
    });
  });
}

describe("initTestSession", () => {
  it("takes the session of a plug's own options as well", async () => {
    const shop = site({ "GET /": show }, { plugs: [fetchSession({ name: "own", encrypt: true })] });
    const first = await get(initTestSession(conn(shop), { userId: 7 }), "/");
    assert.deepEqual(Object.keys(first.cookies), ["own"]);
    assert.deepEqual(shown(await get(first, "/")), { userId: 7 });
  });

  it("waits until a plug fetches the session", async () => {
    const shop = site({ "GET /plain": (served) => text(served, ""), "GET /": [fetchSession(), show].reduce(both) });
    const first = await get(initTestSession(conn(shop), { userId: 7 }), "/plain");
    assert.deepEqual(first.cookies, {});
    assert.deepEqual(first.session, {});
    assert.deepEqual(shown(await get(first, "/")), { userId: 7 });
  });

  it("takes several calls together", async () => {
    const shop = site({ "GET /": show }, { plugs: [fetchSession()] });
    const visitor = putSession(initTestSession(conn(shop), { a: 1, b: 1 }), "b", 2);
    assert.deepEqual(shown(await get(visitor, "/")), { a: 1, b: 2 });
  });

  it("holds what a session can hold: a date comes out as text", async () => {
    const types: Plug = (served) => text(served, typeof served.session.get("at"));
    const shop = site({ "GET /": types }, { plugs: [fetchSession()] });
    assert.equal((await get(initTestSession(conn(shop), { at: new Date(0) }), "/")).body, "string");
  });
});

describe("the session of an answer", () => {
  it("is empty once it was dropped, and so is the visitor's", async () => {
    const drop: Plug = (served) => {
      served.session.drop();
      text(served, "");
    };
    const shop = site({ "GET /": show, "GET /drop": drop }, { plugs: [fetchSession()] });
    const page = await get(await get(initTestSession(conn(shop), { userId: 7 }), "/"), "/drop");
    assert.deepEqual([page.session, page.cookies], [{}, {}]);
    assert.deepEqual(shown(await get(page, "/")), {});
  });
});

describe("the flash", () => {
  const shop = site(
    {
      "GET /": (served) => json(served, flashOf(served)),
      "GET /save": (served) => {
        putFlash(served, "info", "Saved.");
        redirect(served, { to: "/" });
      },
    },
    { plugs: [fetchSession(), fetchFlash()] },
  );

  it("of an answer has what the next page will show, and of the next page what it showed", async () => {
    const first = await get(conn(shop), "/save");
    assert.deepEqual(first.flash, { info: "Saved." });
    const second = await get(first, "/");
    assert.deepEqual([shown(second), second.flash], [{ info: "Saved." }, { info: "Saved." }]);
    assert.deepEqual((await get(second, "/")).flash, {});
  });

  it("can be given to a visitor, for one page", async () => {
    const first = await get(initTestFlash(conn(shop), { error: "Wrong." }), "/");
    assert.deepEqual(shown(first), { error: "Wrong." });
    assert.deepEqual(shown(await get(first, "/")), {});
  });
});

/** Two plugs as one. */
function both(first: Plug, second: Plug): Plug {
  return async (served) => {
    await first(served);
    await second(served);
  };
}
