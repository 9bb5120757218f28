import { headerName } from "./conn/headers.ts";
import type { Plug } from "./plug.ts";
import { RandomPool } from "./random-pool.ts";

/**
 * Gives every request an id, in `conn.requestId` and in a header of the response.
 *
 * One that comes with the request, from a proxy for instance, is kept if it has 20 to 200 characters that are
 * harmless in logs; else a random one of 20 characters is made.
 *
 * @param options.header where the id comes and goes; `x-request-id` if absent.
 * @throws at start, if that cannot be the name of a header.
 */
export function requestId(options: { readonly header?: string } = {}): Plug {
  const header = headerName(options.header ?? "x-request-id");
  const pool = new RandomPool();
  return (conn) => {
    const given = conn.requestHeader(header);
    const id = given !== undefined && harmless.test(given) ? given : pool.text(15);
    conn.requestId = id;
    conn.setHeader(header, id);
  };
}

const harmless = /^[\w.:/+=@-]{20,200}$/;
