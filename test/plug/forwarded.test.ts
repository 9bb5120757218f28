import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseForwarded } from "../../src/plug/address/forwarded.ts";

test("the examples of RFC 7239, section 4", () => {
  assert.deepEqual(parseForwarded('for="_gazonk"'), [{ for: "_gazonk" }]);
  assert.deepEqual(parseForwarded('For="[2001:db8:cafe::17]:4711"'), [{ for: "[2001:db8:cafe::17]:4711" }]);
  assert.deepEqual(parseForwarded("for=192.0.2.60;proto=http;by=203.0.113.43"), [
    { for: "192.0.2.60", proto: "http", by: "203.0.113.43" },
  ]);
  assert.deepEqual(parseForwarded("for=192.0.2.43, for=198.51.100.17"), [
    { for: "192.0.2.43" },
    { for: "198.51.100.17" },
  ]);
});

test("what proxies really write", () => {
  const cases: [header: string, expected: object[]][] = [
    ["for=192.0.2.1:80", [{ for: "192.0.2.1:80" }]],
    ["for=[2001:db8::1]:80;proto=https", [{ for: "[2001:db8::1]:80", proto: "https" }]],
    ['host="example.org:8443" ; proto=https', [{ host: "example.org:8443", proto: "https" }]],
    ['for="a\\"b\\\\c"', [{ for: 'a"b\\c' }]],
    ['for="a,b;c"', [{ for: "a,b;c" }]],
    ["for=unknown;secret=x;FOR2=y", [{ for: "unknown" }]],
    ["for=a;;proto=b;", [{ for: "a", proto: "b" }]],
    [" , for=a ,, ,for=b\t,", [{ for: "a" }, { for: "b" }]],
    ["secret=x, for=a", [{}, { for: "a" }]],
    ['for=""', [{ for: "" }]],
    ["__proto__=a;constructor=b;for=c", [{ for: "c" }]],
    ["", []],
    [",", []],
  ];
  for (const [header, expected] of cases) assert.deepEqual(parseForwarded(header), expected, header);
});

test("malformed headers are told as such", () => {
  for (const header of [
    "for",
    "for=",
    "=a",
    "for=a b",
    "for=a proto=b",
    "for = a",
    'for="a',
    'for="a"b',
    'for="a\\"',
    "for=a;for=b",
    "for=a;FOR=b",
    'for="a, for=192.0.2.1',
    'x=", for=192.0.2.1;host="example.org"',
    "for=a/b",
    "for=a\0",
    "for=ä",
    "192.0.2.1",
  ]) {
    assert.equal(parseForwarded(header), undefined, header);
  }
});

test("property: any text is read without a throw", () => {
  const likely = fc.stringMatching(/^(?:for|by|host|proto|x|[=;, "\\[\]:.\t]|\d){0,40}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), likely), (header) => {
      const elements = parseForwarded(header);
      for (const element of elements ?? [])
        for (const text of Object.values(element)) assert.equal(typeof text, "string");
    }),
  );
});

test("property: what is written is read", () => {
  const name = fc.constantFrom("for", "by", "host", "proto");
  const element = fc.dictionary(name, fc.string({ unit: "binary-ascii" }), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(element), (elements) => {
      const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
      const header = elements
        .map((each) =>
          Object.entries(each)
            .map(([key, value]) => `${key}=${quoted(value)}`)
            .join(";"),
        )
        .join(", ");
      assert.deepEqual(parseForwarded(header), elements);
    }),
  );
});

test("a header as long as a head may be is read in one pass", () => {
  for (const text of [" ", '"', "\\", ",", ";", "for=", 'for="', "for=a;", "a", 'a="\\']) {
    parseForwarded(text.repeat(16_384 / text.length));
  }
});
