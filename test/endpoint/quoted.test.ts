import assert from "node:assert/strict";
import { test } from "node:test";
import { quoted } from "../../src/endpoint/index.ts";

test("an ordinary text stands in quotes as it is", () => {
  assert.equal(quoted("room:lobby — ✓ 👋"), '"room:lobby — ✓ 👋"');
});

test("a text cannot begin a line of its own, nor command a terminal, nor turn the line around", () => {
  assert.equal(quoted("a\r\nb"), '"a\\u000d\\u000ab"');
  assert.equal(quoted("\u001b[2J\u009b1m"), '"\\u001b[2J\\u009b1m"');
  assert.equal(quoted("\u202egnp.exe"), '"\\u202egnp.exe"');
  assert.equal(quoted("a\u2028b"), '"a\\u2028b"');
  assert.equal(quoted("\ud800"), '"\\ud800"');
});

test("a long text is cut", () => {
  assert.equal(quoted("x".repeat(1_000_000)), `"${"x".repeat(200)}…"`);
});
