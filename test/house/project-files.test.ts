import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf } from "./project-files.ts";

test("values, types, side effects, re-exports and import() are found", () => {
  const source = [
    `import "./first.ts";`,
    `import type { A } from "./a.ts";`,
    `import { type B, type C } from "./b.ts";`,
    `import { type D, d } from "./d.ts";`,
    `import whole, * as all from "node:e";`,
    `import {`,
    `  f,`,
    `  type G,`,
    `} from "./f.ts";`,
    `export * from "./h.ts";`,
    `export type { I } from "./i.ts";`,
    `const late = await import("./j.ts");`,
  ].join("\n");

  assert.deepEqual(importsOf(source), [
    { specifier: "./a.ts", typeOnly: true },
    { specifier: "./b.ts", typeOnly: true },
    { specifier: "./d.ts", typeOnly: false },
    { specifier: "node:e", typeOnly: false },
    { specifier: "./f.ts", typeOnly: false },
    { specifier: "./h.ts", typeOnly: false },
    { specifier: "./i.ts", typeOnly: true },
    { specifier: "./first.ts", typeOnly: false },
    { specifier: "./j.ts", typeOnly: false },
  ]);
});

test("examples in comments are no imports", () => {
  const source = [
    `/**`,
    ` * import { html } from "anqa/live";`,
    ` * const late = await import("anqa/repo");`,
    ` */`,
    `// import("x")`,
    `export const accepted = "*/*";`,
  ].join("\n");

  assert.deepEqual(importsOf(source), []);
});
