import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diffMembers, each, html, raw, type TemplateValue } from "../../src/template/index.ts";

const Page = (value: TemplateValue) => html`<main>${value}</main>`;
const Item = (value: TemplateValue) => html`<b>${value}</b>`;
const Plain = (value: TemplateValue) => html`${value}!`;

/** The diff from one value to another in a page's only hole. */
const diff = (before: TemplateValue, after: TemplateValue) => diffMembers(Page(before), Page(after));

describe("nothing is sent", () => {
  test("for values that print the same", () => {
    for (const [before, after] of [
      ["a", "a"],
      [1, "1"],
      [1, 1n],
      [true, "true"],
      [null, ""],
      [undefined, false],
      [Number.NaN, Number.NaN],
      [[], null],
      ["", each([], Item)],
      [raw("a"), raw("a")],
      [raw("&lt;"), "<"],
    ] as [TemplateValue, TemplateValue][]) {
      assert.equal(diff(before, after), "");
    }
  });

  test("for the same tree, and for one with the same values", () => {
    const page = Page(Item(1));
    assert.equal(diffMembers(page, page), "");
    assert.equal(diffMembers(page, Page(Item(1))), "");
    assert.equal(diff(html`<hr>`, html`<hr>`).includes("s"), true);
    const Rule = () => html`<hr>`;
    assert.equal(diff(Rule(), Rule()), "");
  });

  test("for attributes that print the same", () => {
    const Tag = (title: TemplateValue, rest: TemplateValue) => html`<p title=${title} ${rest}>`;
    assert.equal(diffMembers(Tag(1, { class: "a" }), Tag("1", { class: "a" })), "");
    assert.equal(diffMembers(Tag(null, null), Tag(false, {})), "");
  });
});

describe("what changed is sent", () => {
  test("as escaped text", () => {
    assert.equal(diff("zero", "one"), '"0":"one"');
    assert.equal(diff(1, '<"'), String.raw`"0":"&lt;\""`);
    assert.equal(diff("a", null), '"0":""');
  });

  test("without what did not", () => {
    const Three = (a: TemplateValue, b: TemplateValue, c: TemplateValue) => html`${a}${b}${c}`;
    assert.equal(diffMembers(Three(1, 2, 3), Three(1, 4, 3)), '"1":"4"');
    assert.equal(diffMembers(Three(1, 2, 3), Three(2, 2, 4)), '"0":"2","2":"4"');
    assert.equal(diffMembers(Three(Item(1), Item(2), 3), Three(Item(1), Item(5), 3)), '"1":{"0":"5"}');
  });

  test("in depth, without statics", () => {
    assert.equal(diff(Item(Plain(1)), Item(Plain(2))), '"0":{"0":{"0":"2"}}');
  });

  test("as the whole attribute", () => {
    const Tag = (hidden: TemplateValue, rest: TemplateValue) => html`<p hidden=${hidden} ${rest}>`;
    assert.equal(diffMembers(Tag(false, { a: 1 }), Tag(true, { a: 2 })), String.raw`"0":" hidden","1":" a=\"2\""`);
  });
});

describe("another template", () => {
  test("is sent in full, with r if it is one element", () => {
    assert.equal(diff(Item(1), Plain(Item(2))), '"0":{"0":{"0":"2","s":["<b>","</b>"],"r":1},"s":["","!"]}');
    assert.equal(diff(Plain(1), Item(1)), '"0":{"0":"1","s":["<b>","</b>"],"r":1}');
  });

  test("takes the place of text and the other way round", () => {
    assert.equal(diff("1", Plain(1)), '"0":{"0":"1","s":["","!"]}');
    assert.equal(diff(null, Plain(1)), '"0":{"0":"1","s":["","!"]}');
    assert.equal(diff(Plain(1), "1!"), '"0":"1!"');
    assert.equal(diff(Plain(1), null), '"0":""');
  });

  test("takes the place of a list and the other way round", () => {
    const list = each([1], Plain);
    assert.equal(diff(Plain(1), list), '"0":{"s":["","!"],"k":{"0":{"0":"1"},"kc":1}}');
    assert.equal(diff(list, Plain(1)), '"0":{"0":"1","s":["","!"]}');
    assert.equal(diff([1, "a"], html`${1}`), '"0":{"0":"1","s":["",""]}');
  });

  test("at the top is the whole tree, and has no r", () => {
    assert.equal(diffMembers(Page(1), Item(Item(1))), '"0":{"0":"1","s":["<b>","</b>"],"r":1},"s":["<b>","</b>"]');
  });
});

test("the template is told by its place in the code, not by its text", () => {
  const [one, other] = [() => html`<i>${1}</i>`, () => html`<i>${1}</i>`];
  assert.equal(diffMembers(one(), one()), "");
  assert.notEqual(diffMembers(one(), other()), "");
});

test("a value that its hole does not take is reported when it is new", () => {
  assert.throws(() => diff("a", {}), /A hole between tags cannot take an object/);
});
