import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { json, text } from "../../src/controller/index.ts";
import type { Plug } from "../../src/plug/index.ts";
import { conn, deleteReqCookie, get, putReqCookie, putReqHeader } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const show: Plug = (served) => json(served, served.cookies);

function setting(...lines: string[]): Plug {
  return (served) => {
    for (const line of lines) served.appendSetCookie(line);
    text(served, "");
  };
}

async function shown(visitor: Parameters<typeof get>[0], path = "/"): Promise<unknown> {
  return JSON.parse((await get(visitor, path)).body);
}

describe("cookies", () => {
  it("are sent back, and change with each answer", async () => {
    const shop = site({
      "GET /": show,
      "GET /set": setting("a=1; Path=/", "b=2; Path=/"),
      "GET /change": setting("a=3; Path=/", "b=; Path=/; Max-Age=0"),
    });
    const first = await get(conn(shop), "/set");
    assert.deepEqual(await shown(first), { a: "1", b: "2" });
    const second = await get(first, "/change");
    assert.deepEqual(second.cookies, { a: "3" });
    assert.deepEqual(await shown(second), { a: "3" });
  });

  it("may be given to a visitor, and taken away", async () => {
    const visitor = putReqCookie(conn(site({ "GET /": show }), { cookies: { theme: "dark" } }), "name", "a;b é");
    assert.deepEqual(await shown(visitor), { theme: "dark", name: "a;b é" });
    assert.deepEqual(await shown(deleteReqCookie(visitor, "theme")), { name: "a;b é" });
    assert.deepEqual(await shown(putReqHeader(visitor, "cookie", "raw=%zz")), { raw: "%zz" });
  });

  it("belong to their path, those of the longest first", async () => {
    const set = setting("a=root; Path=/", "a=admin; Path=/admin", "b=below", "c=not; Path=/adm");
    const shop = site({ "GET /": show, "GET /admin/set": set, "GET /admin/x": show, "GET /administer": show });
    const visitor = await get(conn(shop), "/admin/set");
    assert.deepEqual(await shown(visitor), { a: "root" });
    assert.deepEqual(await shown(visitor, "/admin/x?a=/"), { a: "admin", b: "below" });
    assert.deepEqual(await shown(visitor, "/administer"), { a: "root" });
  });

  it("expire by their date as well, unless their age says otherwise", async () => {
    const past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    const shop = site({
      "GET /": show,
      "GET /set": setting(`a=1; Path=/; ${past}`, `b=2; Path=/; Max-Age=9; ${past}`),
    });
    assert.deepEqual(await shown(await get(putReqCookie(conn(shop), "a", "0"), "/set")), { b: "2" });
  });

  it("are given back by every visitor as they were set", async () => {
    const name = fc.stringMatching(/^[\w-]{1,8}$/);
    const value = fc.string({ unit: "grapheme", maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 5 }), async (cookies) => {
        const set: Plug = (served) => {
          for (const [key, text] of Object.entries(cookies)) served.putCookie(key, text);
          text(served, "");
        };
        const page = await get(conn(site({ "GET /": show, "GET /set": set })), "/set");
        assert.deepEqual(page.cookies, { ...cookies });
        assert.deepEqual(await shown(page), { ...cookies });
      }),
      { numRuns: 60 },
    );
  });
});
