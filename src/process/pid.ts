/**
 * The address of a process: an opaque value that can be compared, stored, cloned and sent elsewhere.
 *
 * It stays valid as a value after its process ended; sending to it is then a no-op.
 */
export interface Pid {
  /** Name of the node the process lives on. */
  readonly node: string;
  /** Number of the process on its node, counting up, never used twice within an incarnation. */
  readonly id: number;
  /** Which start of that node: a pid from before a restart names no process of the present. */
  readonly incarnation: number;
}

/** Whether two pids, one of them perhaps cloned or parsed, name the same process. */
export function samePid(left: Pid, right: Pid): boolean {
  return left === right || (left.id === right.id && left.node === right.node && left.incarnation === right.incarnation);
}

/** A pid as people read it in logs: `<anqa.17>`. */
export function formatPid(pid: Pid): string {
  return `<${pid.node}.${pid.id}>`;
}
