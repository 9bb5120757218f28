import type { Conn } from "../../plug/index.ts";
import { ofConnection } from "./fetch-request.ts";

/**
 * Answers with a Response of the Fetch API: its status, its headers over those that plugs have set, its cookies beside
 * theirs, and its body piece by piece.
 *
 * @returns once the body is written, or the client is gone and the body has been cancelled.
 * @throws (rejects) what the body fails with, and an Error for a Response without a status.
 */
export async function sendFetchResponse(conn: Conn, response: Response): Promise<void> {
  const { status, headers, body } = response;
  if (status < 200) throw new Error(`${conn.method} ${conn.path} was answered with a Response of status ${status}`);
  // What fetch() gave is decoded already; its headers still say how it came.
  const relayed = response.url !== "";
  for (const [name, value] of headers) {
    if (name === "set-cookie" || ofConnection.has(name)) continue;
    if (relayed && (name === "content-encoding" || name === "content-length")) continue;
    conn.setHeader(name, value);
  }
  for (const line of headers.getSetCookie()) conn.appendSetCookie(line);

  if (conn.request.method === "HEAD") {
    conn.sendChunked(status).end();
    await body?.cancel();
  } else if (body === null) conn.send(status, "");
  else await conn.sendStream(status, body);
}
