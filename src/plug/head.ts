import type { Plug } from "./plug.ts";

/**
 * Handles HEAD like GET: sets `conn.method` to GET, so that what stands after it asks for one method only. The answer
 * is GET's, without its body: whatever sends it looks at the request itself.
 *
 * The router serves HEAD with the routes of GET anyway, unless one is declared for HEAD; so this is for plugs of the
 * application that tell methods apart, and stands before them.
 */
export function head(): Plug {
  return (conn) => {
    if (conn.method === "HEAD") conn.method = "GET";
  };
}
