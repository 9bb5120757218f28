import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** What the file of an application is called if nobody says otherwise. */
const usualNames = ["app.ts", "app.js"];

/** The absolute path of the file to run, or undefined if there is none. */
export function applicationFile(folder: string, named: string | undefined): string | undefined {
  const candidates = named === undefined ? usualNames : [named];
  return candidates.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}
