import { type Process, toError } from "../process/index.ts";
import { eventStop } from "./events.ts";

/** Runs a handler, and reports how long it took if anybody listens. */
export function timed(
  process: Process,
  view: string,
  kind: "event" | "info" | "params",
  event: string,
  handler: () => unknown,
): unknown {
  if (!eventStop.hasSubscribers) return handler();
  const startedAt = performance.now();
  const report = (failure?: { readonly error: Error }) => {
    const milliseconds = performance.now() - startedAt;
    eventStop.execute({ node: process.node.name, pid: process.pid, view, kind, event, milliseconds, ...failure });
  };
  const failed = (thrown: unknown): never => {
    report({ error: toError(thrown) });
    throw thrown;
  };
  try {
    const result = handler();
    if (result instanceof Promise) return result.then(() => report(), failed);
    report();
    return result;
  } catch (thrown) {
    return failed(thrown);
  }
}
