import { serialize } from "node:v8";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";

/** What can be seen of a process from outside. */
export interface ProcessInfo {
  readonly pid: Pid;
  /** The name it is registered under. */
  readonly name: string | undefined;
  /** What kind of process it is. */
  readonly label: string;
  /** Who spawned it. */
  readonly parent: Pid | undefined;
  readonly status: Process["status"];
  /** Messages that wait, those included that a routine has set aside. */
  readonly mailboxLength: number;
  /** Messages handled so far. */
  readonly handled: number;
  /** Microseconds that it has run. */
  readonly busyMicroseconds: number;
}

/** All that can be seen of one process. */
export interface ProcessDetails extends ProcessInfo {
  readonly links: readonly Pid[];
  /** What it keeps, if its kind shows that: the state of a GenServer, the assigns of a view. */
  readonly state: unknown;
  /**
   * About how many bytes its state would fill alone: its size when written down. Undefined if it shows none, or
   * one that cannot be written down, because there are functions in it.
   */
  readonly stateBytes: number | undefined;
}

/** A process and those that it spawned. */
export interface ProcessTree extends ProcessInfo {
  readonly children: readonly ProcessTree[];
}

/** What can be seen of a process now. */
export function processInfo(process: Process, name: string | undefined): ProcessInfo {
  const { pid, label, parent, status, backlog, handled, busyMicroseconds } = process;
  return { pid, name, label, parent, status, mailboxLength: backlog, handled, busyMicroseconds };
}

/** All that can be seen of a process now. Writes its state down to see how large it is, which takes its time. */
export function processDetails(process: Process, name: string | undefined): ProcessDetails {
  const { links, inspectedState: state } = process;
  return {
    ...processInfo(process, name),
    links: links.map(({ pid }) => pid),
    state,
    stateBytes: state === undefined ? undefined : writtenSize(state),
  };
}

function writtenSize(value: unknown): number | undefined {
  try {
    return serialize(value).byteLength;
  } catch {
    return undefined;
  }
}

/** Orders processes by who spawned whom; those whose parent is gone stand at the top. */
export function processTree(processes: readonly ProcessInfo[]): ProcessTree[] {
  const known = new Set(processes.map(({ pid }) => pid.id));
  const byParent = Map.groupBy(processes, ({ parent }) =>
    parent !== undefined && known.has(parent.id) ? parent.id : 0,
  );
  const below = (id: number): ProcessTree[] =>
    (byParent.get(id) ?? []).map((process) => ({ ...process, children: below(process.pid.id) }));
  return below(0);
}
