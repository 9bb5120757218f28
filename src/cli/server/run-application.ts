/** The program of the child process that `anqa server` keeps: runs the application of the file that it is given. */
import { pathToFileURL } from "node:url";
import { type Application, exitCodes, hasWatchdog, run, startWatchdog } from "../../process/index.ts";

const file = process.argv[2] as string;
let started = false;

// The terminal sends Ctrl-C to parent and child, and the parent passes it on: the application stops at the first
// signal, and another one must not end it as it would without a listener. The parent decides when it is enough.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (!started) process.exit(0);
  });
}
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref(); // to be told of that is no reason to stay

const stopWatching = startWatchdog();
const { node } = await run(await load());
started = true;
if (hasWatchdog(node)) stopWatching();

async function load(): Promise<Application> {
  try {
    const { default: application } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (isApplication(application)) return application;
    process.stderr.write(
      `anqa server: ${file} exports no application. It should end with: export default application({ children: [...] })\n`,
    );
  } catch (error) {
    process.stderr.write(`anqa server: ${file} could not be loaded\n`);
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  process.exit(exitCodes.noApplication);
}

function isApplication(value: unknown): value is Application {
  return typeof value === "object" && value !== null && "start" in value && typeof value.start === "function";
}
