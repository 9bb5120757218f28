import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("getting-started");

test("the home page links to the counter", async (t) => {
  const { url } = await guide.serve(t);

  assert.match(await (await fetch(url)).text(), /<h1>Hello<\/h1><p><a href="\/counter">To the counter<\/a><\/p>/);
});

test("the counter comes as complete HTML, and a click brings back what changed", async (t) => {
  const visitor = new Visitor(await guide.serve(t));
  const counter = await visitor.open(t, "/counter");

  assert.match(visitor.body, /<h1>Count: 0<\/h1>/);
  assert.deepEqual(await counter.event("increment"), { status: "ok", response: { diff: { 0: "1" } } });
});

test("the folder of the secret tells git to ignore it", async (t) => {
  await guide.serve(t);

  assert.equal(readFileSync(`${guide.folder}/.anqa/.gitignore`, "utf8"), "*\n");
});

test("tsconfig.json is JSON", () => {
  assert.equal(JSON.parse(readFileSync(`${guide.folder}/tsconfig.json`, "utf8")).compilerOptions.noEmit, true);
});
