import type { Plug } from "./plug.ts";
import { RandomPool } from "./random-pool.ts";

/**
 * Gives every request an id, in `conn.requestId` and in the response's header `x-request-id`.
 *
 * One that comes with the request, from a proxy for instance, is kept if it has 20 to 200 characters that are
 * harmless in logs; else a random one of 20 characters is made.
 */
export function requestId(): Plug {
  const pool = new RandomPool();
  return (conn) => {
    const given = conn.requestHeader("x-request-id");
    const id = given !== undefined && harmless.test(given) ? given : pool.text(15);
    conn.requestId = id;
    conn.setHeader("x-request-id", id);
  };
}

const harmless = /^[\w.:/+=@-]{20,200}$/;
