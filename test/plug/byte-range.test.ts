import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, nat, oneof, property, string, tuple } from "fast-check";
import { parseRange } from "../../src/plug/file/byte-range.ts";

test("the three forms of a range (RFC 9110, section 14.1.2)", () => {
  assert.deepEqual(parseRange("bytes=0-0", 10), { start: 0, length: 1 });
  assert.deepEqual(parseRange("bytes=2-5", 10), { start: 2, length: 4 });
  assert.deepEqual(parseRange("bytes=2-", 10), { start: 2, length: 8 });
  assert.deepEqual(parseRange("bytes=-3", 10), { start: 7, length: 3 });
  assert.deepEqual(parseRange("Bytes=2-5", 10), { start: 2, length: 4 });
});

test("an end beyond the whole is the end of it", () => {
  assert.deepEqual(parseRange("bytes=2-99", 10), { start: 2, length: 8 });
  assert.deepEqual(parseRange("bytes=-99", 10), { start: 0, length: 10 });
  assert.deepEqual(parseRange("bytes=0-999999999999999", 10), { start: 0, length: 10 });
});

test("a range outside of the whole cannot be satisfied", () => {
  for (const header of ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=999999999999999-"]) {
    assert.equal(parseRange(header, 10), "unsatisfiable", header);
  }
  assert.equal(parseRange("bytes=0-", 0), "unsatisfiable");
  assert.equal(parseRange("bytes=-1", 0), "unsatisfiable");
});

test("hostile: many, overlapping, huge, negative and malformed ranges are ignored", () => {
  const ignored = [
    undefined,
    "",
    "bytes",
    "bytes=",
    "bytes=-",
    "bytes=a-b",
    "bytes=5-2",
    "bytes=--1",
    "bytes=-1-2",
    "bytes=1-2-3",
    "bytes=1",
    "bytes=0x1-2",
    "bytes=1.5-2",
    "bytes=1e1-",
    "bytes=0-0,2-3",
    "bytes=0-0,",
    "items=0-1",
    "none",
    "bytes=0-9999999999999999",
    "bytes=0-\r\n1",
    `bytes=${"0-,".repeat(1_300)}0-`,
    `bytes=${" ".repeat(16_000)}0-1`,
    `bytes=${"9".repeat(16_000)}-`,
  ];
  for (const header of ignored) assert.equal(parseRange(header, 10), undefined, String(header).slice(0, 40));
});

test("property: a range lies inside of the whole, whatever the header is", () => {
  const number = oneof(nat().map(String), constantFrom("", "-", "99999999999999999999", " "));
  const header = oneof(
    string(),
    tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
    array(tuple(number, number)).map((pairs) => `bytes=${pairs.map((pair) => pair.join("-")).join(",")}`),
  );
  check(
    property(header, integer({ min: 0, max: 1_000 }), (text, size) => {
      const range = parseRange(text, size);
      if (range === undefined || range === "unsatisfiable") return;
      assert.ok(range.start >= 0 && range.length >= 1 && range.start + range.length <= size);
    }),
  );
});
