import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { inspectValue } from "../../../src/controller/debug-page/inspect-value.ts";

class User {
  readonly name = "Zoe";
  readonly #hidden = 1;
  get age(): number {
    throw new Error("nobody may ask");
  }
  hidden(): number {
    return this.#hidden;
  }
}

describe("inspectValue", () => {
  const shown: readonly (readonly [value: unknown, text: string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    [-0, "-0"],
    [1.5, "1.5"],
    [10n, "10n"],
    [true, "true"],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    [Symbol("s"), "Symbol(s)"],
    [() => {}, "[Function]"],
    [function named() {}, "[Function: named]"],
    [User, "[Function: User]"],
    [[], "[]"],
    [[1, "a"], '[1, "a"]'],
    [{}, "{}"],
    [{ a: 1, "b c": [] }, '{ a: 1, "b c": [] }'],
    [Object.assign(Object.create(null), { a: 1 }), "{ a: 1 }"],
    [new User(), 'User { name: "Zoe" }'],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), "Invalid Date"],
    [/a/g, "/a/g"],
    [new Map([["a", { b: 1 }]]), 'Map(1) { "a" => { b: 1 } }'],
    [new Set([1, 2]), "Set(2) { 1, 2 }"],
    [new TypeError("x"), '[TypeError: "x"]'],
    [Buffer.from("secret text"), "[Buffer, 11 bytes]"],
    [new ArrayBuffer(3), "[ArrayBuffer, 3 bytes]"],
    [Promise.resolve(1), "[Promise]"],
    [new Proxy({}, {}), "[Proxy]"],
    [new WeakMap(), "[WeakMap]"],
    [Object("boxed"), "[String]"],
    [{ a: { b: { c: { d: { e: 1 } } } } }, "{ a: { b: { c: { d: [Object] } } } }"],
    [[[[[[1, 2]]]]], "[[[[[Array(2)]]]]]"],
  ];
  for (const [value, text] of shown) it(`shows ${text}`, () => assert.equal(inspectValue(value), text));

  it("breaks what is long, and indents it", () => {
    assert.equal(
      inspectValue({ a: "x".repeat(40), b: { c: "y".repeat(80) } }),
      `{\n  a: "${"x".repeat(40)}",\n  b: {\n    c: "${"y".repeat(80)}",\n  },\n}`,
    );
  });

  it("ends where a circle begins", () => {
    const circle: Record<string, unknown> = { a: [] };
    circle.self = circle;
    (circle.a as unknown[]).push(circle);
    assert.equal(inspectValue(circle), "{ a: [[Circular]], self: [Circular] }");
    const same = { x: 1 };
    assert.equal(inspectValue([same, same]), "[{ x: 1 }, { x: 1 }]");
  });

  it("hides what goes by the name of a secret", () => {
    const value = {
      password: 1,
      nested: [{ API_KEY: "k", accessToken: {} }],
      map: new Map([["secret", 1]]),
      author: 1,
    };
    assert.equal(
      inspectValue(value),
      '{\n  password: [FILTERED],\n  nested: [{ API_KEY: [FILTERED], accessToken: [FILTERED] }],\n  map: Map(1) { "secret" => [FILTERED] },\n  author: 1,\n}',
    );
  });

  it("runs nothing of the value", () => {
    const run = () => assert.fail("it was run");
    const trap = Object.defineProperty({ toJSON: run, toString: run, valueOf: run }, "value", {
      get: run,
      enumerable: true,
    });
    assert.match(inspectValue(trap), /value: \[Getter\]/);
    const map = Object.assign(new Map([[1, 2]]), { entries: run, [Symbol.iterator]: run });
    assert.equal(inspectValue(map), "Map(1) { 1 => 2 }");
    const list = Object.defineProperty(Object.assign([1], { [Symbol.iterator]: run }), "1", { get: run });
    assert.equal(inspectValue(list), "[1, undefined]");
    const date = Object.assign(new Date(0), { toISOString: run, getTime: run });
    assert.equal(inspectValue(date), "1970-01-01T00:00:00.000Z");
    const traps = { get: run, ownKeys: run, getPrototypeOf: run, getOwnPropertyDescriptor: run };
    assert.equal(
      inspectValue({ a: new Proxy({}, traps), b: Object.create(new Proxy({}, traps)) }),
      "{ a: [Proxy], b: {} }",
    );
  });

  it("ends soon", () => {
    assert.match(inspectValue("x".repeat(1_000_000)), /^"x{1000}" … 999000 more characters$/);
    assert.match(inspectValue(Array.from({ length: 1000 }, () => 1)), /… 950 more,\n\]$/);
    assert.match(inspectValue(new Set(Array.from({ length: 1000 }, (_, index) => index))), /… 950 more,\n\}$/);
    const tree = (depth: number): unknown => (depth === 0 ? 1 : Array.from({ length: 20 }, () => tree(depth - 1)));
    assert.ok(inspectValue(tree(4)).length < 60_000);
    const wide = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => "x".repeat(900)));
    assert.ok(inspectValue(wide).length < 60_000);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withNullPrototype: true,
          withObjectString: true,
          withSparseArray: true,
          withTypedArray: true,
          withBoxedValues: true,
        }),
        (value) => {
          assert.doesNotMatch(inspectValue(value), /cannot be shown/);
        },
      ),
    );
  });
});
