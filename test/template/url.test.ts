import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { html, toHtml } from "../../src/template/index.ts";

const href = (value: string) => toHtml(html`<a href="${value}">`);

/** What a browser runs as code when it is followed. */
const running = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "  javascript:alert(1)",
  "\u0001\u001fjavascript:alert(1)",
  "java\nscript:alert(1)",
  "java\tscript\r:alert(1)",
  "\u00a0javascript:alert(1)",
  "\ufeffjavascript:alert(1)",
  "vbscript:msgbox",
  "data:text/html,<script>alert(1)</script>",
  "DATA: text/html;base64,PHNjcmlwdD4=",
];

const harmless = [
  "",
  "/a?b=javascript:1",
  "https://example.com/",
  "mailto:a@b.c",
  "#javascript:",
  "data:image/png;base64,AAAA",
  "javascript",
  "./javascript:1",
  "a:b",
];

describe("a value that begins an address", () => {
  test("is made harmless when it would run", () => {
    for (const url of running) assert.match(href(url), /^<a href="unsafe:/, JSON.stringify(url));
  });

  test("is left alone otherwise", () => {
    for (const url of harmless) assert.equal(href(url), `<a href="${url}">`);
  });

  test("is looked at in every attribute that holds an address, and in every form", () => {
    const url = "javascript:1";
    for (const rendered of [
      html`<a href=${url}>`,
      html`<a HREF='${url}'>`,
      html`<a href="  ${url}">`,
      html`<a ${{ Href: url }}>`,
      html`<img src="${url}">`,
      html`<form action="${url}">`,
      html`<button formaction=${url}>`,
      html`<use xlink:href="${url}">`,
      html`<video poster="${url}">`,
      html`<object data="${url}">`,
    ]) {
      assert.match(toHtml(rendered), /unsafe:javascript:1/);
    }
    assert.equal(toHtml(html`<p title="${url}">`), '<p title="javascript:1">');
  });
});

describe("an address of several parts", () => {
  test("is not looked at behind its beginning", () => {
    assert.equal(toHtml(html`<a href="/search?q=${"javascript:1"}">`), '<a href="/search?q=javascript:1">');
    assert.equal(toHtml(html`<a href="${"/a"}/${"javascript:1"}">`), '<a href="/a/javascript:1">');
  });

  test("cannot be put together to one that runs", () => {
    assert.match(toHtml(html`<a href="${"java"}${"script:1"}">`), /unsafe:/);
    assert.match(toHtml(html`<a href="${""}${"javascript:1"}">`), /unsafe:/);
    assert.match(toHtml(html`<a href="${"javascript"}:${"1"}">`), /unsafe:/);
    assert.match(toHtml(html`<a href="${"j"}avascript:${"1"}">`), /unsafe:/);
    assert.match(toHtml(html`<a href="${"java"} ${"script:1"}">`), /unsafe:/);
  });

  test("may have parts that look like the beginning of a scheme where none can go on", () => {
    assert.equal(toHtml(html`<a href="${"data"}/edit">`), '<a href="data/edit">');
    assert.equal(toHtml(html`<a href="${"d"}?a=${"b"}">`), '<a href="d?a=b">');
    assert.equal(toHtml(html`<a href="${"/base/"}${"data"}">`), '<a href="/base/data">');
  });

  test("is refused when its text begins one that runs", () => {
    for (const make of [
      () => html`<a href="javascript:go(${1})">`,
      () => html`<a href=" JAVASCRIPT:${1}">`,
      () => html`<a href="data:text/html,${1}">`,
      () => html`<a href="java${1}">`,
    ]) {
      assert.throws(make, /begins like one that is run as code/);
    }
    assert.equal(toHtml(html`<img src="data:image/png;base64,${"AA"}">`), '<img src="data:image/png;base64,AA">');
  });
});
