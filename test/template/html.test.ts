import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type AttributeValue,
  escapeAttribute,
  escapeText,
  html,
  isRendered,
  raw,
  type TemplateValue,
  toHtml,
} from "../../src/template/index.ts";

const inText = (value: TemplateValue) => toHtml(html`<p>${value}</p>`);
const quoted = (value: TemplateValue) => toHtml(html`<p class="a ${value} b">`);
const whole = (value: TemplateValue) => toHtml(html`<p hidden=${value}>`);
const spread = (value: TemplateValue) => toHtml(html`<p ${value}>`);

describe("a hole between tags", () => {
  test("escapes text", () => {
    assert.equal(
      inText(`<script>alert("1") & '2'</script>`),
      `<p>&lt;script&gt;alert("1") &amp; '2'&lt;/script&gt;</p>`,
    );
  });

  test("prints numbers, and true as a word", () => {
    assert.equal(inText(0), "<p>0</p>");
    assert.equal(inText(-1.5), "<p>-1.5</p>");
    assert.equal(inText(12345678901234567890n), "<p>12345678901234567890</p>");
    assert.equal(inText(true), "<p>true</p>");
  });

  test("prints nothing for null, undefined, false and empty lists", () => {
    for (const value of [null, undefined, false, "", []]) assert.equal(inText(value), "<p></p>");
  });

  test("takes templates, lists of anything, and raw markup", () => {
    assert.equal(inText(html`<b>${"<"}</b>`), "<p><b>&lt;</b></p>");
    assert.equal(inText(["<", 1, null, [html`<i></i>`], raw("<hr>")]), "<p>&lt;1<i></i><hr></p>");
  });

  test("does not take for raw markup what only looks like it", () => {
    assert.throws(() => inText(JSON.parse('{"markup":"<b>"}')), /cannot take an object/);
  });

  test("escapes in textarea and title, where there is no markup", () => {
    assert.equal(
      toHtml(html`<title>${"</title><b>"}</title><textarea>${"</textarea>"}</textarea>`),
      "<title>&lt;/title&gt;&lt;b&gt;</title><textarea>&lt;/textarea&gt;</textarea>",
    );
    assert.throws(() => toHtml(html`<title>${html`<b></b>`}</title>`), /A hole in <title> cannot take a template/);
    assert.throws(() => toHtml(html`<textarea>${["a"]}</textarea>`), /A hole in <textarea> cannot take a list/);
  });
});

