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
  readonly state: Process["state"];
  /** Messages that wait. */
  readonly mailboxLength: number;
  /** Messages handled so far. */
  readonly handled: number;
  /** Microseconds that it has run. */
  readonly busyMicroseconds: number;
  readonly links: readonly Pid[];
}

/** A process and those that it spawned. */
export interface ProcessTree extends ProcessInfo {
  readonly children: readonly ProcessTree[];
}

/** What can be seen of a process now. */
export function processInfo(process: Process, name: string | undefined): ProcessInfo {
  const { pid, label, parent, state, mailboxLength, handled, busyMicroseconds, links } = process;
  return {
    pid,
    name,
    label,
    parent,
    state,
    mailboxLength,
    handled,
    busyMicroseconds,
    links: links.map((one) => one.pid),
  };
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
