import type { Command } from "./command.ts";

interface Listed {
  readonly summary: string;
  load(): Promise<Command>;
}

const commands: ReadonlyMap<string, Listed> = new Map<string, Listed>([
  [
    "server",
    {
      summary: "runs an application, and starts it again when it ends unexpectedly",
      load: async () => (await import("./server.ts")).serverCommand,
    },
  ],
  [
    "routes",
    {
      summary: "prints the routes of an application, without starting it",
      load: async () => (await import("./routes.ts")).routesCommand,
    },
  ],
]);

/**
 * Runs the command line.
 *
 * @param given what was typed after `anqa`.
 * @returns the exit code.
 */
export async function runCommand(given: readonly string[]): Promise<number> {
  const [name, ...rest] = given;
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(overview());
    return 0;
  }
  const listed = commands.get(name);
  if (listed === undefined) {
    const known = [...commands.keys()].join(", ");
    process.stderr.write(`anqa: there is no command "${name}". There is: ${known}. See anqa --help.\n`);
    return 1;
  }
  const command = await listed.load();
  if (rest[0] === "--help") {
    process.stdout.write(command.help);
    return 0;
  }
  return command.run(rest);
}

function overview(): string {
  const longest = Math.max(...[...commands.keys()].map((name) => name.length));
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(longest)}  ${summary}`);
  return `anqa <command>\n\n${lines.join("\n")}\n\nanqa <command> --help tells more.\n`;
}
