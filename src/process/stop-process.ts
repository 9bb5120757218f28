import type { Process } from "./process.ts";

/** Milliseconds that a process gets to end in peace before it is killed, or `brutal_kill`: at once. */
export type Patience = number | "brutal_kill";

/** What a child gets if its spec says nothing. */
export const defaultPatience = 5_000;

/**
 * What a supervisor gets: its children have time-outs of their own, so it always comes to an end. It is the
 * longest time that a timer takes, 24 days; of more, such as `Infinity`, a timer would make 1 ms.
 */
export const supervisorPatience = 2 ** 31 - 1;

/** Ends a process and resolves when it has ended; it is killed when `patience` is at its end. */
export function stopProcess(process: Process, patience: Patience): Promise<void> {
  return stopProcesses([process], () => patience);
}

/**
 * Ends processes, all at the same time, and resolves when the last of them has ended. However many there
 * are, they share one timer for each different patience.
 */
export function stopProcesses(
  processes: readonly Process[],
  patienceOf: (process: Process) => Patience,
): Promise<void> {
  if (processes.length === 0) return Promise.resolve();
  const groups = Map.groupBy(processes, patienceOf);
  const timers: NodeJS.Timeout[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = processes.length;
  const ended = () => {
    if (--left > 0) return;
    for (const timer of timers) clearTimeout(timer);
    resolve();
  };
  for (const [patience, group] of groups) {
    if (patience !== "brutal_kill") {
      timers.push(setTimeout(() => exitAll(group, "killed"), Math.min(patience, supervisorPatience)));
    }
  }
  for (const process of processes) process.onExit(ended);
  for (const [patience, group] of groups) exitAll(group, patience === "brutal_kill" ? "killed" : "shutdown");
  return promise;
}

/** Those that have ended do not mind. */
function exitAll(processes: readonly Process[], reason: "shutdown" | "killed"): void {
  for (const process of processes) process.exit(reason);
}
