import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { json, scrubParams } from "../../src/controller/index.ts";
import { parseBody } from "../../src/plug/index.ts";
import { jsonResponse, response, runPlug } from "../../src/testing/index.ts";

describe("scrubParams", () => {
  const app = [parseBody(), scrubParams("post"), (conn: Parameters<typeof json>[0]) => json(conn, conn.params)];
  const post = (fields: string, path = "/") =>
    runPlug(app, { method: "POST", path, body: new URLSearchParams(fields) });

  it("makes null of what was left empty, at any depth, and leaves the rest alone", async () => {
    const fields = "post[title]=&post[text]=a&post[tags][]=&post[tags][]=x&post[author][name]=%20%0a&other=";
    assert.deepEqual(jsonResponse(await post(fields, "/?page="), 200), {
      page: "",
      other: "",
      post: { title: null, text: "a", tags: [null, "x"], author: { name: null } },
    });
  });

  it("takes params of the query and texts as well", async () => {
    assert.deepEqual(jsonResponse(await runPlug(app, { path: "/?post=" }), 200), { post: null });
  });

  it("answers 400 where the key is missing", async () => {
    for (const request of [runPlug(app), runPlug(app, { path: "/?other=1" }), post("pos=1")]) {
      await assert.rejects(request, { status: 400, message: /needs the param "post", and has none/ });
    }
  });

  it("knows a key like any other", async () => {
    const page = await post("post[__proto__][polluted]=&post[constructor]=x");
    assert.equal(response(page, 200), '{"post":{"__proto__":{"polluted":null},"constructor":"x"}}');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
