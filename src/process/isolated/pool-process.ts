import { outsideProcesses } from "../context.ts";
import type { Node } from "../node.ts";
import type { Process } from "../process.ts";
import { type Service, service } from "../service.ts";
import type { ChildSpec } from "../supervisor.ts";
import { IsolatedPool, type IsolatedPoolOptions } from "./pool.ts";

const poolOfNode: Service<IsolatedPool> = service("pool of isolated threads");

/**
 * The threads of a node for {@link isolated | Task.isolated}, as a child of its application. A node without one
 * gets a pool of the default size when it first needs it; as a child its size can be chosen, and the
 * application does not count as stopped before its threads have ended.
 *
 * @example application({ children: [isolatedPool({ size: 2 }), endpoint({ router })] });
 */
export function isolatedPool(options: IsolatedPoolOptions = {}): ChildSpec {
  return Object.freeze({
    id: "isolated_pool",
    start: (node: Node) => spawnPool(node, new IsolatedPool(options)),
  });
}

/** The pool of a node; one that it starts for itself ends when its last idle thread has. */
export function poolOf(node: Node): IsolatedPool {
  const known = node.findService(poolOfNode);
  if (known?.ended === false) return known;
  const pool = new IsolatedPool({}, () => process.exit("normal"));
  const process = outsideProcesses(() => spawnPool(node, pool));
  endWithApplication(process);
  return pool;
}

function spawnPool(node: Node, pool: IsolatedPool): Process {
  node.provide(poolOfNode, pool);
  const process = node.spawn("isolated pool", () => ({ receive() {}, terminate: () => pool.end() }));
  // Also if it was killed, or never took a turn.
  process.onExit(() => void pool.end());
  return process;
}

/** The topmost supervisor of an application is the first process of its node. */
function endWithApplication(process: Process): void {
  const [first] = process.node.processes();
  if (first?.label !== "application") return;
  const end = () => process.exit("shutdown");
  first.onExit(end);
  process.onExit(() => first.offExit(end));
}
