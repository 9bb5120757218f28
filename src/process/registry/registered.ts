import type { Process } from "../process.ts";

/** One entry of a registry. */
export interface Registered<Key, Value> {
  readonly process: Process;
  readonly key: Key;
  readonly value: Value;
}

/** A value that may be undefined need not be given. */
export type ValueGiven<Value> = undefined extends Value ? [value?: Value] : [value: Value];
