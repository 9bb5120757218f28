import type { Node } from "../node.ts";
import { spawnForNode } from "../node-process.ts";
import type { Process, Start } from "../process.ts";
import { type Service, service } from "../service.ts";
import type { ChildSpec } from "../supervisor.ts";
import { IsolatedPool, type IsolatedPoolOptions } from "./pool.ts";

const poolOfNode: Service<IsolatedPool> = service("pool of isolated functions");

const label = "isolated pool";

/**
 * The processes and threads of a node for {@link isolated | Task.isolated}, as a child of its application. A node
 * without one gets a pool of the default size when it first needs it; as a child its size can be chosen, and the
 * application does not count as stopped before they have ended.
 *
 * @example application({ children: [isolatedPool({ size: 2 }), endpoint({ router })] });
 */
export function isolatedPool(options: IsolatedPoolOptions = {}): ChildSpec {
  return Object.freeze({
    id: "isolated_pool",
    start: (node: Node) => install(node, new IsolatedPool(options), (start) => node.spawn(label, start)),
  });
}

/** The pool of a node; one that it starts for itself ends when its last idle slot has. */
export function poolOf(node: Node): IsolatedPool {
  const known = node.findService(poolOfNode);
  if (known?.ended === false) return known;
  const pool = new IsolatedPool({}, () => process.exit("normal"));
  const process = install(node, pool, (start) => spawnForNode(node, label, start));
  return pool;
}

function install(node: Node, pool: IsolatedPool, spawn: (start: Start) => Process): Process {
  node.provide(poolOfNode, pool);
  const process = spawn(() => ({ receive() {}, terminate: () => pool.end() }));
  // Also if it was killed, or never took a turn.
  process.onExit(() => void pool.end());
  return process;
}
