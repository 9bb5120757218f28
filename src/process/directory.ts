import type { Node } from "./node.ts";
import type { Process } from "./process.ts";
import { type Service, service } from "./service.ts";

/**
 * Where the parts of one kind that run on a node are found by their names: its registries, its dynamic
 * supervisors. The names are the node's; a directory itself holds nothing.
 */
export interface Directory<Part> {
  /** Lists what `process` runs, until that ends. */
  add(name: string, process: Process, part: Part): void;
  /** @throws if there is none of this name. */
  find(node: Node, name: string): Part;
}

/** Declares a directory. `kind` names what stands in it, in errors. */
export function directory<Part>(kind: string): Directory<Part> {
  const key: Service<Map<string, Part>> = service(kind);
  return Object.freeze({
    add(name: string, process: Process, part: Part) {
      const { node } = process;
      const parts = node.findService(key) ?? new Map<string, Part>();
      node.provide(key, parts);
      parts.set(name, part);
      process.onExit(() => {
        if (parts.get(name) === part) parts.delete(name);
      });
    },
    find(node: Node, name: string): Part {
      const part = node.findService(key)?.get(name);
      if (part === undefined) {
        throw new Error(
          `node ${node.name} has no ${kind} "${name}" running: add it to the application's children, before what needs it`,
        );
      }
      return part;
    },
  });
}
