import type { Conn } from "./conn.ts";

/**
 * One step in the handling of a request: reads and changes the conn, and may answer it.
 *
 * What follows in the pipeline is skipped after `conn.halt()`; answering alone does not halt. A plug that
 * has nothing to wait for returns nothing, so that the whole pipeline runs without a turn of the event loop.
 */
export type Plug = (conn: Conn) => void | Promise<void>;

/**
 * Makes one plug of several, which run in order until one halts, throws or rejects.
 *
 * The composition happens here, once; a request walks no array and allocates nothing. It stays synchronous
 * until a plug returns a promise, and goes on after that.
 */
export function compilePipeline(plugs: readonly Plug[]): Plug {
  return plugs.reduceRight<Plug | undefined>((rest, first) => (rest ? compose(first, rest) : first), undefined) ?? pass;
}

function compose(first: Plug, rest: Plug): Plug {
  return (conn) => {
    const pending = first(conn);
    if (pending !== undefined) return resume(pending, rest, conn);
    if (!conn.halted) return rest(conn);
  };
}

async function resume(pending: Promise<void>, rest: Plug, conn: Conn): Promise<void> {
  await pending;
  if (!conn.halted) await rest(conn);
}

function pass(): void {}
