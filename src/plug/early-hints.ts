import { checkHeaderValue } from "./conn/headers.ts";
import type { Conn } from "./conn.ts";

/**
 * Tells the browser, before the answer is ready, what the page will need: it sends a response 103 with one `link` for
 * each (RFC 8297), and the answer follows as usual. To clients of HTTP/1.0 nothing is sent, since they know no such thing.
 *
 * @param links values of `link` headers (RFC 8288).
 * @throws if the response is already sent, or if a link is malformed.
 * @example
 * sendEarlyHints(conn, ["</assets/app.css>; rel=preload; as=style"]);
 */
export function sendEarlyHints(conn: Conn, links: readonly string[]): void {
  if (conn.sent) throw new Error(`${conn.method} ${conn.path} was already answered: hints come before the answer`);
  for (const link of links) checkHeaderValue("link", link);
  if (links.length > 0 && conn.request.httpVersionMajor * 10 + conn.request.httpVersionMinor > 10) {
    conn.response.writeEarlyHints({ link: [...links] });
  }
}
