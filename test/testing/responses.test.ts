import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { html, json, text } from "../../src/controller/index.ts";
import { html as template } from "../../src/template/index.ts";
import {
  conn,
  get,
  htmlResponse,
  jsonResponse,
  response,
  responseContentType,
  textResponse,
} from "../../src/testing/index.ts";
import { messageOf, site } from "./site.ts";

const visitor = conn(
  site({
    "GET /html": (served) => html(served, template`<p>hello</p>`),
    "GET /json": (served) => json(served, { id: 7 }),
    "GET /problem": (served) => served.setHeader("content-type", "application/problem+json").send(400, '{"id":8}'),
    "GET /broken": (served) => served.setHeader("content-type", "application/json").send(200, "{"),
    "GET /text": (served) => text(served, "hello"),
    "GET /bare": (served) => served.send(204, ""),
  }),
);

describe("an assertion on an answer", () => {
  it("gives back what was answered", async () => {
    assert.equal(response(await get(visitor, "/bare"), 204), "");
    assert.equal(response(await get(visitor, "/json"), 200), '{"id":7}');
    assert.equal(htmlResponse(await get(visitor, "/html"), 200), "<p>hello</p>");
    assert.equal(textResponse(await get(visitor, "/text"), 200), "hello");
    assert.deepEqual(jsonResponse(await get(visitor, "/json"), 200), { id: 7 });
    assert.deepEqual(jsonResponse(await get(visitor, "/problem"), 400), { id: 8 });
    assert.equal(responseContentType(await get(visitor, "/html"), "html"), "text/html; charset=utf-8");
  });

  it("fails for another status, and shows both", async () => {
    const page = await get(visitor, "/html");
    for (const assertion of [response, htmlResponse, jsonResponse, textResponse]) {
      assert.throws(
        () => assertion(page, 404),
        (error: assert.AssertionError) => {
          assert.equal(error.code, "ERR_ASSERTION");
          assert.deepEqual([error.actual, error.expected, error.operator], [200, 404, assertion.name]);
          assert.match(error.message, /^GET \/html was to be answered with 404, but the answer was 200/);
          return true;
        },
      );
    }
  });

  it("fails for another format", async () => {
    const page = await get(visitor, "/json");
    const message =
      /^GET \/json was to be answered in html, but the answer was 200 \(application\/json; charset=utf-8\)/;
    assert.match(
      messageOf(() => htmlResponse(page, 200)),
      message,
    );
    assert.match(
      messageOf(() => textResponse(page, 200)),
      /was to be answered in plain text/,
    );
    assert.match(
      messageOf(() => responseContentType(page, "csv")),
      /was to be answered in csv/,
    );
    assert.throws(() => jsonResponse(page, 201));
    const bare = await get(visitor, "/bare");
    assert.match(
      messageOf(() => jsonResponse(bare, 204)),
      /in json, but the answer was 204\n/,
    );
  });

  it("fails for JSON that is none", async () => {
    const page = await get(visitor, "/broken");
    assert.match(
      messageOf(() => jsonResponse(page, 200)),
      /with JSON, which this is not: .*\n[\s\S]*body: \{$/,
    );
  });

  it("begins its stack where it stands in the test", async () => {
    const page = await get(visitor, "/html");
    try {
      htmlResponse(page, 404);
      assert.fail();
    } catch (error) {
      const [first] = /^ +at .*$/m.exec((error as Error).stack as string) ?? [];
      assert.match(first as string, /responses\.test\.ts/);
    }
  });
});
