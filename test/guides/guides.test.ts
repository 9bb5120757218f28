/** What holds for all guides: links lead somewhere, and nothing that an application needs is left out. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { test } from "node:test";
import { existingRooms, projectFiles, read, root } from "../house/project-files.ts";
import { filesOf } from "./extract.ts";

const guides = projectFiles("docs/guides").filter((path) => path.endsWith(".md"));

test("links to files lead to files, and anchors to headings", () => {
  const broken = [...guides, "README.md"].flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)]
      .filter(([, path = "", anchor]) => !leads(path === "" ? page : join(dirname(page), path), anchor))
      .map(([link]) => `${page}: ${link}`),
  );

  assert.deepEqual(broken, []);
});

test("the index names every guide", () => {
  const index = read("docs/guides/README.md");

  for (const guide of guides.map((path) => basename(path)).filter((name) => name !== "README.md")) {
    assert.match(index, new RegExp(`\\]\\(${guide}\\)`), guide);
  }
});

test("every guide with an application has a test that runs it", () => {
  const untested = guides
    .filter((path) => filesOf(read(path)).length > 0)
    .map((path) => `test/guides/${basename(path, ".md")}.test.ts`)
    .filter((path) => !existsSync(`${root}${path}`));

  assert.deepEqual(untested, []);
});

test("the counter of README.md is the one that getting started runs", () => {
  const [counter] = filesOf(read("README.md"));

  assert.deepEqual(
    filesOf(read("docs/guides/getting-started.md")).find(({ path }) => path === counter?.path),
    counter,
  );
});

test("every event that the framework reports stands in the table", async () => {
  const declared = await Promise.all(
    existingRooms().map(async (room) => {
      const exported: Record<string, unknown> = await import(`../../src/${room}/index.ts`);
      return Object.keys(exported)
        .filter((name) => isEvent(exported[name]))
        .map((name) => `${name} of anqa/${room}`);
    }),
  );
  const listed = [...read("docs/guides/telemetry-and-logs.md").matchAll(/^\| (`.+`) \| `(anqa\/\w+)` \|/gm)].flatMap(
    ([, names = "", room]) => names.split(", ").map((name) => `${name.replaceAll("`", "")} of ${room}`),
  );

  assert.deepEqual(listed.sort(), declared.flat().sort());
});

function leads(path: string, anchor: string | undefined): boolean {
  if (!existsSync(`${root}${path}`)) return false;
  if (anchor === undefined) return true;
  const headings = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(anchor.slice(1));
}

function isEvent(value: unknown): boolean {
  return typeof value === "object" && value !== null && "execute" in value && "attach" in value;
}
