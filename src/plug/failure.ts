import type { Conn } from "./conn.ts";

/** Calls back if the rest of the pipeline fails, before the error page is made. The callback must not throw. */
export function onFailure(conn: Conn, callback: (error: unknown) => void): void {
  const earlier = conn.getPrivate(callbacks) as ((error: unknown) => void)[] | undefined;
  if (earlier === undefined) conn.putPrivate(callbacks, [callback]);
  else earlier.push(callback);
}

/** Called by whoever runs a pipeline, with what it threw or rejected with and before that is answered. */
export function pipelineFailed(conn: Conn, error: unknown): void {
  const present = conn.getPrivate(callbacks) as ((error: unknown) => void)[] | undefined;
  for (const callback of present?.splice(0) ?? []) callback(error);
}

const callbacks = Symbol("failure callbacks");
