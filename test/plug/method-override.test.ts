import assert from "node:assert/strict";
import { test } from "node:test";
import { compilePipeline, methodOverride, parseBody } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const echo = compilePipeline([parseBody(), methodOverride(), (conn) => conn.send(200, conn.method)]);

/** The method that a request is handled as. */
async function handledAs(url: string, body: string, init: RequestInit = {}): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded", ...(init.headers as object) };
  return (await fetch(url, { method: "POST", body, ...init, headers })).text();
}

test("a POST that names another method in its body is handled as that", async (context) => {
  const { url } = await serve(context, echo);
  for (const method of ["put", "PATCH", "Delete"]) {
    assert.equal(await handledAs(url, `_method=${method}&a=1`), method.toUpperCase());
  }
  assert.equal(
    await handledAs(url, JSON.stringify({ _method: "put" }), { headers: { "content-type": "application/json" } }),
    "PUT",
  );
});

test("hostile: no other method can be named, in no other place, and only in a POST", async (context) => {
  const { url } = await serve(context, echo);
  for (const method of ["GET", "HEAD", "OPTIONS", "CONNECT", "TRACE", "POST", "", "PUT ", "__proto__", "put\0"]) {
    const encoded = encodeURIComponent(method);
    if (!encoded.includes("%00")) assert.equal(await handledAs(url, `_method=${encoded}`), "POST", method);
  }
  assert.equal(await handledAs(url, "_method[]=put"), "POST");
  assert.equal(await handledAs(url, "_method[a]=put"), "POST");
  assert.equal(await handledAs(`${url}/?_method=put`, "a=1"), "POST");
  assert.equal(await handledAs(url, "a=1", { headers: { "x-http-method-override": "DELETE" } }), "POST");
  assert.equal(await handledAs(url, "_method=delete", { method: "PUT" }), "PUT");
  assert.equal(await (await fetch(`${url}/?_method=delete`)).text(), "GET");
});

test("without parseBody() nothing is overridden", async (context) => {
  const { url } = await serve(context, compilePipeline([methodOverride(), (conn) => conn.send(200, conn.method)]));
  assert.equal(await handledAs(url, "_method=put"), "POST");
});
