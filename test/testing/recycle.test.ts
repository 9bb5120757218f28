import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { json } from "../../src/controller/index.ts";
import type { Plug } from "../../src/plug/index.ts";
import { accept, conn, deleteReqHeader, get, putReqHeader, recycle, type TestConn } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const headers: Plug = (served) => {
  const { host, "user-agent": _agent, ...others } = served.request.headers;
  json(served.putCookie("seen", "1"), others);
};
const shop = site({
  "GET /": headers,
  "GET /where": (served) => json(served, [served.requestUrl, served.remoteAddress]),
});
const shown = (page: TestConn) => JSON.parse(page.body);

describe("between two requests", () => {
  it("accept, accept-language and authorization stay, as do cookies; other headers go", async () => {
    const lasting = { accept: "application/json", "accept-language": "de", authorization: "Bearer 1" };
    const first = await get(conn(shop, { headers: { ...lasting, "X-Once": "1" } }), "/");
    assert.deepEqual(shown(first), { ...lasting, "x-once": "1" });
    assert.deepEqual(shown(await get(first, "/")), { ...lasting, cookie: "seen=1" });
  });

  it("the visitor stays where they are", async () => {
    const visitor = conn(shop, { host: "a.example.org", https: true, remoteAddress: "203.0.113.7" });
    const expected = ["https://a.example.org/where", "203.0.113.7"];
    const first = await get(visitor, "/where");
    assert.deepEqual(shown(first), expected);
    assert.deepEqual(shown(await get(first, "/where")), expected);
  });

  it("headers can be put for the next one, without recycling first", async () => {
    const first = await get(conn(shop), "/");
    assert.deepEqual(shown(await get(putReqHeader(first, "X-Next", "1"), "/")), { "x-next": "1", cookie: "seen=1" });
  });

  it("recycle() says which headers stay instead", async () => {
    const first = await get(putReqHeader(accept(conn(shop), "json"), "x-tenant", "7"), "/");
    const second = await get(recycle(first, ["X-Tenant"]), "/");
    assert.deepEqual(shown(second), { "x-tenant": "7", cookie: "seen=1" });
    assert.deepEqual(shown(await get(recycle(first), "/")), { accept: "application/json", cookie: "seen=1" });
  });

  it("what was answered is over as soon as something is put for the next", async () => {
    const first = await get(conn(shop), "/");
    assert.throws(() => putReqHeader(first, "a", "1").status, /no request was made yet/);
    assert.equal(first.status, 200);
  });
});

describe("a header", () => {
  it("is replaced whatever its case, and can be taken back", async () => {
    const visitor = putReqHeader(putReqHeader(conn(shop), "X-A", "1"), "x-a", "2");
    assert.deepEqual(shown(await get(visitor, "/")), { "x-a": "2" });
    assert.deepEqual(shown(await get(deleteReqHeader(visitor, "X-A"), "/")), {});
  });

  it("of a format is asked for by the name of the format", async () => {
    assert.equal(shown(await get(accept(conn(shop), "html"), "/")).accept, "text/html");
    assert.equal(shown(await get(accept(conn(shop), "image/*"), "/")).accept, "image/*");
    assert.throws(() => accept(conn(shop), "nonsense"), /no media type is known for "nonsense"/);
  });
});
