import type { ExitCallback } from "../behaviour.ts";
import type { ExitReason } from "../message.ts";
import type { Node } from "../node.ts";
import type { Process } from "../process.ts";
import { allOf, type OneOrMore, withOne, withoutOne } from "../registry/one-or-more.ts";
import { service } from "../service.ts";

/** Something that the end of a process concerns. */
export interface OpenCall {
  processEnded(process: Process, reason: ExitReason): void;
}

/**
 * The calls that wait, by the processes that have a part in them as server or caller.
 *
 * It takes the place of a monitor per call: a process is watched once while calls wait, and one that has
 * none costs nothing.
 */
export class OpenCalls {
  readonly #parties = new Map<Process, Party>();

  /** Has `call.processEnded` called if `process` ends before {@link remove}; at once if it has. */
  add(process: Process, call: OpenCall): void {
    const known = this.#parties.get(process);
    if (known !== undefined) {
      known.calls = withOne(known.calls, call);
      return;
    }
    const party = new Party(call, (reason) => {
      this.#parties.delete(process);
      for (const open of allOf(party.calls)) open.processEnded(process, reason);
    });
    this.#parties.set(process, party);
    process.onExit(party.onExit);
  }

  remove(process: Process, call: OpenCall): void {
    const party = this.#parties.get(process);
    if (party === undefined) return;
    party.calls = withoutOne(party.calls, call);
    if (party.calls !== undefined) return;
    this.#parties.delete(process);
    process.offExit(party.onExit);
  }
}

class Party {
  calls: OneOrMore<OpenCall>;
  readonly onExit: ExitCallback;

  constructor(call: OpenCall, onExit: ExitCallback) {
    this.calls = call;
    this.onExit = onExit;
  }
}

const openCallsService = service<OpenCalls>("OpenCalls");

/** The open calls to the servers of a node. */
export function openCallsOf(node: Node): OpenCalls {
  const existing = node.findService(openCallsService);
  if (existing !== undefined) return existing;
  const created = new OpenCalls();
  node.provide(openCallsService, created);
  return created;
}
