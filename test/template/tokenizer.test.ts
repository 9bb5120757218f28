import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { html, type Rendered } from "../../src/template/index.ts";

const statics = ({ template }: Rendered) => template.statics;
const singleRoot = ({ template }: Rendered) => template.singleRoot;

describe("refused, since no escaping is safe there", () => {
  const x = "x";

  test("holes inside script, style and other elements of raw text", () => {
    assert.throws(() => html`<script>let a = "${x}";</script>`, /A value inside <script> cannot be escaped safely/);
    assert.throws(() => html`<SCRIPT type="application/json">${x}</SCRIPT>`, /inside <script>/);
    assert.throws(() => html`<style>a { color: ${x} }</style>`, /inside <style>/);
    assert.throws(() => html`<iframe>${x}</iframe>`, /inside <iframe>/);
    assert.throws(() => html`<script>"</scrip>${x}"</script>`, /inside <script>/);
  });

  test("holes inside comments and declarations", () => {
    assert.throws(() => html`<!-- ${x} -->`, /inside a comment or declaration/);
    assert.throws(() => html`<!-- > -> ${x} -->`, /inside a comment/);
    assert.throws(() => html`<!doctype ${x}>`, /inside a comment or declaration/);
    assert.throws(() => html`<?xml ${x}?>`, /inside a comment or declaration/);
    assert.throws(() => html`</ ${x}>`, /inside a comment or declaration/);
  });

  test("holes in tag names", () => {
    for (const make of [
      () => html`<${x}>`,
      () => html`</${x}>`,
      () => html`<h${x}>`,
      () => html`<p></p${x}>`,
      () => html`<textarea></${x}textarea>`,
    ]) {
      assert.throws(make, /A tag name cannot be dynamic/);
    }
    assert.throws(() => html`<p></p ${x}>`, /An end tag takes nothing but its name/);
  });

  test("holes in attribute names", () => {
    assert.throws(() => html`<p data-${x}="1">`, /An attribute name cannot be dynamic in part/);
    assert.throws(() => html`<p data${x}>`, /An attribute name/);
  });

  test("event handlers, quoted and not, whole and in part, in any case", () => {
    for (const make of [
      () => html`<p onclick="${x}">`,
      () => html`<p onclick='go(${x})'>`,
      () => html`<p onclick=${x}>`,
      () => html`<p onclick=go${x}>`,
      () => html`<p OnMouseOver="${x}">`,
    ]) {
      assert.throws(make, /The event handler attribute "on\w+" is code/);
    }
  });

  test("srcdoc", () => {
    assert.throws(() => html`<iframe srcdoc="${x}"></iframe>`, /"srcdoc" is a whole document/);
  });

  test("values without quotes that are dynamic in part", () => {
    for (const make of [
      () => html`<p a=x${x}>`,
      () => html`<p a=${x}x>`,
      () => html`<p a=${x}${x}>`,
      () => html`<p a=${x}"">`,
    ]) {
      assert.throws(make, /An attribute value without quotes cannot be dynamic in part/);
    }
  });

  test("templates that end where another could not begin", () => {
    for (const make of [
      () => html`<p`,
      () => html`<p class="`,
      () => html`<!-- `,
      () => html`<script>`,
      () => html`a <`,
    ]) {
      assert.throws(make, /The template ends inside/);
    }
  });
});

