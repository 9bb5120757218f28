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
  readonly #calls = new Map<Process, OneOrMore<OpenCall>>();

  /** Has `call.processEnded` called if `process` ends before {@link remove}; at once if it has. */
  add(process: Process, call: OpenCall): void {
    const held = this.#calls.get(process);
    this.#calls.set(process, withOne(held, call));
    if (held === undefined) process.onExit(this.#ended);
  }

  remove(process: Process, call: OpenCall): void {
    const rest = withoutOne(this.#calls.get(process), call);
    if (rest !== undefined) this.#calls.set(process, rest);
    else if (this.#calls.delete(process)) process.offExit(this.#ended);
  }

  /** The one exit callback of all processes with open calls. */
  readonly #ended: ExitCallback = (reason, process) => {
    const open = allOf(this.#calls.get(process));
    this.#calls.delete(process);
    for (const call of open) call.processEnded(process, reason);
  };
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
