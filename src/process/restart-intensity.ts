import { childRestart } from "./events.ts";
import { type ExitReason, isPeaceful } from "./message.ts";
import type { Process } from "./process.ts";

/** How often children may end before their supervisor gives up. */
export interface RestartLimit {
  /** More restarts than this within `maxSeconds` and the supervisor gives up, default 3; `Infinity`: it never does. */
  readonly maxRestarts?: number;
  /** Default 5. */
  readonly maxSeconds?: number;
}

/** Times that may lie before those that still count until the list is moved up. */
const forgottenKept = 1_024;

/**
 * Counts the restarts of one supervisor, so that a child that cannot live does not keep it busy for ever.
 *
 * A restart counts for `maxSeconds`. The oldest times stand first and are forgotten one by one, so counting
 * costs the same however many restarts are allowed.
 */
export class RestartIntensity {
  readonly #maxRestarts: number;
  readonly #maxSeconds: number;
  /** When each restart happened, in milliseconds; those before `#first` are forgotten. */
  #times: number[] = [];
  #first = 0;

  constructor({ maxRestarts = 3, maxSeconds = 5 }: RestartLimit) {
    this.#maxRestarts = maxRestarts;
    this.#maxSeconds = maxSeconds;
  }

  /**
   * Counts a restart and reports it as `anqa.supervisor.restart`.
   *
   * @param child the id of its spec.
   * @throws if it is one too many: the supervisor then ends with this error, whose cause is the child's.
   */
  count(supervisor: Process, child: string, reason: ExitReason): void {
    this.#remember(Date.now());
    if (this.#times.length - this.#first > this.#maxRestarts) {
      throw new Error(
        `${supervisor.label} gives up: its child "${child}" ended more than ${this.#maxRestarts} times in ${this.#maxSeconds} s`,
        { cause: reason },
      );
    }
    childRestart.execute({
      node: supervisor.node.name,
      supervisor: supervisor.label,
      child,
      reason: String(reason),
    });
  }

  #remember(now: number): void {
    if (this.#maxRestarts === Number.POSITIVE_INFINITY) return;
    const since = now - this.#maxSeconds * 1_000;
    while (this.#first < this.#times.length && (this.#times[this.#first] as number) <= since) this.#first++;
    if (this.#first > forgottenKept && this.#first * 2 > this.#times.length) {
      this.#times.splice(0, this.#first);
      this.#first = 0;
    }
    this.#times.push(now);
  }
}

/** Whether a child that ended for `reason` is to be started again, by the `restart` of its spec. */
export function wantsRestart(
  restart: "permanent" | "transient" | "temporary" | undefined,
  reason: ExitReason,
): boolean {
  if (restart === "temporary") return false;
  return restart !== "transient" || !isPeaceful(reason);
}
