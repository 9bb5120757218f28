import { accepts, type Conn } from "../plug/index.ts";

/** The formats that errors are told in. */
export type ErrorFormat = "html" | "json" | "text";

/**
 * The format to tell an error in: that of the conn as far as there is a page for it, else text; and where the request
 * did not get as far as that, what its `accept` header asks for. Never throws.
 */
export function errorFormat(conn: Conn): ErrorFormat {
  if (conn.format === "html" || conn.format === "json") return conn.format;
  return conn.format === undefined ? negotiated(conn) : "text";
}

/** HTML for those who take anything: a person with a browser should never see JSON. */
function negotiated(conn: Conn): ErrorFormat {
  try {
    negotiate(conn);
    return conn.format as ErrorFormat;
  } catch {
    // Nothing of that, or a query that is malformed.
    return jsonRange.test(conn.requestHeader("accept") ?? "") ? "json" : "html";
  } finally {
    conn.format = undefined;
  }
}

const negotiate = accepts("html", "json", { format: "text", types: ["text/plain"] });
/** As in `application/vnd.api+json` (RFC 6839, section 3.1). */
const jsonRange = /[/+]json\s*(?:[;,]|$)/i;
