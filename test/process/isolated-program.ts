/** Programs that have functions in processes of their own. Words: what to do, and the port of a gate. */
import { createNode, Task } from "../../src/process/index.ts";

const [, , what, port] = process.argv;
const node = createNode();

function run(name: string, argument: unknown, file = "./isolated-functions.ts"): Promise<unknown> {
  return Task.isolated(new URL(file, import.meta.url), argument, { timeout: 60_000, export: name, node });
}

const programs: Record<string, () => unknown> = {
  /** Until somebody ends it. */
  async waits() {
    await run("knockAndLoop", Number(port));
  },
  /** Has nothing to do any more; the process that did it would have. */
  async returns() {
    await run("knock", Number(port));
  },
  exits() {
    void run("knockAndLoop", Number(port));
    process.stdin.once("data", () => process.exit(7));
  },
  async cries() {
    await run("splitText", undefined, "./isolated-memory-functions.ts").catch((error) => {
      console.log(`${error.name}, cause: ${error.cause.message}`);
    });
    await run("cryWolf", undefined);
  },
};

await programs[what as string]?.();
