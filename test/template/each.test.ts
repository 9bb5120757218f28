import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Comprehension,
  diffMembers,
  each,
  html,
  type Rendered,
  toHtml,
  treeMembers,
} from "../../src/template/index.ts";

interface Item {
  readonly id: number;
  readonly text: string;
}

const a: Item = { id: 1, text: "a" };
const b: Item = { id: 2, text: "b" };
const c: Item = { id: 3, text: "c" };
const byId = { key: (item: Item) => item.id };

/** A row function as modules have them, and the texts of the items that it was called for. */
function rowFunction() {
  const called: string[] = [];
  const Row = (item: Item): Rendered => {
    called.push(item.text);
    return html`<li>${item.text}</li>`;
  };
  return { Row, called };
}

describe("each", () => {
  test("renders a row for each item", () => {
    assert.equal(toHtml(html`<ul>${each([a, b], rowFunction().Row)}</ul>`), "<ul><li>a</li><li>b</li></ul>");
  });

  test("refuses two items with the same key", () => {
    const { Row } = rowFunction();
    assert.throws(() => each([a, b, { id: 1, text: "x" }], Row, byId), /items at 0 and 2 have the same key 1/);
    assert.throws(() => each(["x", "x"], (text) => html`${text}`, { key: (text) => text }), /the same key "x"/);
  });

  test("takes values that are no objects", () => {
    const Row = (text: string) => html`${text};`;
    each(["a"], Row);
    assert.equal(toHtml(html`${each(["a", "b", "a"], Row)}`), "a;b;a;");
    assert.equal(toHtml(html`${each(["b"], Row)}`), "b;");
  });
});

describe("a row function of module level", () => {
  test("is called once for each item, for all viewers and renderings", () => {
    const { Row, called } = rowFunction();
    const [first, second, third] = [each([a, b], Row, byId), each([a, b, c], Row, byId), each([c, b], Row, byId)];
    assert.deepEqual(called, [], "no row is made before it is needed");
    for (const list of [first, second, third]) void list.rows;
    assert.deepEqual(called, ["a", "b", "c"]);
    assert.equal(second.rows[0], first.rows[0]);
    assert.deepEqual(third.rows, [second.rows[2], second.rows[1]]);
  });

  test("is called again for an item that was replaced", () => {
    const { Row, called } = rowFunction();
    const View = (items: Item[]) => html`${each(items, Row)}`;
    assert.equal(diffMembers(View([a, b]), View([a, { ...b, text: "B" }])), '"0":{"k":{"1":{"0":"B"},"kc":2}}');
    assert.deepEqual(called, ["a", "b", "B"]);
  });

  test("is called for each item of a list that is only printed, which keeps no rows", () => {
    const { Row, called } = rowFunction();
    const list = each([a, b], Row);
    assert.equal(toHtml(html`${list}${list}`), "<li>a</li><li>b</li><li>a</li><li>b</li>");
    assert.deepEqual(called, ["a", "b", "a", "b"]);
    assert.equal(list.madeRows, undefined);
  });

  test("gives the same list for the same items, so that viewers differ in nothing", () => {
    const { Row } = rowFunction();
    const list = each([a, b], Row, byId);
    assert.notEqual(each([a, b], Row, byId), list, "a list that may only be printed is not remembered");
    void list.rows;
    assert.equal(each([a, b], Row, { key: (item) => item.id }), list);
    assert.notEqual(each([a, b], Row), list);
    assert.notEqual(each([b, a], Row, byId), list);
  });

  test("shares the JSON of its rows and of the last diff", () => {
    const { Row } = rowFunction();
    const View = (items: Item[]) => html`${each(items, Row, byId)}`;
    const one = View([a, b]);
    const tree = treeMembers(one);
    const other = View([a, b]);
    assert.equal(treeMembers(other), tree);
    assert.equal(
      (one.values[0] as Comprehension).rows.every((row) => (row as Rendered).entryJson !== undefined),
      true,
    );

    const oneNext = View([b, a, c]);
    const diff = diffMembers(one, oneNext);
    const otherNext = View([b, a, c]);
    const list = oneNext.values[0] as Comprehension;
    assert.equal(list.arrival?.from.deref(), one.values[0]);
    assert.equal(diffMembers(other, otherNext), diff);

    assert.equal(diffMembers(View([c]), otherNext), '"0":{"k":{"0":{"0":"b"},"1":{"0":"a"},"2":0,"km":true,"kc":3}}');
  });

  test("keeps no list and no row alive", async () => {
    const { Row } = rowFunction();
    const references = (() => {
      const items = [{ id: 1, text: "long gone" }];
      const lists = [each(items, Row), each([...items], Row), each([...items, a], Row)];
      const [, shared, last] = lists as [Comprehension, Comprehension, Comprehension];
      void shared.rows;
      diffMembers(html`${shared}`, html`${last}`);
      return [...lists, items[0] as Item, shared.rows[0] as Rendered].map((one) => new WeakRef(one));
    })();
    await new Promise(setImmediate);
    collectGarbage();
    assert.deepEqual(
      references.map((reference) => reference.deref()),
      references.map(() => undefined),
    );
    assert.equal(toHtml(html`${each([a], Row)}`), "<li>a</li>");
  });
});

test("a function made during rendering may use what is around it", () => {
  const View = (items: Item[], selected: number) =>
    html`${each(items, (item) => html`<li class=${item.id === selected && "on"}>${item.text}</li>`, byId)}`;
  assert.equal(
    diffMembers(View([a, b], 1), View([a, b], 2)),
    String.raw`"0":{"k":{"0":{"0":""},"1":{"0":" class=\"on\""},"kc":2}}`,
  );
  const { rows } = View([a], 1).values[0] as Comprehension;
  assert.equal((rows[0] as Rendered).shared, false);
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
