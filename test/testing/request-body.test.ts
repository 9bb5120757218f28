import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { json } from "../../src/controller/index.ts";
import { type Plug, parseBody, readBody, Upload } from "../../src/plug/index.ts";
import { conn, get, jsonBody, post, putReqHeader, type RequestBody, type TestConn } from "../../src/testing/index.ts";
import { site } from "./site.ts";

const seen: Plug = (served) => json(served, { params: served.params, type: served.requestHeader("content-type") });
const visitor = conn(site({ "GET /": seen, "POST /": seen }, { plugs: [parseBody()] }));

interface Seen {
  readonly params: unknown;
  readonly type: string | undefined;
}

async function send(body: RequestBody | undefined, from: TestConn = visitor): Promise<Seen> {
  return JSON.parse((await post(from, "/", body)).body) as Seen;
}

describe("params", () => {
  it("are sent as a form, nested as forms nest", async () => {
    const { params, type } = await send({
      title: "a & b",
      tags: ["x", "y"],
      user: { name: "Ann", age: 7 },
      none: undefined,
    });
    assert.equal(type, "application/x-www-form-urlencoded");
    assert.deepEqual(params, { title: "a & b", tags: ["x", "y"], user: { name: "Ann", age: "7" } });
  });

  it("of a GET become its query, after what the path has of one", async () => {
    const page = await get(visitor, "/?a=1", { page: 2, tags: ["x"] });
    assert.equal(page.last?.request.target, "/?a=1&page=2&tags[]=x");
    assert.deepEqual(JSON.parse(page.body).params, { a: "1", page: "2", tags: ["x"] });
  });

  it("with a file among them are sent as multipart", async () => {
    const upload: Plug = (served) => {
      const { photos, title } = served.params as unknown as { title: string; photos: { first: Upload } };
      assert.ok(photos.first instanceof Upload);
      const { filename, contentType, size } = photos.first;
      json(served, { title, filename, contentType, size });
    };
    const photo = new File(["12345"], "cät.png", { type: "image/png" });
    const uploading = conn(site({ "POST /": upload }, { plugs: [parseBody()] }));
    const page = await post(uploading, "/", { title: "Cat", photos: { first: photo } });
    assert.deepEqual(JSON.parse(page.body), {
      title: "Cat",
      filename: "cät.png",
      contentType: "image/png",
      size: 5,
    });
  });

  it("are sent as the content type says that was put", async () => {
    const asJson = putReqHeader(visitor, "content-type", "application/vnd.api+json");
    assert.deepEqual(await send({ age: 7 }, asJson), { params: { age: 7 }, type: "application/vnd.api+json" });
    const asForm = await send({ age: 7 }, putReqHeader(visitor, "Content-Type", "multipart/form-data"));
    assert.deepEqual(asForm.params, { age: "7" });
    assert.match(asForm.type ?? "", /^multipart\/form-data; boundary=/);
    await assert.rejects(
      send({ age: 7 }, putReqHeader(visitor, "content-type", "text/csv")),
      /cannot be sent as text\/csv/,
    );
  });

  it("arrive as multipart as they do urlencoded", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 8 });
    const key = fc.stringMatching(/^[a-z]{1,3}$/);
    const params = fc.dictionary(key, fc.oneof(text, fc.array(text), fc.dictionary(key, text)), { maxKeys: 4 });
    const asForm = putReqHeader(visitor, "content-type", "multipart/form-data");
    await fc.assert(
      fc.asyncProperty(params, async (given) => {
        // Forms of the web have no other line end (HTML, "constructing the entry list").
        const normal = JSON.parse(JSON.stringify(given).replaceAll(/(?:\\r\\n|\\r|\\n)/g, "\\r\\n"));
        const urlencoded = await send(normal);
        assert.deepEqual((await send(normal, asForm)).params, urlencoded.params);
      }),
      { numRuns: 60 },
    );
  });
});

describe("other bodies", () => {
  it("are JSON, whatever it says", async () => {
    assert.deepEqual(await send(jsonBody({ a: [1, null] })), { params: { a: [1, null] }, type: "application/json" });
    assert.deepEqual((await send(jsonBody([1]))).params, { _json: [1] });
    const problem = putReqHeader(visitor, "content-type", "application/problem+json");
    assert.deepEqual(await send(jsonBody({}), problem), { params: {}, type: "application/problem+json" });
  });

  it("are the forms of the web", async () => {
    assert.deepEqual((await send(new URLSearchParams("a=1&b[]=2"))).params, { a: "1", b: ["2"] });
    const form = new FormData();
    form.append("a", "1");
    assert.deepEqual((await send(form)).params, { a: "1" });
  });

  it("are text or bytes of a type", async () => {
    const raw: Plug = async (served) => {
      const body = (await readBody(served, { maxBytes: 100, bodyTimeout: 1_000 })) as Buffer;
      json(served, {
        type: served.requestHeader("content-type"),
        length: served.requestHeader("content-length"),
        body: body.toString("latin1"),
      });
    };
    const csv = putReqHeader(conn(site({ "POST /": raw })), "content-type", "text/csv");
    const expected = { type: "text/csv", length: "4", body: "é,1".normalize() };
    const page = await post(csv, "/", "é,1");
    assert.deepEqual(JSON.parse(page.body), { ...expected, body: Buffer.from("é,1").toString("latin1") });
    assert.deepEqual(JSON.parse((await post(csv, "/", Buffer.from("a\xffb", "latin1"))).body).body, "a\xffb");
    await assert.rejects(send("a,1"), /a body of text or bytes needs a type: put it with putReqHeader/);
  });

  it("may be absent", async () => {
    const page = await post(visitor, "/");
    assert.equal(page.last?.request.headers["content-length"], "0");
    assert.deepEqual(JSON.parse(page.body).params, {});
  });

  it("have no place in a GET", async () => {
    await assert.rejects(get(visitor, "/", jsonBody({})), /GET and HEAD have no body: give them params/);
    await assert.rejects(get(visitor, "/", "a=1"), /GET and HEAD have no body/);
  });
});
