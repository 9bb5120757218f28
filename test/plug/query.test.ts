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

test("a key can be empty, at every place", () => {
  assert.deepEqual(decoded("=1"), { "": "1" });
  assert.deepEqual(decoded("="), { "": "" });
  assert.deepEqual(decoded("[a]=1"), { "": { a: "1" } });
  assert.deepEqual(decoded("[]=1&[]=2"), { "": ["1", "2"] });
  assert.deepEqual(decoded("foo[]"), { foo: [""] });
});

test("keys keep their order, but whole numbers come first", () => {
  assert.deepEqual(Object.keys(decodeQuery("b=1&a=2&10=3&c=4&9=5&b=6")), ["9", "10", "b", "a", "c"]);
});

test("malformed percent-encoding is refused", () => {
  refused("a=%", /percent-encoded/);
  refused("a=%zz", /percent-encoded/);
  refused("%ff=1", /percent-encoded/);
  refused("a=%C3%28", /percent-encoded/);
});

test("UTF-8 longer than needed, and halves of surrogate pairs, are refused", () => {
  refused("a=%C0%AF", /percent-encoded/);
  refused("a=%E0%80%AF", /percent-encoded/);
  refused("a=%ED%A0%80", /percent-encoded/);
  refused("a=%F4%90%80%80", /percent-encoded/);
});

test("null characters are refused", () => {
  refused("a=%00", /null character/);
  refused("a%00=1", /null character/);
  refused("a=\0", /null character/);
  assert.deepEqual(decoded("a=%2500"), { a: "%00" });
});

test("nesting and number of pairs are limited", () => {
  const nested = (depth: number) => `a${"[b]".repeat(depth - 1)}=1`;
  assert.doesNotThrow(() => decodeQuery(nested(32)));
  refused(nested(33), /deeper than 32/);
  refused(nested(300_000), /deeper than 32/);
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=1`).join("&");
  assert.equal(Object.keys(decodeQuery(pairs(1_000))).length, 1_000);
  refused(pairs(1_001), /more than 1000/);
});

test("empty pairs count as well", () => {
  assert.deepEqual(decoded("&".repeat(1_000)), {});
  refused("&".repeat(1_001), /more than 1000/);
  refused("&".repeat(1_000_000), /more than 1000/);
});

test("whatever comes, it decodes or is refused with 400", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "[",
    "]",
    "[]",
    "=",
    "&",
    "+",
    "%",
    "%41",
    "%ff",
    "%00",
    "__proto__",
    "\ud800",
  );
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
