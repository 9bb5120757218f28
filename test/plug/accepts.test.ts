import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { array, assert as check, constantFrom, oneof, property, string } from "fast-check";
import { accepts, Conn, type Format, HttpError, type Params } from "../../src/plug/index.ts";
import type { Node } from "../../src/process/index.ts";
import { testConfig } from "./server.ts";

/** What a request is, beside its `accept` header. */
interface Given {
  readonly url?: string;
  readonly pathParams?: Record<string, string>;
  readonly bodyParams?: Params;
}

function negotiate(formats: [Format, ...Format[]], accept: string | undefined, given: Given = {}): Conn {
  const request = { method: "GET", url: given.url ?? "/", headers: { accept } } as IncomingMessage;
  const conn = new Conn({} as Node, testConfig(), request, { headersSent: false } as ServerResponse);
  if (given.pathParams !== undefined) conn.pathParams = given.pathParams;
  conn.bodyParams = given.bodyParams;
  accepts(...formats)(conn);
  return conn;
}

function chosen(formats: [Format, ...Format[]], accept: string | undefined, given?: Given): string | undefined {
  return negotiate(formats, accept, given).format;
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

test("hostile: a header of thousands of ranges is cut short", () => {
  const accept = `${"application/x,".repeat(5_000)}application/json`;
  assert.throws(
    () => chosen(["json"], accept),
    (error) => error instanceof HttpError && error.status === 406,
  );
  assert.equal(chosen(["json"], `application/json,${"text/x;q=0.1,".repeat(5_000)}`), "json");
  assert.equal(chosen(["json"], `application/json;q=${" ".repeat(15_000)}1`), "json");
});

test("a param _format says it outright, wherever it stands", () => {
  assert.equal(chosen(["html", "json"], chrome, { url: "/?_format=json" }), "json");
  assert.equal(chosen(["html", "json"], chrome, { pathParams: { _format: "json" } }), "json");
  assert.equal(chosen(["html", "json"], chrome, { bodyParams: { _format: "json" } }), "json");
  assert.equal(chosen(["html", "json"], "application/json", { url: "/?x=_format" }), "json");
  const path = { url: "/?_format=xml", pathParams: { _format: "json" } };
  assert.equal(chosen(["html", "json", "xml"], chrome, path), "json");
});

test("a param _format that names none of the formats is 406", () => {
  for (const url of [
    "/?_format=xml",
    "/?_format=",
    "/?_format=JSON",
    "/?_format[]=json",
    "/?_format[a]=json",
    "/?_format=__proto__",
  ]) {
    assert.throws(
      () => chosen(["html", "json"], chrome, { url }),
      (error) => error instanceof HttpError && error.status === 406 && /the param _format is/.test(error.message),
      url,
    );
  }
});

test("caches learn that the answer depends on the header, where it does", () => {
  assert.equal(negotiate(["html", "json"], chrome).getHeader("vary"), "accept");
  assert.equal(negotiate(["html"], chrome).getHeader("vary"), undefined);
  assert.equal(negotiate(["html", "json"], chrome, { url: "/?_format=json" }).getHeader("vary"), undefined);
});

test("formats that go by several media types", () => {
  for (const type of ["text/xml", "application/xml"]) assert.equal(chosen(["html", "xml"], type), "xml");
  for (const type of ["text/javascript", "application/javascript"]) assert.equal(chosen(["html", "js"], type), "js");
});

test("a format of one's own", () => {
  const api: Format = { format: "api", types: ["application/vnd.api+json", "application/json"] };
  assert.equal(chosen(["html", api], "application/vnd.API+json"), "api");
  assert.equal(chosen(["html", api], "application/json;q=0.5, text/html;q=0.4"), "api");
  assert.equal(chosen([api], undefined), "api");
});

test("a format without a media type is refused at start", () => {
  assert.throws(() => accepts("htlm"), /accepts\("htlm"\): no media type/);
  assert.throws(() => accepts({ format: "x", types: ["nonsense"] }), /"nonsense" is no media type for the format "x"/);
  assert.throws(() => accepts({ format: "x", types: [] as never }), /is no media type for the format "x"/);
});

test("property: every header chooses one of the formats, or is 406", () => {
  const piece = oneof(
    constantFrom("text/html", "*/*", "text/*", ",", ";", "q=", "0", "1", ".", " ", "/", '"', "json"),
    string(),
  );
  check(
    property(array(piece), (pieces) => {
      try {
        assert.ok(["html", "json"].includes(chosen(["html", "json"], pieces.join("")) as string));
      } catch (error) {
        assert.ok(error instanceof HttpError && error.status === 406, String(error));
      }
    }),
  );
});

test("an answer does not depend on what was asked before, nor on how much", () => {
  const plug = accepts("html", "json");
  const ask = (accept: string) => {
    const request = { method: "GET", url: "/", headers: { accept } } as IncomingMessage;
    const conn = new Conn({} as Node, testConfig(), request, { headersSent: false } as ServerResponse);
    plug(conn);
    return conn.format;
  };
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < 150; number++) {
      assert.equal(ask(`application/json, x/${number}`), "json");
      assert.equal(ask(`x/${number}, text/html`), "html");
    }
    assert.throws(() => ask("image/png"), HttpError);
  }
});
