import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeQuery, HttpError, type Params, type ParamValue } from "../../src/plug/index.ts";

/** The same with ordinary prototypes, so that literals compare. */
function plain(value: ParamValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function decoded(text: string): unknown {
  return plain(decodeQuery(text));
}

function refused(text: string, message: RegExp): void {
  assert.throws(
    () => decodeQuery(text),
    (error) => error instanceof HttpError && error.status === 400 && message.test(error.message),
  );
}

test("plain pairs", () => {
  assert.deepEqual(decoded(""), {});
  assert.deepEqual(decoded("a=1&b=2"), { a: "1", b: "2" });
  assert.deepEqual(decoded("a=1=2"), { a: "1=2" });
  assert.deepEqual(decoded("a=&=b"), { a: "", "": "b" });
  assert.deepEqual(decoded("a"), { a: "" });
  assert.deepEqual(decoded("&&a=1&"), { a: "1" });
});

test("plus is a space, percent-encoding is UTF-8, in keys too", () => {
  assert.deepEqual(decoded("my+name=Ann+Lee%2B"), { "my name": "Ann Lee+" });
  assert.deepEqual(decoded("n%C3%A9=%E2%82%AC"), { né: "€" });
  assert.deepEqual(decoded("a%5Bb%5D=1"), { a: { b: "1" } });
});

test("brackets nest objects and lists", () => {
  assert.deepEqual(decoded("u[name]=A&u[age]=7"), { u: { name: "A", age: "7" } });
  assert.deepEqual(decoded("a[]=x&a[]=y"), { a: ["x", "y"] });
  assert.deepEqual(decoded("a[b][]=1&a[b][]=2"), { a: { b: ["1", "2"] } });
  assert.deepEqual(decoded("a[][b]=1&a[][b]=2"), { a: [{ b: "1" }, { b: "2" }] });
  assert.deepEqual(decoded("a[][]=1&a[][]=2"), { a: [["1"], ["2"]] });
  assert.deepEqual(decoded("c[0]=1&c[1]=2"), { c: { "0": "1", "1": "2" } });
});

test("brackets that are not a nesting are part of the key", () => {
  assert.deepEqual(decoded("a[b=1"), { "a[b": "1" });
  assert.deepEqual(decoded("a]=1"), { "a]": "1" });
  assert.deepEqual(decoded("a[b]c=1"), { "a[b]c": "1" });
});

test("the last one wins, of another kind too", () => {
  assert.deepEqual(decoded("a=1&a=2"), { a: "2" });
  assert.deepEqual(decoded("a[b]=1&a=2"), { a: "2" });
  assert.deepEqual(decoded("a=1&a[b]=2"), { a: { b: "2" } });
  assert.deepEqual(decoded("a[]=1&a[b]=2"), { a: { b: "2" } });
  assert.deepEqual(decoded("a[b]=1&a[]=2"), { a: ["2"] });
});

test("names of prototypes are keys like any other", () => {
  const params = decodeQuery("__proto__[admin]=1&constructor[prototype][admin]=1&a[__proto__]=x&toString=y");
  assert.equal(({} as Record<string, unknown>).admin, undefined);
  assert.equal(Object.getPrototypeOf(params), null);
  assert.deepEqual(Object.keys(params), ["__proto__", "constructor", "a", "toString"]);
  assert.deepEqual(Object.entries(params.a as Params), [["__proto__", "x"]]);
  assert.equal(decodeQuery("a=1").constructor, undefined);
});

test("malformed percent-encoding is refused", () => {
  refused("a=%", /percent-encoded/);
  refused("a=%zz", /percent-encoded/);
  refused("%ff=1", /percent-encoded/);
  refused("a=%C3%28", /percent-encoded/);
});

test("nesting and number of pairs are limited", () => {
  const nested = (depth: number) => `a${"[b]".repeat(depth - 1)}=1`;
  assert.doesNotThrow(() => decodeQuery(nested(32)));
  refused(nested(33), /deeper than 32/);
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join("&");
  assert.equal(Object.keys(decodeQuery(pairs(1_000))).length, 1_000);
  refused(pairs(1_001), /more than 1000/);
});

/** Writes params as a form does: the inverse of decodeQuery, for what it can give. */
function encode(params: unknown, name = ""): string[] {
  if (Array.isArray(params)) return params.flatMap((item) => encode(item, `${name}[]`));
  if (typeof params !== "object" || params === null) return [`${form(name)}=${form(String(params))}`];
  return Object.entries(params).flatMap(([key, item]) => encode(item, name === "" ? key : `${name}[${key}]`));
}

function form(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

test("decoding undoes encoding", () => {
  const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => !/[[\]]/.test(text));
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const list = fc.array(text, { minLength: 1, maxLength: 4 });
  const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, text, list, tie("tree")), { minKeys: 1, maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(tree, (params) => {
      assert.deepEqual(decoded(encode(params).join("&")), plain(params as Params));
    }),
    { numRuns: 200 },
  );
});

test("whatever comes, it decodes or is refused with 400", () => {
  const piece = fc.constantFrom("a", "b", "[", "]", "[]", "=", "&", "+", "%", "%41", "%ff", "__proto__");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        decodeQuery(pieces.join(""));
      } catch (error) {
        assert.ok(error instanceof HttpError && error.status === 400);
      }
    }),
    { numRuns: 500 },
  );
});
