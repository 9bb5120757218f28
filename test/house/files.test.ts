/** Names, lengths and contents of files. */
import assert from "node:assert/strict";
import { basename } from "node:path/posix";
import { test } from "node:test";
import { projectFiles, read } from "./project-files.ts";

const usualLines = 300;
const mostLines = 650;

/**
 * Files over {@link usualLines} lines, each with the reason why it is not two. A test file mirrors the file that it
 * tests and may be as long as {@link mostLines}.
 */
const allowedLongFiles: Readonly<Record<string, string>> = {
  "src/process/process.ts":
    "One state machine over private fields: what it can do, and in which state, has to be read together.",
};

/** Names that other tools prescribe. */
const givenNames = new Set(["CHANGELOG.md", "LICENSE", "README.md", "CONTRIBUTING.md", "SECURITY.md"]);

const files = projectFiles();

test("names are kebab-case", () => {
  const kebab = /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
  const others = files.filter((path) => !path.split("/").every((part) => givenNames.has(part) || kebab.test(part)));

  assert.deepEqual(others, []);
});

test("there is no drawer for what has no place", () => {
  const drawers = files.filter((path) => /(?:^|\/)(?:utils?|helpers?|misc|common)(?:\/|\.[cm]?[jt]s$)/.test(path));

  assert.deepEqual(drawers, []);
});

test("a file of code is short, or listed with its reason", () => {
  const lengths = files
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .map((path) => ({ path, lines: read(path).split("\n").length - 1 }));
  const long = lengths.filter(({ path, lines }) => lines > usualLines && !path.startsWith("test/"));

  assert.deepEqual(
    long.map(({ path }) => path),
    Object.keys(allowedLongFiles).sort(),
  );
  assert.deepEqual(
    lengths.filter(({ lines }) => lines > mostLines),
    [],
  );
});

test("no file knows the machine it was written on", () => {
  const machine = new RegExp(`(?<![\\w.])/(?:${["work", "root"].join("|")})/`);
  const own = ["package-lock.json"];
  const found = files.filter((path) => !own.includes(basename(path)) && isText(path) && machine.test(read(path)));

  assert.deepEqual(found, []);
});

function isText(path: string): boolean {
  return !read(path).includes("\0");
}
