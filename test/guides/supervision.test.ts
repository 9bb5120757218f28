import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("supervision");

suite("the programs print what the guide shows", () => {
  for (const program of guide.programs) {
    test(program, async (t) => {
      assert.equal(await guide.run(t, program), guide.output(`node ${program}`));
    });
  }
});

test("a crash in one chat room leaves the other alone, or not, as the strategy says", async (t) => {
  const printed = await guide.run(t, "chat.ts");

  assert.deepEqual(printed.trimEnd().split("\n"), [
    "one_for_one, room 1 crashes: room 1 [], room 2 [hello]",
    "one_for_one, room 2 crashes: room 1 [hello], room 2 []",
    "one_for_all, room 1 crashes: room 1 [], room 2 []",
    "one_for_all, room 2 crashes: room 1 [], room 2 []",
    "rest_for_one, room 1 crashes: room 1 [], room 2 []",
    "rest_for_one, room 2 crashes: room 1 [hello], room 2 []",
  ]);
});
