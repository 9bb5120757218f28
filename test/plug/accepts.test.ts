import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, type Conn, HttpError } from "../../src/plug/index.ts";

function chosen(formats: [string, ...string[]], accept: string | undefined): string | undefined {
  const conn = { request: { headers: { accept } }, format: undefined } as unknown as Conn;
  accepts(...formats)(conn);
  return conn.format;
}

const chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

test("without a wish, the first format", () => {
  for (const accept of [undefined, "", "*/*", "*/*;q=0.1"]) {
    assert.equal(chosen(["html", "json"], accept), "html");
    assert.equal(chosen(["json", "html"], accept), "json");
  }
});

test("what browsers send", () => {
  assert.equal(chosen(["html"], chrome), "html");
  assert.equal(chosen(["html", "json"], chrome), "html");
  assert.equal(chosen(["json", "html"], chrome), "html");
  assert.equal(chosen(["json"], chrome), "json");
});

test("the wish of the client goes before the order of the server", () => {
  assert.equal(chosen(["html", "json"], "application/json"), "json");
  assert.equal(chosen(["html", "json"], "application/json, text/html"), "json");
  assert.equal(chosen(["json", "html"], "text/html, application/json"), "html");
  assert.equal(chosen(["html", "json"], "application/json, */*"), "json");
  assert.equal(chosen(["html", "json"], "Application/JSON ; charset=utf-8"), "json");
});

test("quality goes before order", () => {
  assert.equal(chosen(["html", "json"], "text/html;q=0.5, application/json"), "json");
  assert.equal(chosen(["html", "json"], "text/html;q=0.5, application/json;q=0.4"), "html");
  assert.equal(chosen(["html", "json"], "text/html; Q=0.1, */*; q=0.2"), "json");
});

test("ranges of a family", () => {
  assert.equal(chosen(["json", "html"], "text/*"), "html");
  assert.equal(chosen(["json", "html"], "text/*;q=0.1, */*;q=0.5"), "json");
});

test("what is not acceptable is 406", () => {
  const refusals: [[string, ...string[]], string][] = [
    [["html"], "application/json"],
    [["html", "json"], "image/png"],
    [["html"], "text/html;q=0"],
    [["html"], "text/html;q=0, */*"],
    [["html"], "text/html;q=nonsense"],
    [["json"], "text/html,application/xhtml+xml"],
    [["html"], ";;,,=,/"],
  ];
  for (const [formats, accept] of refusals) {
    assert.throws(
      () => chosen(formats, accept),
      (error) => error instanceof HttpError && error.status === 406 && error.message.includes(accept),
      accept,
    );
  }
});

test("a format without a media type is refused at start", () => {
  assert.throws(() => accepts("htlm"), /accepts\("htlm"\): no media type/);
});
