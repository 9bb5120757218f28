import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("processes");

test("the application prints what the guide shows", async (t) => {
  assert.equal(await guide.run(t, "app.ts"), guide.output("node app.ts"));
});
