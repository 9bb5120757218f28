import { outsideProcesses } from "./context.ts";
import type { Node } from "./node.ts";
import type { Process, Start } from "./process.ts";

/**
 * Starts a process that works for a whole node, whoever needed it first: its PubSub, its pool of threads. It
 * stands under the topmost supervisor, and ends when the application has.
 */
export function spawnForNode(node: Node, label: string, start: Start): Process {
  const { root } = node;
  if (root === undefined) return outsideProcesses(() => node.spawn(label, start));
  const process = outsideProcesses(() => node.spawn(label, start, { parent: root }));
  const end = () => process.exit("shutdown");
  root.onExit(end);
  process.onExit(() => root.offExit(end));
  return process;
}
