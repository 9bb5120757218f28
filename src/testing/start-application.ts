import { randomBytes } from "node:crypto";
import type { Application, RunningApplication } from "../process/index.ts";

/**
 * Where something can be left to be done after a test: the context that `node:test` gives to a test, the one that `vitest`
 * gives, or `{ after }` with the function of your runner that does so for a whole file.
 */
export type Cleanup =
  | { after(work: () => Promise<void>): unknown }
  | { onTestFinished(work: () => Promise<void>): unknown };

/**
 * Starts an application for tests, and stops it after them.
 *
 * Its endpoint is in the environment `test`, in which it listens at any free port and logs warnings only, unless the
 * variable `NODE_ENV` or its options say otherwise. Each start has a node of its own, with a name of its own, so tests may
 * start as many as they like, side by side. Requests of `conn()` need no socket; the socket is there for what does, such as a browser.
 *
 * @param cleanup says when the tests are over: the context of the test, or `{ after }`.
 * @throws (rejects) what the first child that could not start threw.
 * @example
 * test("the home page", async (t) => {
 *   const shop = await startApplication(t, application);
 *   htmlResponse(await get(conn(shop), "/"), 200);
 * });
 * @example
 * import { after } from "node:test";
 * const shop = await startApplication({ after }, application);   // once, for all tests of a file
 */
export async function startApplication(
  cleanup: Cleanup,
  application: Application,
  { nodeName = `test-${randomBytes(6).toString("hex")}` }: { readonly nodeName?: string } = {},
): Promise<RunningApplication> {
  process.env.NODE_ENV ||= "test";
  const running = await application.start({ nodeName });
  const stop = () => running.stop();
  if ("after" in cleanup) cleanup.after(stop);
  else cleanup.onTestFinished(stop);
  return running;
}
