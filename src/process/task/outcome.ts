import type { ExitReason } from "../message.ts";

/** What came of a task. */
export type TaskOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: ExitReason };
