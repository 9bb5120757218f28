/** What package.json promises. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { existingRooms, importsOf, projectFiles, read, readJson, root } from "./project-files.ts";

interface Manifest {
  readonly engines: { readonly node: string };
  readonly exports: Record<string, string | Record<string, string>>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

interface LockFile {
  readonly packages: Record<string, { readonly resolved?: string }>;
}

/** The wire is verified against these versions of the official clients: no other may be served. */
const verifiedClients = ["phoenix", "phoenix_live_view"];

const manifest = readJson<Manifest>("package.json");
const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies };
const everyDependency = { ...dependencies, ...manifest.devDependencies };

test("every room is exported, from its source and from what is built", () => {
  const expected = Object.fromEntries(
    existingRooms().map((room) => [
      `./${room}`,
      {
        "anqa-source": `./src/${room}/index.ts`,
        types: `./dist/${room}/index.d.ts`,
        default: `./dist/${room}/index.js`,
      },
    ]),
  );

  assert.deepEqual(manifest.exports, { ...expected, "./package.json": "./package.json" });
});

test("conditions stand in the order in which they must be tried", () => {
  for (const target of Object.values(manifest.exports)) {
    if (typeof target !== "string") assert.deepEqual(Object.keys(target), ["anqa-source", "types", "default"]);
  }
});

test("sources import only what is a dependency", () => {
  const imported = projectFiles("src")
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => importsOf(read(path)).map(({ specifier }) => ({ path, specifier })))
    .filter(({ specifier }) => !/^(?:\.|node:)/.test(specifier))
    .filter(({ specifier }) => !(packageOf(specifier) in dependencies));

  assert.deepEqual(imported, []);
});

test("dependencies are ranges, so that an application and its libraries share one copy of each", () => {
  const { exact } = byPrecision(manifest.dependencies);

  assert.deepEqual(exact, verifiedClients);
});

test("what only we install is exact: everyone develops and tests with the same", () => {
  const { loose } = byPrecision(manifest.devDependencies);

  assert.deepEqual(loose, []);
});

test("what applications bring has a range that the version we test with is in", () => {
  for (const [name, range] of Object.entries(manifest.peerDependencies)) {
    assert.match(range, /^\^\d+\.\d+\.\d+$/, name);
    const [major, minor] = range.slice(1).split(".");
    const tested = manifest.devDependencies[name] ?? "";
    assert.ok(tested.startsWith(major === "0" ? `0.${minor}.` : `${major}.`), `${name} ${tested}, ${range}`);
  }
});

test("every dependency has its reason in docs/dependencies.md", () => {
  const explained = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name);

  assert.deepEqual(explained.sort(), Object.keys(everyDependency).sort());
});

test("the lock file names no registry: it works with any mirror", () => {
  const addresses = Object.entries(readJson<LockFile>("package-lock.json").packages).filter(([, { resolved }]) =>
    resolved?.includes(":"),
  );

  assert.deepEqual(addresses, []);
  assert.doesNotMatch(read("package-lock.json"), /"resolved": "https?:/);
});

test("the oldest Node.js is the same wherever it is named", () => {
  const oldest = /^>=(\d+)$/.exec(manifest.engines.node)?.[1];

  assert.match(read("tools/require-node.cjs"), new RegExp(`oldest = ${oldest};`));
  assert.match(read("src/telemetry/node-version.ts"), new RegExp(`oldest = ${oldest};`));
});

/** Who starts the tests without npm has chosen a Node.js, such as the oldest that must do. */
const startedByNpm = process.env.npm_lifecycle_event !== undefined;

test("the scripts run on the Node.js that the project brings", {
  skip: !startedByNpm || !existsSync(`${root}node_modules/node`),
}, () => {
  assert.equal(process.versions.node, manifest.devDependencies.node);
});

/** Names of packages by whether exactly one version is asked for, or whatever a caret allows. */
function byPrecision(versions: Readonly<Record<string, string>>): { exact: string[]; loose: string[] } {
  const names = Object.keys(versions);
  const exact = names.filter((name) => /^\d+\.\d+\.\d+$/.test(versions[name] ?? ""));
  const loose = names.filter((name) => /^\^\d+\.\d+\.\d+$/.test(versions[name] ?? ""));
  assert.deepEqual([...exact, ...loose].sort(), names.sort(), "a version is neither exact nor a caret range");
  return { exact, loose };
}

/** `@scope/name/path` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
