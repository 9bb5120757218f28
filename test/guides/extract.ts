/** What stands in a guide: the files of its application, and what its commands print. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { read, root } from "../house/project-files.ts";

/** A file of the application that a guide builds. */
export interface GuideFile {
  /** From the folder of the application: `web/routes.ts`. */
  readonly path: string;
  readonly content: string;
}

/** Where applications are written: beneath the package, so that `anqa/…` is found, and ignored by git. */
const folder = "test/guides/.anqa";

/**
 * The files in a page. A `ts` block is a file if its first line says so, `// file: web/routes.ts`; a block in another
 * language if its name follows the language: ` ```css assets/app.css `.
 *
 * @throws if two blocks are the same file.
 */
export function filesOf(page: string): GuideFile[] {
  const files = blocksOf(page).flatMap(({ language, title, code }) => {
    const named = language === "ts" && title === "" ? /^\/\/ file: (\S+)\n/.exec(code) : /^(\S+\.\w+)$/.exec(title);
    const name = named?.[1];
    return name === undefined ? [] : [{ path: name, content: code }];
  });
  const paths = files.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) < index);
  if (twice !== undefined) throw new Error(`the guide shows the file ${twice} twice`);
  return files;
}

/**
 * What a page says that a command prints: the rest of the `console` block that begins with it.
 *
 * @param command without the `$ ` before it.
 * @throws if no block shows the command.
 */
export function outputOf(page: string, command: string): string {
  const first = `$ ${command}\n`;
  const block = blocksOf(page).find(({ language, code }) => language === "console" && code.startsWith(first));
  if (block === undefined) throw new Error(`the guide shows no output of: ${command}`);
  return block.code.slice(first.length);
}

/** The programs whose output a page shows, by `$ node shop.ts`. */
export function programsOf(page: string): string[] {
  return blocksOf(page).flatMap(({ language, code }) => {
    const program = language === "console" ? /^\$ node (\S+)\n/.exec(code)?.[1] : undefined;
    return program === undefined ? [] : [program];
  });
}

/** The text of a guide, by its name: `routing`. */
export function guide(name: string): string {
  return read(`docs/guides/${name}.md`);
}

/**
 * Writes the application of a guide into a folder of its own.
 *
 * @returns the folder, to be removed when the tests are over.
 */
export function writeApplication(name: string): string {
  mkdirSync(`${root}${folder}`, { recursive: true });
  const target = mkdtempSync(`${root}${folder}/${name}-`);
  for (const { path, content } of filesOf(guide(name))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), content);
  }
  return target;
}

interface Block {
  readonly language: string;
  /** What follows the language in the first line. */
  readonly title: string;
  readonly code: string;
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)[ \t]*(.*)\n([\s\S]*?)^```[ \t]*$/gm)].map(([, language, title, code]) => ({
    language: language as string,
    title: (title as string).trim(),
    code: code as string,
  }));
}
