/** What the tests of this folder read: the files of the project and what they import. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository, with a slash at its end. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** The rooms of `src`, from top to bottom: a room imports only from rooms after it. */
export const rooms: readonly string[] = [
  "cli",
  "testing",
  "dashboard",
  "live",
  "presence",
  "channel",
  "endpoint",
  "controller",
  "router",
  "plug",
  "template",
  "repo",
  "pubsub",
  "process",
  "telemetry",
];

/** Paths, from the root and sorted, of all files under `folder` that `.gitignore` does not name. */
export function projectFiles(folder = ""): string[] {
  const ignored = read(".gitignore")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\/$/, ""));
  const files: string[] = [];
  visit(folder);
  return files.sort();

  function visit(path: string): void {
    for (const entry of readdirSync(`${root}${path}`, { withFileTypes: true })) {
      const name = path === "" ? entry.name : `${path}/${entry.name}`;
      if (name === ".git" || ignored.some((pattern) => matches(name, pattern))) continue;
      if (entry.isDirectory()) visit(name);
      else if (entry.isFile()) files.push(name);
    }
  }
}

/** As git reads it: a pattern with a slash is a path from the root, one without matches at any depth. */
function matches(path: string, pattern: string): boolean {
  return matchesGlob(path, pattern.includes("/") ? pattern : `**/${pattern}`);
}

/** The text of a file, its path given from the root. */
export function read(path: string): string {
  return readFileSync(`${root}${path}`, "utf8");
}

/** The contents of a JSON file, its path given from the root. */
export function readJson<Contents>(path: string): Contents {
  return JSON.parse(read(path)) as Contents;
}

/** The rooms that there are: folders of `src` with a public face. */
export function existingRooms(): string[] {
  return readdirSync(`${root}src`).filter((room) => existsSync(`${root}src/${room}/index.ts`));
}

/** One import or re-export. */
export interface Import {
  /** What stands in the quotes. */
  readonly specifier: string;
  /** True if nothing of it is left when types are stripped. */
  readonly typeOnly: boolean;
}

/**
 * Everything that a source imports or re-exports, `import()` included.
 *
 * It is not a parser, it relies on how Biome formats: statements begin their line, quotes are double.
 */
export function importsOf(source: string): Import[] {
  const imports: Import[] = [];
  const statement = /^(?:import|export)\s+(?:(type)\s+)?([\w$*\s{},]+?)\s+from\s+"([^"]+)"/gm;
  for (const [, type, names, specifier] of source.matchAll(statement)) {
    imports.push({ specifier: specifier as string, typeOnly: type !== undefined || onlyTypes(names as string) });
  }
  for (const [, specifier] of source.matchAll(/^import\s+"([^"]+)"/gm)) {
    imports.push({ specifier: specifier as string, typeOnly: false });
  }
  for (const line of source.split("\n")) {
    if (/^\s*(?:\*|\/\/)/.test(line)) continue;
    for (const [, specifier] of line.matchAll(/\bimport\(\s*"([^"]+)"/g)) {
      imports.push({ specifier: specifier as string, typeOnly: false });
    }
  }
  return imports;
}

/** Whether `{ type A, type B }` names types alone. */
function onlyTypes(names: string): boolean {
  const listed = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  if (listed === undefined) return false;
  return listed
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .every((name) => name.startsWith("type "));
}
