import type { MessagePort } from "node:worker_threads";

/** What a thread is asked to do. */
export interface Order {
  /** The URL of the module. */
  readonly module: string;
  readonly export: string;
  /** Where its argument lies: it was written there when the call was made. */
  readonly argument: MessagePort;
}

/** What a thread says: that it is there, and then one answer to each order. */
export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: DescribedError };

/** An error in words that every thread understands: cloning would lose the name that a class gave it. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | number | undefined;
  readonly cause: DescribedError | undefined;
}
