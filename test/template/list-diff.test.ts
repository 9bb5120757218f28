import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { diffMembers, each, html, type TemplateValue, treeMembers } from "../../src/template/index.ts";
import { OfficialClient } from "./official-client.ts";

type Item = readonly [key: string, text: TemplateValue];

const Row = ([, text]: Item) => html`<li>${text}</li>`;
const Keyed = (items: readonly Item[]) => html`${each(items, (item) => Row(item), { key: ([key]) => key })}`;
const Unkeyed = (items: readonly Item[]) => html`${each(items, (item) => Row(item))}`;
const Mixed = (values: readonly TemplateValue[]) => html`${values}`;

/** Items whose keys are their texts: `itemsOf("a b c")`; `itemsOf("a b=B")` has key b and text B. */
const itemsOf = (text: string): Item[] =>
  text.split(" ").map((word) => {
    const [key, shown] = word.split("=") as [string, string?];
    return [key, shown ?? key];
  });

describe("with keys (protocol sections 17 and 39)", () => {
  const diff = (before: string, after: string) => diffMembers(Keyed(itemsOf(before)), Keyed(itemsOf(after)));

  test("a b c → c A b, as recorded", () => {
    assert.equal(diff("a b c", "c a=A b"), '"0":{"k":{"0":2,"1":[0,{"0":"A"}],"2":1,"km":true,"kc":3}}');
  });

  test("shrinking to the third, as recorded", () => {
    assert.equal(diff("c a b", "b"), '"0":{"k":{"0":2,"km":true,"kc":1}}');
  });

  test("an unchanged list is not sent", () => {
    assert.equal(diff("a b c", "a b c"), "");
  });

  test("an entry that changed in its place", () => {
    assert.equal(diff("a b c", "a b=B c"), '"0":{"k":{"1":{"0":"B"},"kc":3}}');
  });

  test("an entry added at the end, in front, and in another's place", () => {
    assert.equal(diff("a", "a b"), '"0":{"k":{"1":{"0":"b"},"kc":2}}');
    assert.equal(diff("a", "b a"), '"0":{"k":{"0":{"0":"b"},"1":0,"km":true,"kc":2}}');
    assert.equal(diff("a b", "a c"), '"0":{"k":{"1":{"0":"c"},"kc":2}}');
  });

  test("entries removed from the end and from the front", () => {
    assert.equal(diff("a b c", "a b"), '"0":{"k":{"kc":2}}');
    assert.equal(diff("a b c", "b c"), '"0":{"k":{"0":1,"1":2,"km":true,"kc":2}}');
  });

  test("an entry with another key is new even if it shows the same", () => {
    assert.equal(diff("a=x", "b=x"), '"0":{"k":{"0":{"0":"x"},"kc":1}}');
  });

  test("numbers and texts are different keys", () => {
    const Numbers = (keys: (string | number)[]) => html`${each(keys, (key) => html`${key}`, { key: (key) => key })}`;
    assert.doesNotThrow(() => Numbers([1, "1"]));
    assert.equal(diffMembers(Numbers([1]), Numbers(["1"])), '"0":{"k":{"0":{"0":"1"},"kc":1}}');
  });
});

describe("without keys", () => {
  const diff = (before: string, after: string) => diffMembers(Unkeyed(itemsOf(before)), Unkeyed(itemsOf(after)));

  test("rows are matched by their index", () => {
    assert.equal(diff("a b c", "a c b"), '"0":{"k":{"1":{"0":"c"},"2":{"0":"b"},"kc":3}}');
    assert.equal(diff("a b", "a"), '"0":{"k":{"kc":1}}');
    assert.equal(diff("a", "a b"), '"0":{"k":{"1":{"0":"b"},"kc":2}}');
    assert.equal(diff("a b", "a b"), "");
  });

  test("arrays are such lists too", () => {
    const Rows = (text: string) => html`${itemsOf(text).map(Row)}`;
    assert.equal(diffMembers(Rows("a b"), Rows("a c")), '"0":{"k":{"1":{"0":"c"},"kc":2}}');
  });
});

describe("statics", () => {
  test("are sent again after a list was empty, which is sent as text", () => {
    assert.equal(diffMembers(Keyed(itemsOf("a")), Keyed([])), '"0":""');
    assert.equal(diffMembers(Keyed([]), Keyed(itemsOf("a"))), '"0":{"s":["<li>","</li>"],"k":{"0":{"0":"a"},"kc":1}}');
  });

  test("of nested nodes are sent in new entries and not in moved ones", () => {
    const [a, b, changed] = [
      ["a", html`<i>1</i>`],
      ["b", "2"],
      ["a", "3"],
    ] as [Item, Item, Item];
    assert.equal(
      diffMembers(Keyed([b]), Keyed([a, b])),
      '"0":{"k":{"0":{"0":{"s":["<i>1</i>"],"r":1}},"1":0,"km":true,"kc":2}}',
    );
    assert.equal(diffMembers(Keyed([a, b]), Keyed([b, a])), '"0":{"k":{"0":1,"1":0,"km":true,"kc":2}}');
    assert.equal(
      diffMembers(Keyed([a, b]), Keyed([b, changed])),
      '"0":{"k":{"0":1,"1":[0,{"0":"3"}],"km":true,"kc":2}}',
    );
  });

  test("of a list whose rows have another template are sent with all of it", () => {
    const Other = (items: readonly Item[], Shown: (item: Item) => ReturnType<typeof html>) =>
      html`${each(items, Shown)}`;
    const change = diffMembers(
      Other(itemsOf("a"), (item) => Row(item)),
      Other(itemsOf("a"), ([, text]) => html`<p>${text}</p>`),
    );
    assert.equal(change, '"0":{"s":["<p>","</p>"],"k":{"0":{"0":"a"},"kc":1}}');
  });
});

describe("mixed lists", () => {
  const Bold = (text: string) => html`<b>${text}</b>`;

  test("send their rows as nodes", () => {
    assert.equal(
      diffMembers(Mixed(["a", Bold("b")]), Mixed(["a", Bold("c")])),
      '"0":{"k":{"1":{"0":{"0":"c"}},"kc":2}}',
    );
    assert.equal(
      diffMembers(Mixed(["a", Bold("b")]), Mixed([Bold("a"), "b"])),
      '"0":{"k":{"0":{"0":{"0":"a","s":["<b>","</b>"],"r":1}},"1":{"0":"b"},"kc":2}}',
    );
  });

  test("and lists of one template take each other's place in full", () => {
    assert.match(
      diffMembers(Mixed([Bold("a"), "b"]), Mixed([Bold("a"), Bold("b")])),
      /^"0":\{"s":\["<b>","<\/b>"\],"k"/,
    );
    assert.match(diffMembers(Mixed([Bold("a"), Bold("b")]), Mixed([Bold("a"), "b"])), /^"0":\{"s":\["",""\],"k"/);
  });
});

test("the official client follows a list through every kind of change", () => {
  const steps = ["a b c", "c a=A b", "b", "x b y", "y b x", "x", "a=1 x b=2 c", "c b=3 x=4 a"];
  let shown = Keyed(itemsOf(steps[0] as string));
  const client = new OfficialClient(treeMembers(shown));
  for (const step of steps.slice(1)) {
    const next = Keyed(itemsOf(step));
    client.apply(diffMembers(shown, next));
    assert.equal(
      client.html,
      itemsOf(step)
        .map(([, text]) => `<li>${text}</li>`)
        .join(""),
    );
    shown = next;
  }
});
