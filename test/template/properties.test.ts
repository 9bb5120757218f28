import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  diffMembers,
  each,
  html,
  type Rendered,
  raw,
  type TemplateValue,
  toHtml,
  treeMembers,
} from "../../src/template/index.ts";
import { OfficialClient } from "./official-client.ts";

/** A tree described by plain data, which fast-check can make, shrink and print. */
type Shape =
  | { is: "value"; value: string | number | boolean | null }
  | { is: "raw"; markup: string }
  | { is: "still" }
  | { is: "element"; child: Shape }
  | { is: "pair"; first: Shape; second: Shape }
  | { is: "attributes"; quoted: string; whole: string | boolean | null; spread: Record<string, string | boolean> }
  | { is: "array"; values: Shape[] }
  | { is: "list"; keyed: boolean; rows: { key: number; child: Shape }[] }
  | { is: "memoised"; keyed: boolean; items: Item[] };

interface Item {
  readonly id: number;
  readonly text: string;
}

type Entry = { key: number; child: Shape };

/** The same objects again and again, as the items of a list are when most of them did not change. */
const items: Item[] = [0, 1, 2, 3, 4].flatMap((id) => ["a", "b", "<c>"].map((text) => ({ id, text })));

const MemoisedRow = (item: Item) =>
  item.text === "b" && item.id > 2 ? html`${item.text}` : html`<li id="i${item.id}">${item.text}</li>`;

function render(shape: Shape): TemplateValue {
  switch (shape.is) {
    case "value":
      return shape.value;
    case "raw":
      return raw(shape.markup);
    case "still":
      return html`<hr>`;
    case "element":
      return html`<b class="x">${render(shape.child)}</b>`;
    case "pair":
      return html`${render(shape.first)}, ${render(shape.second)}`;
    case "attributes":
      return html`<input id="${shape.quoted}" value=${shape.whole} ${shape.spread}> `;
    case "array":
      return shape.values.map(render);
    case "list": {
      const Row = ({ child }: Entry) => html`<p>${render(child)}</p>`;
      return shape.keyed ? each(shape.rows, Row, { key: ({ key }) => key }) : each(shape.rows, Row);
    }
    case "memoised":
      return shape.keyed ? each(shape.items, MemoisedRow, { key: ({ id }) => id }) : each(shape.items, MemoisedRow);
  }
}

const Page = (first: Shape, second: Shape): Rendered => html`<main>${render(first)}</main>${render(second)}`;
const OtherPage = (first: Shape): Rendered => html`<main>${render(first)}</main>`;

const text = fc.constantFrom("", "a", "b", "<i>", `"'&`, "1", "\n\u2028");
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.record({
      is: fc.constant("value" as const),
      value: fc.oneof(text, fc.constantFrom(0, 1, -1.5), fc.boolean(), fc.constant(null)),
    }),
    fc.record({ is: fc.constant("raw" as const), markup: fc.constantFrom("", "a", "<u>r</u>") }),
    fc.record({ is: fc.constant("still" as const) }),
    fc.record({ is: fc.constant("element" as const), child: tie("shape") }),
    fc.record({ is: fc.constant("pair" as const), first: tie("shape"), second: tie("shape") }),
    fc.record({
      is: fc.constant("attributes" as const),
      quoted: text,
      whole: fc.oneof(text, fc.boolean(), fc.constant(null)),
      spread: fc.dictionary(fc.constantFrom("a", "aria-b"), fc.oneof(text, fc.boolean())),
    }),
    fc.record({ is: fc.constant("array" as const), values: fc.array(tie("shape"), { maxLength: 3 }) }),
    fc.record({
      is: fc.constant("list" as const),
      keyed: fc.boolean(),
      rows: fc.uniqueArray(fc.record({ key: fc.nat(5), child: tie("shape") }), {
        maxLength: 5,
        selector: ({ key }) => key,
      }),
    }),
    fc.record({
      is: fc.constant("memoised" as const),
      keyed: fc.boolean(),
      items: fc.uniqueArray(fc.constantFrom(...items), { maxLength: 5, selector: ({ id }) => id }),
    }),
  ),
}));

