import { inspect } from "node:util";
import { formatPid } from "../pid.ts";
import type { Process } from "../process.ts";

/** A key of a registry with unique keys belongs to another process. */
export class AlreadyRegisteredError extends Error {
  override readonly name = "AlreadyRegisteredError";
  /** Whose key it is. */
  readonly owner: Process;

  constructor(registry: string, key: unknown, owner: Process) {
    super(
      `registry ${registry}: key ${inspect(key)} belongs to ${owner.label} ${formatPid(owner.pid)}${owner.ended ? ", which is ending" : ""}`,
    );
    this.owner = owner;
  }
}
