/** `anqa server`, but sooner done with a program that keeps ending. */
import { keepRunning } from "../../src/cli/server/keep-running.ts";

process.exitCode = await keepRunning({
  file: process.argv[2] as string,
  limits: { firstDelay: 1, longestDelay: 4, steadyAfter: 3_600_000, quickEnds: 3 },
});
