import type { TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type Behaviour,
  type ExitReason,
  type Message,
  type Node,
  type Process,
  processCrash,
  type SpawnOptions,
} from "../../src/process/index.ts";

/** A message that carries nothing but its name. */
export function message(event: string, payload: unknown = undefined): Message {
  return { event, payload };
}

/** Resolves with the reason when the process has ended. */
export function ended(process: Process): Promise<ExitReason> {
  return new Promise((resolve) => process.onExit(resolve));
}

/** Lets everything run that is ready to: many turns of the event loop, which take no time. */
export async function quiet(turns = 40): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
}

export interface Recorder {
  readonly process: Process;
  /** Every message it has received. */
  readonly received: Message[];
}

/** A process that writes down what it receives. Its start function has run. */
export async function recorder(node: Node, options?: SpawnOptions): Promise<Recorder> {
  const received: Message[] = [];
  const process = node.spawn("recorder", () => ({ receive: (message) => void received.push(message) }), options);
  await process.started();
  return { process, received };
}

/** A process of the given behaviour. Its start function has run. */
export async function running(node: Node, behaviour: Partial<Behaviour>, options?: SpawnOptions): Promise<Process> {
  const process = node.spawn("tested", () => ({ receive() {}, ...behaviour }), options);
  await process.started();
  return process;
}

/** Errors that processes of this node crash with while the test runs. */
export function crashes(t: TestContext, node: Node): Error[] {
  const errors: Error[] = [];
  t.after(
    processCrash.attach(({ node: name, error }) => {
      if (name === node.name) errors.push(error);
    }),
  );
  return errors;
}

/** Collects garbage, now. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
