/** What the tests of the supervisor supervise. */
import {
  type Behaviour,
  type ChildSpec,
  type Node,
  type Process,
  type SupervisorOptions,
  supervisor,
} from "../../src/process/index.ts";
import { message, quiet } from "./support.ts";

/** A child that logs its starts and ends, crashes on `crash` and ends on `normal`. */
export function child(log: string[], id: string, more: Partial<ChildSpec & Behaviour> = {}): ChildSpec {
  const { restart, shutdown, ...behaviour } = more;
  return {
    id,
    ...(restart === undefined ? {} : { restart }),
    ...(shutdown === undefined ? {} : { shutdown }),
    start: (node) =>
      node.spawn(
        id,
        (process) => {
          log.push(`start ${id}`);
          return {
            receive({ event }) {
              if (event === "crash") throw new Error(`${id} crashed`);
              if (event === "normal") process.exit("normal");
            },
            terminate(reason) {
              if (reason === "shutdown") log.push(`stop ${id}`);
            },
            ...behaviour,
          };
        },
        { name: id },
      ),
  };
}

/** A supervisor that has started. */
export async function supervise(node: Node, options: SupervisorOptions): Promise<Process> {
  const process = node.spawn("supervisor", supervisor(options));
  await process.started();
  return process;
}

/** Sends a child, by its name, a message, and lets what follows from it happen. */
export async function tell(node: Node, name: string, event: "crash" | "normal"): Promise<void> {
  node.whereis(name)?.deliver(message(event));
  await quiet();
}
