import type { SpawnOptions } from "../process/index.ts";

/** Messages that may wait for a process which a client has started; a client that sends faster loses it. */
export const mostWaiting = 1_000;

/** How processes are spawned that serve a client: bounded, so that no client can fill the memory. */
export const clientProcess: SpawnOptions = Object.freeze({
  mailbox: Object.freeze({ limit: mostWaiting, overflow: "exit" }),
});
