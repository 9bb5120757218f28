import assert from "node:assert/strict";
import { test } from "node:test";
import { useGuide } from "./support.ts";

const guide = useGuide("telemetry-and-logs");
const production = { NODE_ENV: "production", SECRET_KEY_BASE: "x".repeat(64) };

test("in development the log is for people", async (t) => {
  const { url, program } = await guide.serve(t);
  await fetch(`${url}/orders/tea`, { method: "POST" });
  await fetch(`${url}/broken`);

  await program.prints(/INFO: tea was ordered\n.*INFO: POST \/orders\/tea 200 in /);
  await program.prints(/ERROR: GET \/broken failed with 500: the oven is out\n +err: {/);
});

test("in production it is one JSON object per line", async (t) => {
  const { url, program } = await guide.serve(t, "app.ts", production);
  await fetch(`${url}/orders/tea`, { method: "POST" });
  await program.prints(/POST \/orders\/tea 200/);

  const lines = program.printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const { level, node, cents } = lines.find(({ msg }) => msg === "tea was ordered");
  assert.deepEqual([level, node, cents], [30, "anqa", 450]);
});
