import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { HttpError } from "../http-error.ts";

/** A file that is there and can be read. Who opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/**
 * Opens a file to be sent.
 *
 * @param root if given, the folder below which the path has to lie; see {@link pathBelow}.
 * @throws HttpError 404 if there is no such file, if it is a directory or another thing that is no file, or if it lies outside of `root`.
 */
export async function openFile(path: string | URL, root: string | URL | undefined): Promise<OpenFile> {
  const place = root === undefined ? localPath(path) : pathBelow(localPath(root), path);
  if (place === undefined || place.includes("\0")) throw new HttpError(404, `there is no file ${JSON.stringify(path)}`);
  let handle: FileHandle;
  try {
    // A named pipe would be waited for until somebody writes to it.
    handle = await open(place, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw isAbsence(error) ? new HttpError(404, `there is no file ${place}`, { cause: error }) : error;
  }
  try {
    const stats = await handle.stat();
    if (stats.isFile()) return { handle, stats };
    throw new HttpError(404, `${place} is no file that could be sent`);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The place of a path that a visitor may have chosen, below a folder; undefined if it leads out of it, by `..` or by
 * being absolute, to a name that begins with a dot, which folders hide, or to a folder. Links in the file system are followed.
 */
function pathBelow(root: string, path: string | URL): string | undefined {
  if (typeof path !== "string") return undefined;
  const segments = path.split(/[/\\]/);
  if (segments.at(-1) === "" || segments.some((segment) => segment.startsWith("."))) return undefined;
  const folder = resolve(root);
  const place = resolve(folder, path);
  return place.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? place : undefined;
}

function localPath(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}

function isAbsence(error: unknown): boolean {
  return absences.has((error as NodeJS.ErrnoException).code ?? "");
}

/** No such name, a file where a folder should be, a name too long, links in a circle, a folder (Windows), a device. */
const absences: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EISDIR", "ENXIO"]);
