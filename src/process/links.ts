import type { Process } from "./process.ts";

/**
 * The processes that a process is linked to. Nearly all have one link, to their supervisor, which is kept
 * as it is; only more than one need a set.
 */
export class Links {
  readonly #processes: Set<Process>;

  private constructor(processes: Set<Process>) {
    this.#processes = processes;
  }

  /** `links` and one more. */
  static add(links: Process | Links | undefined, other: Process): Process | Links {
    if (links === undefined || links === other) return other;
    if (!(links instanceof Links)) return new Links(new Set([links, other]));
    links.#processes.add(other);
    return links;
  }

  /** `links` without one of them. */
  static remove(links: Process | Links | undefined, other: Process): Process | Links | undefined {
    if (links === other) return undefined;
    if (links instanceof Links) links.#processes.delete(other);
    return links;
  }

  static *each(links: Process | Links | undefined): Generator<Process> {
    if (links instanceof Links) yield* [...links.#processes];
    else if (links !== undefined) yield links;
  }
}
