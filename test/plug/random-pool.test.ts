import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomPool } from "../../src/plug/index.ts";

test("bytes come in the length asked for, across refills, and do not repeat", () => {
  const pool = new RandomPool(64);
  const seen = new Set<string>();
  for (let round = 0; round < 50; round++) {
    const bytes = pool.take(18);
    assert.equal(bytes.length, 18);
    seen.add(bytes.toString("hex"));
  }
  assert.equal(seen.size, 50);
});

test("text has four characters for three bytes", () => {
  assert.match(new RandomPool().text(15), /^[\w-]{20}$/);
});

test("more than the pool holds is refused", () => {
  assert.throws(() => new RandomPool(16).take(17), /17 random bytes.*pool of 16/);
});
