import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, oneof, property, string } from "fast-check";
import { contentDisposition } from "../../src/plug/index.ts";

test("an ASCII name stands as it is", () => {
  assert.equal(
    contentDisposition("attachment", "plan 2026 (final).pdf"),
    'attachment; filename="plan 2026 (final).pdf"',
  );
  assert.equal(contentDisposition("inline", "a.png"), 'inline; filename="a.png"');
});

test("any other stands as UTF-8 as well (RFC 8187)", () => {
  assert.equal(
    contentDisposition("attachment", "naïve € *'file'.txt"),
    `attachment; filename="na_ve _ *'file'.txt"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC%20%2A%27file%27.txt`,
  );
  assert.equal(
    contentDisposition("attachment", '100% "sure".txt'),
    `attachment; filename="100_ _sure_.txt"; filename*=UTF-8''100%25%20%22sure%22.txt`,
  );
});

test("hostile: what leads to another folder, line or extension becomes harmless", () => {
  const names = {
    "../../etc/passwd": ".._.._etc_passwd",
    "..\\..\\boot.ini": ".._.._boot.ini",
    "C:evil.exe": "C_evil.exe",
    "a\r\nx-evil: 1": "a__x-evil_ 1",
    "a\0.txt": "a_.txt",
    "a\u2028b": "a_b",
    "invoice\u202efdp.exe": "invoice_fdp.exe",
    "": "download",
  };
  for (const [name, expected] of Object.entries(names)) {
    assert.equal(contentDisposition("attachment", name), `attachment; filename="${expected}"`, JSON.stringify(name));
  }
});

test("a name that no file system takes is cut, but not its extension", () => {
  const header = contentDisposition("attachment", `${"x".repeat(10_000)}.tar.gz`);
  assert.match(header, /^attachment; filename="x{197}\.gz"$/);
  assert.ok(contentDisposition("attachment", "\u{1F54A}".repeat(5_000)).length < 3_000);
});

test("property: every name makes a header that says the name and nothing else", () => {
  check(
    property(oneof(string(), string({ unit: "binary" })), (name) => {
      const header = contentDisposition("attachment", name);
      assert.match(header, /^attachment; filename="[ !#$&-[\]-~]*"(?:; filename\*=UTF-8''[\w!#$&+.^`|~%-]+)?$/);
      const encoded = header.split("filename*=UTF-8''")[1];
      if (encoded !== undefined) decodeURIComponent(encoded);
    }),
  );
});
