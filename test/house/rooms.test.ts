/** The order of the rooms: imports run downwards, through the front door, and never in a circle. */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path/posix";
import { test } from "node:test";
import { existingRooms, type Import, importsOf, projectFiles, read, rooms } from "./project-files.ts";

/**
 * Imports of types that close a circle inside a room. Each needs a reason, and nothing but types may cross it.
 * Written as "importer -> imported".
 */
const allowedTypeCircles: Readonly<Record<string, string>> = {
  "src/channel/link.ts -> src/channel/connection.ts":
    "A connection makes the links of its channels, and each link names the connection that it speaks through.",
  "src/channel/mount-state.ts -> src/channel/connection.ts":
    "A connection belongs to a mount, and the state of the mount lists its connections.",
  "src/controller/flash-token.ts -> src/controller/flash.ts":
    "The flash is taken from its token; the token needs to know only the shape of what it carries.",
  "src/process/behaviour.ts -> src/process/process.ts": "A callback for the end of a process is told of which.",
  "src/process/context.ts -> src/process/process.ts": "The context knows whose it is; the process enters its context.",
  "src/process/links.ts -> src/process/process.ts": "A process has links, which are processes.",
  "src/process/process.ts -> src/process/node.ts":
    "A process knows its node and a node makes processes; at run time only the node imports the process.",
};

interface Edge extends Import {
  readonly from: string;
  readonly to: string;
}

const sources = projectFiles("src").filter((path) => path.endsWith(".ts"));
const edges: Edge[] = sources.flatMap((from) =>
  importsOf(read(from))
    .filter(({ specifier }) => specifier.startsWith("."))
    .map((found) => ({ ...found, from, to: join(dirname(from), found.specifier) })),
);

test("every folder of src is a room with a public face and a place in the order", () => {
  const folders = new Set(sources.map(roomOf));

  assert.deepEqual([...folders].sort(), existingRooms().sort());
  assert.deepEqual(
    [...folders].filter((room) => !rooms.includes(room)),
    [],
  );
});

test("a room imports only from rooms below it", () => {
  const upwards = edges.filter(({ from, to }) => rooms.indexOf(roomOf(to)) < rooms.indexOf(roomOf(from)));

  assert.deepEqual(upwards.map(describe), []);
});

test("a room is entered through its index.ts", () => {
  const aside = edges.filter(({ from, to }) => roomOf(from) !== roomOf(to) && to !== `src/${roomOf(to)}/index.ts`);

  assert.deepEqual(aside.map(describe), []);
});

test("inside its room nobody imports index.ts", () => {
  const circular = edges.filter(({ from, to }) => roomOf(from) === roomOf(to) && basename(to) === "index.ts");

  assert.deepEqual(circular.map(describe), []);
});

test("sources name their own package by path, never as anqa/…", () => {
  const named = sources.filter((path) => importsOf(read(path)).some(({ specifier }) => /^anqa(\/|$)/.test(specifier)));

  assert.deepEqual(named, []);
});

test("no circle of imports, but for the types that are listed", () => {
  const listed = edges.filter((edge) => describe(edge) in allowedTypeCircles);

  assert.deepEqual(listed.filter(({ typeOnly }) => !typeOnly).map(describe), [], "these are listed, and import values");
  assert.equal(circle(edges.filter((edge) => !listed.includes(edge))), undefined);
});

test("every listed circle exists", () => {
  for (const listed of Object.keys(allowedTypeCircles)) {
    const rest = edges.filter((edge) => describe(edge) === listed || !(describe(edge) in allowedTypeCircles));
    assert.notEqual(circle(rest), undefined, `${listed} closes no circle any more: take it off the list`);
  }
});

function roomOf(path: string): string {
  return path.split("/")[1] as string;
}

function describe({ from, to }: Edge): string {
  return `${from} -> ${to}`;
}

/** The files of one circle, or undefined if there is none. */
function circle(graph: readonly Edge[]): string[] | undefined {
  const targets = Map.groupBy(graph, ({ from }) => from);
  const finished = new Set<string>();
  const path: string[] = [];

  for (const start of targets.keys()) {
    const found = follow(start);
    if (found !== undefined) return found;
  }
  return undefined;

  function follow(file: string): string[] | undefined {
    if (finished.has(file)) return undefined;
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    path.push(file);
    for (const { to } of targets.get(file) ?? []) {
      const found = follow(to);
      if (found !== undefined) return found;
    }
    path.pop();
    finished.add(file);
    return undefined;
  }
}
