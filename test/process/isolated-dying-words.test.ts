import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { DyingWords } from "../../src/process/isolated/dying-words.ts";

const heapIsFull = `
<--- Last few GCs --->

[1:0x1] 100 ms: Mark-Compact 30.1 (33.6) -> 29.9 (34.1) MB

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----
`;

const tooLarge = `

#
# Fatal error with no security impact: 
# Fatal JavaScript invalid size error 200000000 (see crbug.com/1201626)
#
`;

/** Hears the texts one after the other, and tells what it passed on. */
function hear(...texts: string[]): { words: DyingWords; passed: () => string } {
  let written = "";
  const words = new DyingWords((text) => (written += text));
  for (const text of texts) words.hear(text);
  return { words, passed: () => written };
}

suite("the last words of V8", () => {
  test("about memory are kept from the log, and what came before is not", () => {
    const { words, passed } = hear("a warning\n", `another\n${heapIsFull}`, " 1: node::Abort\n");
    assert.match(words.outOfMemory() ?? "", /^FATAL ERROR: Reached heap limit .* out of memory$/);
    assert.equal(passed(), "a warning\nanother\n");
  });

  test("about an allocation that is too large are understood as well", () => {
    const { words, passed } = hear(tooLarge);
    assert.match(words.outOfMemory() ?? "", /^# Fatal JavaScript invalid size error 200000000/);
    assert.equal(passed(), "");
  });

  test("about anything else go to the log", () => {
    const report = "#\n# Fatal error in ../deps/v8/src/api/api.cc, line 1\n# Check failed: true.\n#\n";
    const { words, passed } = hear("before\n", report, "after\n");
    assert.equal(words.outOfMemory(), undefined);
    assert.equal(passed(), `before\n${report}after\n`);
  });

  test("are none if more is heard of it", () => {
    const { words, passed } = hear("FATAL ERROR: ", "a wolf\n");
    assert.equal(passed(), "");
    words.release();
    words.hear("calm\n");
    assert.equal(passed(), "FATAL ERROR: a wolf\ncalm\n");
  });

  test("are none if they are too many", () => {
    const { words, passed } = hear("FATAL ERROR: a wolf\n", "x".repeat(100_000));
    assert.equal(passed().length, 100_020);
    assert.equal(words.outOfMemory(), undefined);
  });
});
