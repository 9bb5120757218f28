import assert from "node:assert/strict";
import { test } from "node:test";
import { hostMatcher, parseAuthority } from "../../src/plug/address/host-pattern.ts";

test("a host with or without a port", () => {
  assert.deepEqual(parseAuthority("Example.org"), { host: "example.org", port: undefined });
  assert.deepEqual(parseAuthority("example.org:8443"), { host: "example.org", port: 8443 });
  assert.deepEqual(parseAuthority("[::1]:80"), { host: "[::1]", port: 80 });
  for (const text of ["", ":80", "a b", "a:0", "a:65536", "a:80:90", "::1", "a/b", "a@b", "a\r\nb", "a:"]) {
    assert.equal(parseAuthority(text), undefined, text);
  }
});

test("a host is itself, a wildcard it and all names below it, and nothing that looks like them", () => {
  const matches = hostMatcher(["Example.org", "*.example.net", "[::1]"], "test()");
  for (const host of ["example.org", "example.net", "a.example.net", "b.a.example.net", "[::1]"]) {
    assert.equal(matches(host), true, host);
  }
  for (const host of [
    "",
    "a.example.org",
    "example.org.",
    "example.org.evil.example",
    "evil-example.org",
    "notexample.net",
    ".example.net",
    "a..example.net",
    "evil.example/.example.net",
    "example.net.",
    "[::2]",
  ]) {
    assert.equal(matches(host), false, host);
  }
});

test("what is no host is refused", () => {
  for (const pattern of [
    "",
    "*",
    "*.",
    "a.*.org",
    "https://example.org",
    "example.org:80",
    "example.org/",
    "*.[::1]",
  ]) {
    assert.throws(() => hostMatcher([pattern], "allowHosts()"), /^Error: allowHosts\(\): ".*" is no host/, pattern);
  }
});