const page = fc.oneof(
  { weight: 6, arbitrary: fc.record({ first: shape, second: shape }) },
  { weight: 1, arbitrary: fc.record({ first: shape }) },
);

function renderPage(description: { first: Shape; second?: Shape }): Rendered {
  return description.second === undefined ? OtherPage(description.first) : Page(description.first, description.second);
}

test("the official client shows, after any sequence of diffs, the HTML of the newest tree", () => {
  fc.assert(
    fc.property(fc.array(page, { minLength: 1, maxLength: 6 }), (descriptions) => {
      const pages = descriptions.map(renderPage);
      let shown = pages[0] as Rendered;
      const client = new OfficialClient(treeMembers(shown));
      assert.equal(client.html, toHtml(shown));
      for (const next of pages.slice(1)) {
        const members = diffMembers(shown, next);
        if (members !== "") client.apply(members);
        assert.equal(client.html, toHtml(next));
        shown = next;
      }
    }),
    { numRuns: 1000 },
  );
});

test("lists that change a little reach the official client", () => {
  const list = fc.uniqueArray(fc.constantFrom(...items), { maxLength: 5, selector: ({ id }) => id });
  const List = (of: Item[], keyed: boolean) =>
    html`<ul>${render({ is: "memoised", keyed, items: of })}</ul>${render({
      is: "list",
      keyed,
      rows: of.map(({ id, text }) => ({
        key: id,
        child: { is: "memoised", keyed, items: of.filter((one) => one.id < id || one.text === text) },
      })),
    })}`;
  fc.assert(
    fc.property(fc.array(list, { minLength: 2, maxLength: 8 }), fc.boolean(), (lists, keyed) => {
      let shown = List(lists[0] as Item[], keyed);
      const client = new OfficialClient(treeMembers(shown));
      for (const of of lists.slice(1)) {
        const next = List(of, keyed);
        const members = diffMembers(shown, next);
        if (members !== "") client.apply(members);
        assert.equal(client.html, toHtml(next));
        shown = next;
      }
    }),
    { numRuns: 500 },
  );
});

test("two renderings of the same data differ in nothing", () => {
  fc.assert(
    fc.property(page, (description) => {
      assert.equal(diffMembers(renderPage(description), renderPage(description)), "");
    }),
    { numRuns: 500 },
  );
});

test("no number, null or boolean reaches the wire as a dynamic", () => {
  fc.assert(
    fc.property(page, (description) => {
      const tree: unknown = JSON.parse(`{${treeMembers(renderPage(description))}}`);
      for (const dynamic of dynamicsOf(tree)) assert.match(typeof dynamic, /^(string|object)$/);
    }),
  );
});

test("a diff for one changed value contains that value and nothing else", () => {
  const wrapper = fc.constantFrom("element", "first", "second", "row", "keyed row", "item");
  const wrap = (child: Shape, by: string): Shape => {
    const other: Shape = { is: "element", child: { is: "value", value: "other" } };
    const rows = [other, child, other].map((one, key) => ({ key, child: one }));
    if (by === "element") return { is: "element", child };
    if (by === "first") return { is: "pair", first: child, second: other };
    if (by === "second") return { is: "pair", first: other, second: child };
    if (by === "item") return { is: "array", values: [other, child] };
    return { is: "list", keyed: by === "keyed row", rows };
  };
  fc.assert(
    fc.property(fc.array(wrapper, { maxLength: 5 }), shape, (wrappers, aside) => {
      const at = (value: string) => Page(wrappers.reduce(wrap, { is: "value", value } as Shape), aside);
      const members = diffMembers(at("before"), at("after"));
      const leaves = dynamicsOf(JSON.parse(`{${members}}`)).filter((one) => typeof one === "string");
      assert.deepEqual(leaves, ["after"]);
      assert.doesNotMatch(members, /"s":|"km"/);
    }),
  );
});

/** All dynamics of a tree or diff, at any depth. */
function dynamicsOf(node: unknown): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === "k") return Object.values(value as object).flatMap(dynamicsOf);
    return /^\d+$/.test(key) ? [value, ...dynamicsOf(value)] : [];
  });
}