describe("refused, since browsers read something else than was meant", () => {
  test("stray quotes and signs in tags", () => {
    assert.throws(() => html`<p class="a"">`, /There is a " in a tag/);
    assert.throws(() => html`<p ='a'>`, /There is a = in a tag/);
    assert.throws(() => html`<p a=b"c">`, /There is a " in a tag/);
    assert.throws(() => html`<div<p>`, /A tag is not closed before the next one begins/);
    assert.throws(() => html`<div <p>`, /There is a < in a tag/);
    assert.throws(() => html`<p></p class="a">`, /An end tag takes nothing but its name/);
  });

  test("slashes that do not close", () => {
    assert.throws(
      () => html`<div/>`,
      /<div\/> does not close the element: HTML ignores the slash\..*Write <div><\/div>/s,
    );
    assert.throws(() => html`<textarea />`, /<textarea\/> does not close/);
    assert.throws(() => html`<script src="a"/>`, /<script\/> does not close/);
    assert.throws(() => html`<my-element />`, /<my-element\/> does not close/);
  });

  test("markup in elements of text, and comments in scripts", () => {
    assert.throws(() => html`<textarea><b></textarea>`, /<textarea> contains text only/);
    assert.throws(() => html`<script>"<!-- <script>"</script>`, /A script cannot contain <!--/);
    assert.deepEqual(statics(html`<script>if (a <!b && a < b) "</p>"</script>`), [
      '<script>if (a <!b && a < b) "</p>"</script>',
    ]);
    assert.deepEqual(statics(html`<title>a < b</title>`), ["<title>a < b</title>"]);
  });
});

test("a refusal shows the call site and the line with an arrow", () => {
  const make = () => html`
    <ul>
      <li class="a" onclick="go(${1})">${2}</li>
    </ul>`;
  assert.throws(make, (error: Error) => {
    const [problem, place, , line, arrow, , remedy] = error.message.split("\n");
    assert.match(problem as string, /^The event handler attribute "onclick" is code/);
    assert.match(place as string, /^ {2}in the template at .*tokenizer\.test\.ts:\d+:\d+$/);
    assert.equal(line, `    <li class="a" onclick="go(\${…})">\${…}</li>`);
    assert.equal(arrow?.length, (line as string).indexOf(`\${…}`) + 1);
    assert.match(remedy as string, /^Use a binding such as phx-click/);
    return true;
  });
});

describe("statics", () => {
  test("are cut around holes; a whole attribute is cut with the space before it", () => {
    assert.deepEqual(statics(html`<p class="a ${1}" hidden=${2} ${{}}>${3}</p>`), [
      '<p class="a ',
      '"',
      "",
      ">",
      "</p>",
    ]);
  });

  test("have one space between attributes, and values in quotes", () => {
    assert.deepEqual(
      statics(html`<p
      class = "a
      b"
      ID=x	data-a='"'title="c"
      hidden
    >a
    b</p
    ><br />`),
      [`<p class="a\n      b" id="x" data-a='"' title="c" hidden>a\n    b</p><br/>`],
    );
  });

  test("are otherwise what was written", () => {
    const written = [
      '<!doctype html><html lang="en"><head></head></html>',
      '<svg viewBox="0 0 1 1"><linearGradient/><path d="M0 0"/></svg>',
      "a < b <3 && c > d &amp; </>",
      "<!----><!--> --><!-- a -- b -->",
      '<a href="/a/b/">x</a>',
    ];
    assert.deepEqual(statics(html`<!doctype html><html lang=en><head></head></html>`), [written[0]]);
    assert.deepEqual(statics(html`<svg viewBox="0 0 1 1"><linearGradient/><path d="M0 0"/></svg>`), [written[1]]);
    assert.deepEqual(statics(html`a < b <3 && c > d &amp; </>`), [written[2]]);
    assert.deepEqual(statics(html`<!----><!--> --><!-- a -- b -->`), [written[3]]);
    assert.deepEqual(statics(html`<a href=/a/b/>x</a>`), [written[4]]);
  });
});

describe("a single root", () => {
  test("is one element with nothing but whitespace and short comments around", () => {
    assert.equal(singleRoot(html`<p>a</p>`), true);
    assert.equal(singleRoot(html`<input value=${1}>`), true);
    assert.equal(singleRoot(html`<circle r="1"/>`), true);
    assert.equal(singleRoot(html`<script>let a;</script>`), true);
    assert.equal(
      singleRoot(html`
      <!-- what it is -->
      <section class="${1}"><p>${2}</p><br><P></p></section>
      <!-- end -->
    `),
      true,
    );
  });

  test("is not there when anything else stands beside it", () => {
    assert.equal(singleRoot(html`<p></p><p></p>`), false);
    assert.equal(singleRoot(html`<p></p>${1}`), false);
    assert.equal(singleRoot(html`a <p></p>`), false);
    assert.equal(singleRoot(html`<!doctype html><html></html>`), false);
    assert.equal(
      singleRoot(html`<!-- two
      lines --><p></p>`),
      false,
    );
    assert.equal(singleRoot(html`<!--> --><p></p>`), false);
  });

  test("is not a hole, a text or nothing", () => {
    assert.equal(singleRoot(html`${1}`), false);
    assert.equal(singleRoot(html`a`), false);
    assert.equal(singleRoot(html``), false);
    assert.equal(singleRoot(html`<!-- a -->`), false);
  });

  test("is closed by its own end tag", () => {
    assert.equal(singleRoot(html`<li>a`), false);
    assert.equal(singleRoot(html`<b><i></b></i>`), false);
    assert.equal(singleRoot(html`<ul><li>a<li>b</ul>`), false);
    assert.equal(singleRoot(html`</p>`), false);
  });
});
