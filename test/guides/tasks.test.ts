import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("tasks");

suite("the programs print what the guide shows", () => {
  for (const program of guide.programs) {
    test(program, async (t) => {
      assert.equal(await guide.run(t, program), guide.output(`node ${program}`));
    });
  }
});
