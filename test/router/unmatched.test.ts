import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";
import type { Conn, Plug } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { serve } from "./serving.ts";

const say = (text: string) => (conn: Conn) => conn.send(200, text);

describe("OPTIONS without a route of its own", () => {
  const allowOrigin: Plug = (conn) => void conn.setHeader("access-control-allow-origin", "*");
  const preflight: Plug = (conn) => {
    if (conn.requestHeader("access-control-request-method") === undefined) return;
    conn.setHeader("access-control-allow-methods", "DELETE").halt().send(200, "");
  };
  const served = router()
    .pipeline("open", [allowOrigin])
    .pipeline("preflight", [preflight])
    .pipeline("closed", [(conn) => void conn.halt().send(401, "closed")])
    .scope({ through: "open" }, (scope) => scope.get("/posts/:id", say("get")).post("/posts", say("post")))
    .scope({ through: "preflight" }, (scope) => scope.delete("/posts/:id", say("delete")))
    .scope({ through: "closed" }, (scope) => scope.get("/closed", say("get")))
    .scope({ through: [] }, (scope) => scope.options("/own", say("own")));

  it("is answered with the methods that there are, through the pipelines of the path", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const answer = await fetch("/posts/1", { method: "OPTIONS" });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get("allow"), "DELETE, GET, HEAD, OPTIONS");
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(await answer.text(), "");
  });

  it("goes through the pipelines of the method that a preflight request asks for", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const headers = { "access-control-request-method": "DELETE" };
    const answer = await fetch("/posts/1", { method: "OPTIONS", headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-methods"), "DELETE");
    assert.equal(answer.headers.get("access-control-allow-origin"), null);

    const unknown = await fetch("/posts/1", { method: "OPTIONS", headers: { "access-control-request-method": "PUT" } });
    assert.equal(unknown.headers.get("access-control-allow-origin"), "*");
  });

  it("stays closed where the pipelines of the path are", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    const answer = await fetch("/closed", { method: "OPTIONS" });
    assert.deepEqual([answer.status, answer.headers.get("allow")], [401, null]);
  });

  it("is not answered for a path that nobody serves, and left to a route of its own", async (t) => {
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal((await fetch("/nowhere", { method: "OPTIONS" })).status, 404);
    assert.equal(await (await fetch("/own", { method: "OPTIONS" })).text(), "own");
    assert.equal((await fetch("/own")).headers.get("allow"), "OPTIONS");
  });

  it("tells all methods of the server for *", async (t) => {
    const { url } = await serve(t, (conn) => served.call(conn));
    const { status, allow } = await askAbout(url, "*");
    assert.deepEqual([status, allow], [204, "DELETE, GET, HEAD, OPTIONS, POST"]);
  });
});

/** Clients clean targets up before they send them; this one sends them as they are. */
function askAbout(url: string, path: string): Promise<{ status: number | undefined; allow: string | undefined }> {
  return new Promise((resolve, reject) => {
    request(url, { path, method: "OPTIONS" }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, allow: response.headers.allow });
    })
      .on("error", reject)
      .end();
  });
}
