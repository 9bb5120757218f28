import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A coding in which a file may lie beside itself, compressed beforehand. */
export type StaticCoding = "br" | "gzip";

/** A file that is served. */
export interface StaticFile {
  /** Its place in the file system. */
  readonly path: string;
  /** The codings in which it lies beside itself: `app.css.br`, `app.css.gz`. */
  readonly codings: readonly StaticCoding[];
}

/** Finds files below a folder by their path from it, decoded and with slashes. */
export interface StaticFolder {
  find(path: string): StaticFile | undefined;
}

/** How compressed neighbours are named. */
export const codingSuffixes: Readonly<Record<StaticCoding, string>> = { br: ".br", gzip: ".gz" };

/** Which of its files a folder shows. */
export interface StaticFolderOptions {
  readonly from: URL | string;
  /** What stands directly in the folder and is served; undefined for everything. */
  readonly only: readonly string[] | undefined;
  readonly codings: readonly StaticCoding[];
  /** Whether links that lead out of the folder are served as well. */
  readonly followLinks: boolean;
}

/**
 * A folder whose files are looked up on the disk, each time they are asked for.
 *
 * @throws if there is no such folder.
 */
export function liveFolder(options: StaticFolderOptions): StaticFolder {
  const root = rootOf(options.from);
  return {
    find(path) {
      if (!isVisible(path, options.only)) return undefined;
      const place = join(root, path);
      if (!isFile(place, root, options.followLinks)) return undefined;
      return {
        path: place,
        codings: options.codings.filter((coding) => isFile(place + codingSuffixes[coding], root, options.followLinks)),
      };
    },
  };
}

/**
 * A folder whose files are listed now, once: asking for what is not there costs nothing, and what is added later is not
 * served.
 *
 * @throws as {@link liveFolder}.
 */
export function listedFolder(options: StaticFolderOptions): StaticFolder {
  const root = rootOf(options.from);
  const places = new Map<string, string>();
  for (const place of filesBelow(root, options.followLinks)) {
    const path = relative(root, place).split(sep).join("/");
    if (isVisible(path, options.only)) places.set(path, place);
  }
  const files = new Map<string, StaticFile>();
  for (const [path, place] of places) {
    files.set(path, {
      path: place,
      codings: options.codings.filter((coding) => places.has(path + codingSuffixes[coding])),
    });
  }
  return { find: (path) => files.get(path) };
}

/**
 * Whether a path names something that may be shown: no name that begins with a dot, which hides it, except for
 * `.well-known` (RFC 8615), no empty one, and none that some system takes for more than a name.
 */
function isVisible(path: string, only: readonly string[] | undefined): boolean {
  if (/[\0\\]/.test(path)) return false;
  const names = path.split("/");
  if (names.some((name, at) => name === "" || (name.startsWith(".") && !isWellKnown(names, at)))) return false;
  return only === undefined || only.includes(names[0] as string);
}

function isWellKnown(names: readonly string[], at: number): boolean {
  return at === 0 && names[0] === ".well-known" && names.length > 1;
}

function rootOf(from: URL | string): string {
  const folder = typeof from === "string" ? resolve(from) : fileURLToPath(from);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`there is no directory ${folder} whose files could be served`);
  }
  return realpathSync(folder);
}

function isFile(place: string, root: string, followLinks: boolean): boolean {
  try {
    return statSync(place).isFile() && (followLinks || isInside(realpathSync(place), root));
  } catch {
    return false;
  }
}

function isInside(place: string, root: string): boolean {
  return place.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Every file, each folder once: links may lead in circles. */
function* filesBelow(root: string, followLinks: boolean): Generator<string> {
  const visited = new Set<string>();
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const real = realpathSync(folder);
    if (visited.has(real)) continue;
    visited.add(real);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const place = join(folder, entry.name);
      if (isFolder(entry, place)) {
        if (followLinks || isInside(realpathSync(place), root)) folders.push(place);
      } else if (isFile(place, root, followLinks)) yield place;
    }
  }
}

function isFolder(entry: Dirent, place: string): boolean {
  return (
    entry.isDirectory() ||
    (entry.isSymbolicLink() && statSync(place, { throwIfNoEntry: false })?.isDirectory() === true)
  );
}
