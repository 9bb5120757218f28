import { inspect } from "node:util";
import type { Pid } from "./pid.ts";

/**
 * What lies in a mailbox. Immutable by contract: a message is shared by everyone who receives it.
 */
export interface Message {
  /** What happened or what is wanted. */
  readonly event: string;
  readonly payload: unknown;
  /** The PubSub topic it came over, if it did. */
  readonly topic?: string;
  /** Who sent it, if that matters. */
  readonly from?: Pid;
  /** Called if it was taken but then dropped for newer ones, so that nobody waits for an answer to it. */
  dropped?(): void;
}

/**
 * Why a process ended: `normal` and `shutdown` are peaceful, `killed` was done to it, `overloaded` says that its mailbox was full, `noproc` that
 * there was no such process to begin with, and an `Error` is a crash with its stack and cause.
 */
export type ExitReason = "normal" | "shutdown" | "killed" | "noproc" | "overloaded" | Error;

/** Reasons that let a handler that waits for a promise finish. */
export function isPeaceful(reason: ExitReason): boolean {
  return reason === "normal" || reason === "shutdown";
}

/** Payload of the `DOWN` message that a monitor receives. */
export interface Down {
  readonly reference: number;
  readonly pid: Pid;
  readonly reason: ExitReason;
}

/** Payload of the `EXIT` message that a process trapping exits receives from a linked one. */
export interface Exit {
  readonly pid: Pid;
  readonly reason: ExitReason;
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(`a value that is no Error was thrown: ${inspect(thrown)}`, { cause: thrown });
}
