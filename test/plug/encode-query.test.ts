import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeQuery,
  encodeQuery,
  HttpError,
  type ParamValue,
  type QueryParams,
  Upload,
} from "../../src/plug/index.ts";

/** The same with ordinary prototypes, so that literals compare. */
function plain(value: ParamValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Upload) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

test("plain pairs, in their order", () => {
  assert.equal(encodeQuery({}), "");
  assert.equal(encodeQuery({ foo: "bar", baz: "bat" }), "foo=bar&baz=bat");
  assert.equal(encodeQuery({ "": "x", empty: "" }), "=x&empty=");
});

test("numbers and booleans become texts, null the empty text, undefined nothing", () => {
  const params = { page: 2, large: 12n, draft: false, parent: null, author: undefined };
  assert.equal(encodeQuery(params), "page=2&large=12&draft=false&parent=");
});

test("what is not plain ASCII is percent-encoded UTF-8, a space is a plus", () => {
  assert.equal(encodeQuery({ "my name": "Ann & Lee+", é: "€=" }), "my+name=Ann+%26+Lee%2B&%C3%A9=%E2%82%AC%3D");
  assert.equal(encodeQuery({ lone: "\ud800" }), "lone=%EF%BF%BD");
});

test("objects and lists nest in brackets", () => {
  assert.equal(encodeQuery({ user: { name: "A", age: 7 } }), "user[name]=A&user[age]=7");
  assert.equal(encodeQuery({ tags: ["a", "b"] }), "tags[]=a&tags[]=b");
  assert.equal(encodeQuery({ x: { y: { z: [1, 2] } } }), "x[y][z][]=1&x[y][z][]=2");
  assert.equal(encodeQuery({ x: { y: [{ z: [1] }] } }), "x[y][][z][]=1");
  assert.equal(encodeQuery({ a: { "b c&": "1" } }), "a[b+c%26]=1");
});

test("empty lists and objects vanish", () => {
  assert.equal(encodeQuery({ filter: {}, tags: [], page: 1, deep: { list: [[], {}] } }), "page=1");
});

test("objects and lists with several items cannot stand in a list: they would be read as several", () => {
  assert.throws(() => encodeQuery({ list: [{ a: 1, b: 2 }] }), /list whose items have several values.*list.*keys/s);
  assert.throws(() => encodeQuery({ list: [["a", "b"]] }), /several values/);
  assert.equal(encodeQuery({ list: { 0: { a: 1, b: 2 } } }), "list[0][a]=1&list[0][b]=2");
});

test("keys that would be read as a nesting are refused", () => {
  assert.throws(() => encodeQuery({ "a[b]": "1" }), /cannot hold the key "a\[b\]"/);
  assert.throws(() => encodeQuery({ "a[": { b: "1" } }), /cannot hold the key/);
  assert.throws(() => encodeQuery({ a: { "": "1" } }), /cannot hold the key ""/);
  assert.throws(() => encodeQuery({ a: { "b][c": "1" } }), /cannot hold the key/);
  for (const params of [{ "a[b": "1" }, { "a]": "1" }, { a: { "]b": { "[c": "1" } } }]) {
    assert.deepEqual(plain(decodeQuery(encodeQuery(params))), params);
  }
});

test("an uploaded file cannot be written", () => {
  const upload = new Upload({ path: "/nowhere", filename: "a", contentType: "text/plain", size: 0 });
  assert.throws(() => encodeQuery({ file: upload } as unknown as QueryParams), /uploaded file/);
});

test("reading undoes writing", () => {
  // Null characters are refused, and brackets are what the notation is made of.
  const character = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }).filter((text) => !/[[\]\0]/.test(text));
  const text = fc.string({ unit: character, maxLength: 12 });
  const key = fc.string({ unit: character, minLength: 1, maxLength: 8 });
  const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { minLength: 1, maxLength: 4 });
  const single = (item: fc.Arbitrary<unknown>) => fc.record({ only: item.map(firstLeaf) });
  const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, text, list(text), list(single(tie("tree"))), tie("tree")), {
      minKeys: 1,
      maxKeys: 4,
    }),
  }));
  fc.assert(
    fc.property(tree, (params) => {
      assert.deepEqual(plain(decodeQuery(encodeQuery(params as QueryParams))), plain(params as ParamValue));
    }),
    { numRuns: 300 },
  );
});

/** One leaf of a tree, since an item of a list has one. */
function firstLeaf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? firstLeaf(Object.values(value)[0]) : value;
}

test("whatever was read can be written and is read the same again", () => {
  const piece = fc.constantFrom("a", "b", "[", "]", "[]", "][", "=", "&", "+", "%41", "%5B", "%5D", "%C3%A9", "0");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      let read: ReturnType<typeof decodeQuery>;
      try {
        read = decodeQuery(pieces.join(""));
      } catch (error) {
        assert.ok(error instanceof HttpError && error.status === 400);
        return;
      }
      assert.deepEqual(decodeQuery(encodeQuery(read as QueryParams)), read);
    }),
    { numRuns: 2_000 },
  );
});
