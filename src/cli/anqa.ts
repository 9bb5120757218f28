#!/usr/bin/env node
// Everything is imported only once Node.js is known to be new enough: the lowest room refuses an old one.
try {
  await import("../telemetry/index.ts");
} catch (refusal) {
  process.stderr.write(`${(refusal as Error).message}\n`);
  process.exit(1);
}

const { runCommand } = await import("./commands.ts");
process.exitCode = await runCommand(process.argv.slice(2));

export {};
