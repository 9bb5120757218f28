import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { originMatcher } from "../../src/plug/address/origin-pattern.ts";

test("an origin is itself, a wildcard it and all names below it", () => {
  const matches = originMatcher(
    ["https://example.org", "https://*.example.net:8443", "capacitor://localhost"],
    "test()",
  );
  for (const origin of [
    "https://example.org",
    "https://example.net:8443",
    "https://a.example.net:8443",
    "https://b-2.a_1.example.net:8443",
    "capacitor://localhost",
  ]) {
    assert.equal(matches(origin), true, origin);
  }
});

test("lookalikes are not", () => {
  const matches = originMatcher(["https://example.org", "https://*.example.net"], "test()");
  for (const origin of [
    "",
    "null",
    "*",
    "http://example.org",
    "https://example.org.evil.com",
    "https://evil.com/https://example.org",
    "https://evilexample.org",
    "https://a.example.org",
    "HTTPS://EXAMPLE.ORG",
    "https://Example.org",
    "https://example.org.",
    "https://example.org/",
    "https://example.org:443",
    "https://example.org:8443",
    "https://example.org@evil.com",
    "https://example.org%00.evil.com",
    "https://example.org, https://evil.com",
    " https://example.org",
    "https://exämple.org",
    "https://evilexample.net",
    "https://.example.net",
    "https://a..example.net",
    "https://evil.com/.example.net",
    "https://evil.com?.example.net",
    "https://evil.com#.example.net",
    "https://evil.com:1.example.net",
    "https://evil.com\\.example.net",
    "https://user@a.example.net",
    "https://a.example.net.evil.com",
    "https://a.example.net:8443",
    "http://a.example.net",
    "https://*.example.net",
    "https://A.example.net",
  ]) {
    assert.equal(matches(origin), false, origin);
  }
});

test("null counts only where it is listed", () => {
  assert.equal(originMatcher(["null"], "test()")("null"), true);
  assert.equal(originMatcher([], "test()")("null"), false);
});

test("an entry that no browser would send is refused, and the one that it would is named", () => {
  const cases: [entry: string, advice: RegExp][] = [
    ["https://example.org/", /write "https:\/\/example.org"$/],
    ["https://example.org/app", /write "https:\/\/example.org"$/],
    ["https://Example.org", /write "https:\/\/example.org"$/],
    ["https://example.org:443", /write "https:\/\/example.org"$/],
    ["https://bücher.example", /write "https:\/\/xn--bcher-kva.example"$/],
    ["https://*.Example.org", /write "https:\/\/example.org"$/],
    ["example.org", /write "https:\/\/example.org"$/],
    ["//example.org", /is no origin/],
    ["*", /is no origin/],
    ["https://*", /is no origin/],
    ["https://*.*.org", /is no origin/],
    ["https://a.*.org", /is no origin/],
    ["", /is no origin/],
    ["NULL", /is no origin/],
  ];
  for (const [entry, advice] of cases) assert.throws(() => originMatcher([entry], "cors({ origins })"), advice, entry);
});

test("property: what is allowed is an origin of the host that is listed, as URLs are read", () => {
  const matches = originMatcher(["https://example.org", "https://*.example.net"], "test()");
  const part = fc.oneof(
    fc.constantFrom(
      "https://",
      "http://",
      "example.org",
      ".example.net",
      "example.net",
      "evil.com",
      "/",
      "?",
      "#",
      "@",
      ":",
      "\\",
      "a",
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const origin = parts.join("");
      if (!matches(origin)) return;
      const { protocol, hostname, port, username } = new URL(origin);
      assert.deepEqual([protocol, port, username], ["https:", "", ""]);
      assert.match(hostname, /^example\.org$|^(?:.+\.)?example\.net$/);
    }),
    { numRuns: 2_000 },
  );
});
