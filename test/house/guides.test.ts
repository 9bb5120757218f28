/**
 * The code of README.md and the guides compiles.
 *
 * A block marked `ts` is a module, checked with the settings of the project. If its first line is
 * `// file: web/routes.ts` it is that file, and other blocks of the same page can import it. What is only a piece of
 * something is marked `ts fragment` and not looked at.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path/posix";
import { test } from "node:test";
import { promisify } from "node:util";
import { projectFiles, read, root } from "./project-files.ts";

const generated = "test/.generated";

interface Block {
  readonly page: string;
  readonly file: string;
  readonly code: string;
}

const pages = ["README.md", ...guides()].filter((page) => existsSync(`${root}${page}`));
const blocks = pages.flatMap((page) => blocksOf(page, read(page)));

test("the code of README.md and docs/guides compiles", async () => {
  rmSync(`${root}${generated}`, { recursive: true, force: true });
  mkdirSync(`${root}${generated}`, { recursive: true });
  writeFileSync(
    `${root}${generated}/tsconfig.json`,
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ["./**/*.ts"],
    }),
  );
  for (const { file, code } of blocks) {
    mkdirSync(dirname(`${root}${file}`), { recursive: true });
    writeFileSync(`${root}${file}`, code);
  }
  if (blocks.length > 0) assert.equal(await complaints(), "");
});

test("a block is found with its place, a fragment is not", () => {
  const page = [
    "```ts",
    "// file: web/routes.ts",
    "export const a = 1;",
    "```",
    "```ts fragment",
    "a +",
    "```",
    "- in a list:",
    "  ```ts",
    "  const b = 2;",
    "  ```",
  ].join("\n");

  assert.deepEqual(blocksOf("docs/guides/x.md", page), [
    { page: "docs/guides/x.md", file: `${generated}/docs-guides-x/web/routes.ts`, code: namedBlock },
    { page: "docs/guides/x.md", file: `${generated}/docs-guides-x/line-9.ts`, code: "  const b = 2;\n\nexport {};\n" },
  ]);
});

const namedBlock = "// file: web/routes.ts\nexport const a = 1;\n\nexport {};\n";

function guides(): string[] {
  if (!existsSync(`${root}docs/guides`)) return [];
  return projectFiles("docs/guides").filter((path) => path.endsWith(".md"));
}

/** Each block becomes a module, so that the names of one do not meet those of another. */
function blocksOf(page: string, text: string): Block[] {
  const folder = `${generated}/${page.replace(/\.md$/, "").replaceAll("/", "-")}`;
  return [...text.matchAll(/^([ \t]*)```ts[ \t]*\n([\s\S]*?)^\1```[ \t]*$/gm)].map((found) => {
    const code = found[2] as string;
    const line = text.slice(0, found.index).split("\n").length;
    const name = /^\s*\/\/ file: (\S+\.ts)\n/.exec(code)?.[1] ?? `line-${line}.ts`;
    return { page, file: `${folder}/${name}`, code: `${code}\nexport {};\n` };
  });
}

/** What the compiler has to say, as `page file(line,column): error`. */
async function complaints(): Promise<string> {
  try {
    await promisify(execFile)(`${root}node_modules/.bin/tsc`, ["--noEmit", "--project", generated], { cwd: root });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
