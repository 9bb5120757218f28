import { currentProcess } from "./context.ts";
import { strayError } from "./events.ts";
import { toError } from "./message.ts";
import type { Node } from "./node.ts";

/**
 * Charges errors that nobody catches to the process in whose name they happened: rejections that nobody
 * awaits, and throws from timers, ticks and emitters. Such a process ends with the error; everything else
 * goes on. An error without a process is reported as `anqa.process.stray`.
 *
 * Node.js ends a program on such errors as long as nobody listens for them, so this is for the owner of the
 * whole program: `run` does it.
 *
 * @returns a function that ends it.
 */
export function chargeStrays(node: Node): () => void {
  const charge = (thrown: unknown) => {
    const owner = currentProcess();
    const error = toError(thrown);
    if (owner === undefined) strayError.execute({ node: node.name, error });
    else if (owner.node === node) owner.exit(error);
  };
  process.on("uncaughtException", charge);
  process.on("unhandledRejection", charge);
  return () => {
    process.off("uncaughtException", charge);
    process.off("unhandledRejection", charge);
  };
}
