import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("templates");

for (const file of ["page.ts", "refused.ts"]) {
  test(`${file} prints what the guide shows`, async (t) => {
    assert.equal(await guide.run(t, file), guide.output(`node ${file}`));
  });
}
