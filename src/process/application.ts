import { exitCodes } from "./exit-codes.ts";
import { toError } from "./message.ts";
import { createNode, type Node } from "./node.ts";
import { chargeStrays } from "./strays.ts";
import { type ChildSpec, type SupervisorOptions, supervisor } from "./supervisor.ts";

/** A system that can be started: what {@link application} makes. */
export interface Application {
  /** What it starts, in this order: for those who look at it without starting it. */
  readonly children: readonly ChildSpec[];
  /**
   * Starts the tree on a node of its own and resolves once every child has started.
   *
   * @throws what the first child that could not be started threw; the others have been stopped again.
   */
  start(options?: { readonly nodeName?: string }): Promise<RunningApplication>;
}

/** A system that runs. */
export interface RunningApplication {
  readonly node: Node;
  /** Stops the children in reverse order and resolves when all have ended. */
  stop(): Promise<void>;
  /** Resolves when the tree has ended, with the error if it gave up. */
  readonly ended: Promise<Error | undefined>;
}

/**
 * Describes a system: the children of its topmost supervisor, in the order in which they start.
 *
 * @example
 * export default application({ children: [Repo, endpoint({ router, sockets })] });
 */
export function application(options: SupervisorOptions): Application {
  return {
    children: options.children,
    async start({ nodeName } = {}) {
      const node = createNode(nodeName);
      const root = node.spawn("application", supervisor(options));
      node.root = root;
      await root.started();
      const ended = new Promise<Error | undefined>((resolve) => {
        root.onExit((reason) => resolve(reason instanceof Error ? reason : undefined));
      });
      return {
        node,
        ended,
        async stop() {
          root.exit("shutdown");
          await ended;
        },
      };
    },
  };
}

/** Milliseconds within which a second signal is the echo of the first: the terminal sends Ctrl-C to all, and npm passes it on. */
const sameGesture = 1_000;

/**
 * Runs an application as this operating-system process: `SIGTERM` and `SIGINT` stop it in order, also while it
 * still starts; another one a second later ends it at once. An application that cannot start says why in one sentence, and a tree that gives up shows
 * its stack; both end the process with code 1.
 */
export async function run(definition: Application): Promise<RunningApplication> {
  const starting = definition.start();
  let stoppingSince: number | undefined;
  const stop = () => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > sameGesture) process.exit(exitCodes.failed);
    stoppingSince ??= performance.now();
    starting.then(
      (running) => running.stop(),
      () => undefined,
    );
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
  let running: RunningApplication;
  try {
    running = await starting;
  } catch (error) {
    process.stderr.write(`The application could not start: ${startProblem(toError(error))}\n`);
    process.exit(1);
  }
  chargeStrays(running.node);
  running.ended.then((error) => {
    if (error !== undefined) process.stderr.write(`${error.stack}\n`);
    process.exit(error === undefined ? 0 : 1);
  });
  return running;
}

/** The framework's own refusals are sentences in plain Errors; anything else is a mistake that has to be found. */
function startProblem(error: Error): string {
  return error.constructor === Error ? error.message : (error.stack ?? error.message);
}
