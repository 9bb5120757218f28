import { pathToFileURL } from "node:url";
import { exitCodes } from "../process/index.ts";
import type { Router } from "../router/index.ts";
import type { Command } from "./command.ts";
import { routersOf } from "./routes/routers-of.ts";
import { routeTable } from "./routes/table.ts";
import { applicationFile } from "./server/application-file.ts";

const help = `anqa routes [file] [filter]

Prints every route of an application: name, method, path, target, pipelines, and where it is declared. Nothing is
started. The file (without one: app.ts, or app.js) exports the application as default, or else a router.

With a filter only routes are shown in whose line it stands: anqa routes posts
`;

/** `anqa routes`. */
export const routesCommand: Command = {
  help,
  async run(given) {
    const isFile = /\.[cm]?[jt]s$/.test(given[0] ?? "");
    const named = isFile ? given[0] : undefined;
    const [filter, ...rest] = isFile ? given.slice(1) : given;
    if (rest.length > 0) return refuse(`one filter is enough: what is "${rest.join(" ")}"? See anqa routes --help.`);
    const file = applicationFile(process.cwd(), named);
    if (file === undefined) {
      return refuse(`there is no ${named ?? "app.ts or app.js"} in ${process.cwd()}. See anqa routes --help.`);
    }
    // What the file has opened, a database perhaps, is no reason to stay.
    process.exit(await print(file, filter));
  },
};

/** @returns the exit code. */
async function print(file: string, filter: string | undefined): Promise<number> {
  let routers: readonly Router[];
  try {
    routers = routersOf(await import(pathToFileURL(file).href));
  } catch (error) {
    process.stderr.write(`anqa routes: ${file} could not be loaded\n${stackOf(error)}\n`);
    return exitCodes.noApplication;
  }
  if (routers.length === 0) {
    process.stderr.write(
      `anqa routes: ${file} exports no application with an endpoint, and no router. It should end with: ` +
        "export default application({ children: [endpoint({ router })] })\n",
    );
    return exitCodes.noApplication;
  }
  try {
    const tables = routers.map((router) => routeTable(router.routes, process.cwd(), filter));
    await written(tables.filter((table) => table !== "").join("\n"));
  } catch (error) {
    return refuse((error as Error).message);
  }
  return 0;
}

/** Resolves when it has left this process, which ends then. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

function refuse(sentence: string): number {
  process.stderr.write(`anqa routes: ${sentence}\n`);
  return exitCodes.failed;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
