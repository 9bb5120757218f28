/** What protectFromForgery() does about JavaScript that another site would load as a script. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Conn, compilePipeline, fetchSession, protectFromForgery } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

/** Answers everything with JavaScript. */
function start(context: TestContext) {
  const act = (conn: Conn) => conn.setHeader("content-type", "text/javascript; charset=utf-8").send(200, "secret()");
  return serve(context, compilePipeline([fetchSession(), protectFromForgery(), act]));
}

test("JavaScript is refused to the script tag of another site", async (context) => {
  const server = await start(context);
  for (const site of ["cross-site", "same-site", undefined]) {
    const response = await fetch(`${server.url}/`, { headers: site ? { "sec-fetch-site": site } : {} });
    assert.equal(response.status, 403);
    assert.doesNotMatch(await response.text(), /secret/);
  }
});

test("JavaScript is answered to our own pages, to the user and to XMLHttpRequest", async (context) => {
  const server = await start(context);
  const allowed = [
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    { "x-requested-with": "XMLHttpRequest" },
  ];
  for (const headers of allowed as Record<string, string>[]) {
    assert.equal(await (await fetch(`${server.url}/`, { headers })).text(), "secret()");
  }
});

test("JavaScript is answered where it does not run: shown as a page, or to a script that cannot read it", async (context) => {
  const server = await start(context);
  const status = async (headers: Record<string, string>) => (await fetch(`${server.url}/`, { headers })).status;
  for (const destination of ["document", "empty"]) {
    assert.equal(await status({ "sec-fetch-site": "cross-site", "sec-fetch-dest": destination }), 200);
    assert.equal(await status({ "sec-fetch-dest": destination }), 403);
  }
  for (const destination of ["script", "worker", "serviceworker", "sharedworker", "audioworklet", "nonsense", ""]) {
    assert.equal(await status({ "sec-fetch-site": "cross-site", "sec-fetch-dest": destination }), 403, destination);
  }
});

test("JavaScript by any of its names is refused, other types are not", async (context) => {
  const type = new URLSearchParams();
  const typed = (conn: Conn) => conn.setHeader("content-type", String(conn.queryParams.type)).send(200, "secret()");
  const server = await serve(context, compilePipeline([fetchSession(), protectFromForgery(), typed]));
  const status = async (name: string) => {
    type.set("type", name);
    return (await fetch(`${server.url}/?${type}`)).status;
  };
  const scripts = ["text/javascript", "TEXT/JavaScript;charset=utf-8", " application/javascript", "text/ecmascript"];
  for (const name of [...scripts, "application/x-javascript", "text/jscript"])
    assert.equal(await status(name), 403, name);
  for (const name of ["text/html", "application/json", "text/plain"]) assert.equal(await status(name), 200, name);
});
