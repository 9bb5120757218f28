import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { each, html, type Rendered, treeMembers } from "../../src/template/index.ts";

const tree = (rendered: Rendered): unknown => JSON.parse(`{${treeMembers(rendered)}}`);

describe("the tree for the client (protocol section 15)", () => {
  test("has statics and dynamics; everything that is printed is a string", () => {
    assert.equal(treeMembers(html`<p id="a">${"zero"}</p>`), String.raw`"0":"zero","s":["<p id=\"a\">","</p>"]`);
    assert.deepEqual(tree(html`${1}${true}${null}${false}${undefined}${2n}${"<"}`), {
      0: "1",
      1: "true",
      2: "",
      3: "",
      4: "",
      5: "2",
      6: "&lt;",
      s: ["", "", "", "", "", "", "", ""],
    });
  });

  test("has no dynamics when there are no holes", () => {
    assert.equal(treeMembers(html`<hr>`), '"s":["<hr>"]');
  });

  test("marks single roots, but not at the top, where r is the reply of an event", () => {
    assert.deepEqual(tree(html`<b>${html`<i>${1}</i>`}${html`a`}</b>`), {
      0: { 0: "1", s: ["<i>", "</i>"], r: 1 },
      1: { s: ["a"] },
      s: ["<b>", "", "</b>"],
    });
  });

  test("has attributes as strings", () => {
    assert.deepEqual(tree(html`<p class="${"a"}" hidden=${true} ${{ title: "b" }}></p>`), {
      0: "a",
      1: " hidden",
      2: ' title="b"',
      s: ['<p class="', '"', "", "></p>"],
    });
  });
});

describe("a list (protocol section 17)", () => {
  const Row = (text: string) => html`<li>${text}</li>`;

  test("has the statics of its rows once, and never r", () => {
    const expected = { 0: { s: ["<li>", "</li>"], k: { 0: { 0: "a" }, 1: { 0: "b" }, kc: 2 } }, s: ["", ""] };
    assert.deepEqual(tree(html`${each(["a", "b"], Row)}`), expected);
    assert.deepEqual(tree(html`${["a", "b"].map(Row)}`), expected);
  });

  test("is empty text when it is empty", () => {
    assert.deepEqual(tree(html`${each([], Row)}${[]}`), { 0: "", 1: "", s: ["", "", ""] });
  });

  test("of rows that differ has them as nodes between empty statics", () => {
    assert.deepEqual(tree(html`${[Row("a"), "b", null, html`<hr>`]}`), {
      0: {
        s: ["", ""],
        k: {
          0: { 0: { 0: "a", s: ["<li>", "</li>"], r: 1 } },
          1: { 0: "b" },
          2: { 0: "" },
          3: { 0: { s: ["<hr>"], r: 1 } },
          kc: 4,
        },
      },
      s: ["", ""],
    });
  });

  test("nests, and may have rows without holes", () => {
    const Outer = (texts: string[]) => html`${each(texts, Row)}`;
    assert.deepEqual(tree(html`${each([["a"], []], Outer)}${[1, 2].map(() => html`<hr>`)}`), {
      0: { s: ["", ""], k: { 0: { 0: { s: ["<li>", "</li>"], k: { 0: { 0: "a" }, kc: 1 } } }, 1: { 0: "" }, kc: 2 } },
      1: { s: ["<hr>"], k: { 0: {}, 1: {}, kc: 2 } },
      s: ["", "", ""],
    });
  });
});
