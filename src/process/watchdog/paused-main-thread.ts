import { once } from "node:events";
import type { Debugger } from "node:inspector";
import { Session } from "node:inspector/promises";

/** Calls of a stack that are shown. */
const mostFrames = 30;

/** A main thread that has been stopped in the middle of what it does. */
export interface PausedMainThread {
  /** The calls it is in, innermost first, as lines of a stack. */
  readonly stack: string;
  /** Runs an expression in the innermost call; undefined if it fails. */
  evaluate(expression: string): Promise<unknown>;
  /** Lets it go on, and ends the session. To be awaited before the next pause. */
  resume(): Promise<void>;
  /**
   * Runs an expression that ends the operating-system process, after the session has ended: Node.js 24 says on its
   * way out that it waits for the debugger, if there is one.
   */
  leave(expression: string): Promise<void>;
}

/**
 * Stops the main thread wherever it is, an endless loop included, with the debugger that is built into
 * Node.js. Only for threads other than the main one.
 *
 * V8 stops between two instructions of JavaScript: a thread that is in native code (a long query, a regular
 * expression, `execSync`) comes to no such place.
 *
 * @param patience milliseconds to wait for it.
 * @returns undefined if it did not stop; then it will not any more.
 */
export async function pauseMainThread(patience: number): Promise<PausedMainThread | undefined> {
  const session = new Session();
  session.connectToMainThread();
  const scripts = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params.url));
  const paused = new Promise<readonly Debugger.CallFrame[]>((resolve) => {
    session.once("Debugger.paused", ({ params }) => resolve(params.callFrames));
  });
  // Answers come when the thread runs JavaScript, perhaps never: nothing waits for these two.
  const commands = Promise.all([session.post("Debugger.enable"), session.post("Debugger.pause")]);
  commands.catch(() => {});

  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patience)));
  const frames = await Promise.race([paused, tooLate]);
  clearTimeout(timer);
  if (frames === undefined) {
    session.disconnect();
    return undefined;
  }
  return {
    stack: stackLines(frames, (frame) => stackLine(frame, scripts.get(frame.location.scriptId))),
    evaluate: (expression) => evaluate(session, frames[0] as Debugger.CallFrame, expression),
    async resume() {
      await resume(session);
      session.disconnect();
    },
    async leave(expression) {
      await resume(session);
      const pausedAgain = once(session, "Debugger.paused");
      // The statement after `debugger` runs when nobody holds it there any more, which is when the session is gone.
      session.post("Runtime.evaluate", { expression: `debugger; ${expression}` }).catch(() => {});
      await pausedAgain;
      session.disconnect();
    },
  };
}

/** Lets it go on. The answer comes while it still stands, and who pauses it then would find it paused once more. */
async function resume(session: Session): Promise<void> {
  const resumed = once(session, "Debugger.resumed");
  await Promise.all([session.post("Debugger.resume"), resumed]);
}

async function evaluate(session: Session, { callFrameId }: Debugger.CallFrame, expression: string): Promise<unknown> {
  try {
    const options = { callFrameId, expression, silent: true, returnByValue: true };
    const answer: unknown = await session.post("Debugger.evaluateOnCallFrame", options);
    const { result, exceptionDetails } = answer as Debugger.EvaluateOnCallFrameReturnType;
    return exceptionDetails === undefined ? result.value : undefined;
  } catch {
    return undefined;
  }
}

/** All of a deep recursion would be thousands of lines of the same. */
function stackLines(frames: readonly Debugger.CallFrame[], line: (frame: Debugger.CallFrame) => string): string {
  const lines = frames.slice(0, mostFrames).map(line);
  const left = frames.length - lines.length;
  return [...lines, ...(left > 0 ? [`    and ${left} more`] : [])].join("\n");
}

function stackLine({ functionName, location }: Debugger.CallFrame, url = "<unknown>"): string {
  const place = `${url}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
  return functionName === "" ? `    at ${place}` : `    at ${functionName} (${place})`;
}
