import { directory } from "./directory.ts";
import type { Node } from "./node.ts";
import { partitionOf } from "./partition-supervisor/partition-of.ts";
import type { Process } from "./process.ts";
import type { RestartLimit } from "./restart-intensity.ts";
import { supervisorPatience } from "./stop-process.ts";
import { type ChildSpec, supervisor } from "./supervisor.ts";

/**
 * How many there are if nothing is said. All run in one thread, so it does not depend on the machine: it is
 * how many can wait for something at the same time.
 */
const defaultPartitions = 8;

export interface PartitionSupervisorOptions extends RestartLimit {
  /** Unique on the node: its process is registered under it, and `on` finds it by it. */
  readonly name: string;
  /** How many children there are, default 8. A key goes to another one when this changes. */
  readonly partitions?: number;
  /** Makes the spec of a partition, counted from 0. A child of it needs a name of its own, if any. */
  child(partition: number): ChildSpec;
}

/** A partition supervisor that runs. */
export interface Partitions {
  /** How many there are. */
  readonly count: number;
  /** The child that a key belongs to. One that is just being started again takes no messages. */
  partition(key: string | number): Process;
  /** All children, by their number. */
  partitions(): readonly Process[];
}

/** A partition supervisor as a child of an application, and the way to the one that runs on a node. */
export interface PartitionSupervisor extends ChildSpec {
  /** @throws if it does not run there. */
  on(node: Node): Partitions;
}

/**
 * A supervisor of equal children that share one job by keys, so that none of them is what all wait for.
 *
 * The same key always reaches the same child, also after restarts and on other nodes: whole numbers go by
 * their remainder, strings and other numbers by their hash. A child that ends is started again alone.
 *
 * @example
 * export const counters = partitionSupervisor({
 *   name: "counters",
 *   partitions: 4,
 *   child: (partition) => Counter.child(undefined, { id: `counter ${partition}` }),
 * });
 * counters.on(node).partition(user.id).deliver({ event: "visit", payload: user.id });
 *
 * @throws RangeError if `partitions` is not a whole number of at least 1.
 */
export function partitionSupervisor(options: PartitionSupervisorOptions): PartitionSupervisor {
  const { name, partitions = defaultPartitions, child, ...limit } = options;
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new RangeError(`partitionSupervisor "${name}": partitions is ${partitions}, give a whole number from 1 on`);
  }
  return Object.freeze({
    id: name,
    shutdown: supervisorPatience,
    start(node: Node) {
      const processes: Process[] = [];
      const children = Array.from({ length: partitions }, (_, partition) => {
        const spec = child(partition);
        return { ...settingsOf(spec), start: (on: Node) => noted(spec.start(on), processes, partition) };
      });
      const begin = supervisor({ children, ...limit });
      return node.spawn(
        `partition supervisor ${name}`,
        async (process) => {
          const behaviour = await begin(process);
          running.add(name, process, partitionsOf(processes));
          return behaviour;
        },
        { name },
      );
    },
    on: (node: Node) => running.find(node, name),
  });
}

const running = directory<Partitions>("partition supervisor");

/** All of a spec but its start. Its members may be getters, which a spread would miss. */
function settingsOf({ id, restart, shutdown }: ChildSpec) {
  return { id, ...(restart !== undefined && { restart }), ...(shutdown !== undefined && { shutdown }) };
}

function noted(made: Process | Promise<Process>, processes: Process[], partition: number): Process | Promise<Process> {
  if (made instanceof Promise) return made.then((process) => noted(process, processes, partition));
  processes[partition] = made;
  return made;
}

function partitionsOf(processes: readonly Process[]): Partitions {
  return {
    count: processes.length,
    partition: (key) => processes[partitionOf(key, processes.length)] as Process,
    partitions: () => [...processes],
  };
}
