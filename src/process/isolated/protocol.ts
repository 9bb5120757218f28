import type { MessagePort } from "node:worker_threads";

/**
 * What stands between a function and the program: an operating-system process of its own, or only a thread.
 *
 * V8 ends the whole operating-system process when it cannot allocate, and native code cannot be interrupted
 * within one, so only `process` keeps every promise.
 */
export type Isolation = "process" | "thread";

/** What a thread is asked to do. */
export interface Order {
  /** The URL of the module. */
  readonly module: string;
  readonly export: string;
  /**
   * Its argument, which was written down when the call was made: between threads it lies in a port, between
   * processes it comes as bytes. The result goes back the same way.
   */
  readonly argument: MessagePort | Uint8Array;
}

/** What is heard of a thread: that it is there, then one answer to each order, or that it is as good as gone. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: DescribedError }
  | { readonly kind: "ending"; readonly end: End };

/** Why a thread or its process is no more. */
export type End =
  | { readonly kind: "memory"; readonly cause: DescribedError | undefined }
  /** `words` go after the name of the function: `ended its thread with code 3`. */
  | { readonly kind: "crash"; readonly words: string; readonly cause: DescribedError | undefined };

/** An error in words that every thread understands: cloning would lose the name that a class gave it. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | number | undefined;
  readonly cause: DescribedError | undefined;
}
