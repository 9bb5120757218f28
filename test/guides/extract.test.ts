import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, outputOf } from "./extract.ts";

const page = [
  "```ts",
  "// file: web/routes.ts",
  "export const a = 1;",
  "```",
  "```ts fragment",
  "// file: no.ts",
  "```",
  "```css assets/app.css",
  "h1 {}",
  "```",
  "```json",
  "{}",
  "```",
  "```console",
  "$ node app.ts",
  "one",
  "two",
  "```",
].join("\n");

test("files are the blocks with names", () => {
  assert.deepEqual(filesOf(page), [
    { path: "web/routes.ts", content: "// file: web/routes.ts\nexport const a = 1;\n" },
    { path: "assets/app.css", content: "h1 {}\n" },
  ]);
});

test("a file may be shown only once", () => {
  assert.throws(() => filesOf(`${page}\n${page}`), /the guide shows the file web\/routes\.ts twice/);
});

test("the output of a command is what follows it", () => {
  assert.equal(outputOf(page, "node app.ts"), "one\ntwo\n");
  assert.throws(() => outputOf(page, "node other.ts"), /the guide shows no output of: node other\.ts/);
});
