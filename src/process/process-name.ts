import type { Process } from "./process.ts";

/** A name that is kept elsewhere than on the node: in a registry, see `via`. */
export interface Via {
  /**
   * Gives the name to a process, until that ends.
   *
   * @throws if another has it.
   */
  register(process: Process): void;
  /** Who has the name on a node. */
  whereis(node: Process["node"]): Process | undefined;
  /** The name as people read it. */
  toString(): string;
}

/** What a process can be started under and found by. */
export type ProcessName = string | Via;
