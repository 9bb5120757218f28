import type { Command } from "./command.ts";
import { applicationFile } from "./server/application-file.ts";
import { keepRunning } from "./server/keep-running.ts";

const help = `anqa server [--node-option…] [file]

Runs the application that the file exports as default (without a file: app.ts, or app.js), in an operating-system
process of its own, and starts it again when that ends unexpectedly. A watchdog ends it when its event loop stands
still for 30 seconds. SIGTERM and SIGINT stop it in order, a second one at once.

Options before the file are for Node.js, in one word each: anqa server --inspect app.ts
`;

/** `anqa server`. */
export const serverCommand: Command = {
  help,
  async run(given) {
    const firstName = given.findIndex((word) => !word.startsWith("-"));
    const options = firstName === -1 ? given : given.slice(0, firstName);
    const [named, ...rest] = given.slice(options.length);
    if (rest.length > 0) return refuse(`one file is enough: what is "${rest.join(" ")}"? See anqa server --help.`);
    const file = applicationFile(process.cwd(), named);
    if (file === undefined) {
      return refuse(
        `there is no ${named ?? "app.ts or app.js"} in ${process.cwd()}. Name the file that exports the application: ` +
          "anqa server web/app.ts",
      );
    }
    return keepRunning({ file, nodeOptions: options });
  },
};

function refuse(sentence: string): number {
  process.stderr.write(`anqa server: ${sentence}\n`);
  return 1;
}