describe("a hole in a quoted attribute value", () => {
  test("escapes both quotes too", () => {
    assert.equal(quoted(`"><script> & '`), '<p class="a &quot;&gt;&lt;script&gt; &amp; &#39; b">');
    assert.equal(toHtml(html`<p title='${`'"`}'>`), "<p title='&#39;&quot;'>");
  });

  test("prints nothing for null, undefined and false", () => {
    for (const value of [null, undefined, false]) assert.equal(quoted(value), '<p class="a  b">');
    assert.equal(quoted(true), '<p class="a true b">');
  });

  test("writes booleans of aria attributes as words", () => {
    assert.equal(
      toHtml(html`<p aria-busy="${false}" aria-live="${true}" aria-label="${null}">`),
      '<p aria-busy="false" aria-live="true" aria-label="">',
    );
  });

  test("takes no markup", () => {
    assert.throws(() => quoted(raw("x")), /A hole in the attribute "class" cannot take raw markup/);
    assert.throws(() => quoted(html`x`), /cannot take a template/);
    assert.throws(() => quoted(["a"]), /cannot take a list/);
  });
});

describe("a hole that is a whole attribute value", () => {
  test("quotes and escapes", () => {
    assert.equal(whole(`a b"'>`), '<p hidden="a b&quot;&#39;&gt;">');
    assert.equal(whole(0), '<p hidden="0">');
    assert.equal(whole(""), '<p hidden="">');
  });

  test("writes the bare name for true and leaves the attribute away for false, null and undefined", () => {
    assert.equal(whole(true), "<p hidden>");
    for (const value of [null, undefined, false]) assert.equal(whole(value), "<p>");
  });

  test("writes booleans as words where HTML has words", () => {
    assert.equal(
      toHtml(
        html`<p aria-busy=${false} draggable=${true} spellcheck=${false} contenteditable=${true} aria-label=${null}>`,
      ),
      '<p aria-busy="false" draggable="true" spellcheck="false" contenteditable="true">',
    );
  });

  test("may be followed by other attributes, a slash or the end of the tag", () => {
    assert.equal(toHtml(html`<input value=${1} disabled=${true}/>`), '<input value="1" disabled/>');
    assert.equal(toHtml(html`<input value = ${1} id="a">`), '<input value="1" id="a">');
  });
});

describe("a hole in a tag by itself", () => {
  test("writes the attributes of an object", () => {
    assert.equal(
      spread({ class: `"a"`, hidden: true, title: null, "aria-busy": false, "data-n": 1 }),
      '<p class="&quot;a&quot;" hidden aria-busy="false" data-n="1">',
    );
  });

  test("takes null, undefined and false for none", () => {
    for (const value of [null, undefined, false, {}]) assert.equal(spread(value), "<p>");
    assert.equal(toHtml(html`<p a ${null} b="1" ${{ c: 2 }}>`), '<p a b="1" c="2">');
  });

  test("refuses names that would be read as something else", () => {
    for (const name of ["", "a b", "a=b", "a>b", "a/b", 'a"b', "a'b", "a\nb", "a\u0000", "<a"]) {
      assert.throws(() => spread({ [name]: "x" }), /cannot be the name of an attribute/);
    }
  });

  test("refuses event handlers and documents", () => {
    assert.throws(() => spread({ onClick: "alert(1)" }), /event handler attribute "onclick"/);
    assert.throws(() => spread({ SRCDOC: "<script>" }), /"srcdoc" is a whole document/);
  });

  test("takes only plain objects of attributes", () => {
    assert.throws(() => spread("class=x"), /A hole in a tag by itself cannot take a string/);
    assert.throws(() => spread(html`x`), /cannot take a template/);
    assert.throws(() => spread({ class: { a: 1 } as unknown as AttributeValue }), /cannot take an object/);
  });
});

describe("a value that no hole takes", () => {
  const wrong = (value: unknown) => () => inText(value as TemplateValue);

  test("is named together with what to do", () => {
    assert.throws(wrong({}), /A hole between tags cannot take an object\..*Give a string, a number, a template/s);
    assert.throws(wrong(Promise.resolve()), /an object of Promise.*Await it/s);
    assert.throws(wrong(new Date()), /an object of Date.*toLocaleDateString/s);
    assert.throws(wrong(inText), /the function inText.*Call it/s);
    assert.throws(wrong(Symbol("a")), /a symbol/);
    assert.throws(wrong(Object.create(null)), /an object/);
  });

  test("is shown in its template, with file and line", () => {
    assert.throws(wrong({}), /html\.test\.ts:\d+:\d+\n\n {4}<p>\$\{…\}<\/p>\n {7}\^\n/);
  });
});

test("html is a tag and nothing else", () => {
  const call = html as unknown as (strings: unknown) => void;
  assert.throws(() => call(["<p>"]), /cannot be called as a function/);
  assert.throws(() => call("<p>"), /cannot be called as a function/);
});

test("isRendered recognises what html made", () => {
  assert.equal(isRendered(html`a`), true);
  for (const value of [null, "a", raw("a"), { template: {}, values: [] }]) assert.equal(isRendered(value), false);
});

test("escapeText and escapeAttribute return text that needs no escaping as it is", () => {
  assert.equal(escapeText(`&<>"'`), `&amp;&lt;&gt;"'`);
  assert.equal(escapeAttribute(`a&b<c>d"e'f`), "a&amp;b&lt;c&gt;d&quot;e&#39;f");
  assert.equal(escapeText("plain"), "plain");
  assert.equal(escapeAttribute(""), "");
});
