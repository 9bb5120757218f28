import { pathOf } from "./sent-request.ts";
import { type NextRequest, type Outcome, TestConn } from "./test-conn.ts";

/** Headers that a visitor has for good, not for one request. */
export const lastingHeaders: readonly string[] = ["accept", "accept-language", "authorization", "host"];

/**
 * The visitor after a request, as a browser would go on: with the cookies that were set, from the same address to the same
 * host, and with `accept`, `accept-language` and `authorization`. All other headers belonged to the request that was made.
 *
 * **It happens by itself** between two requests. Call it to say which headers of the last request stay.
 *
 * @param headers those that stay, in place of the three.
 * @example
 * page = await post(recycle(page, ["x-tenant"]), routes.posts.index(), { title: "Hello" });
 */
export function recycle(conn: TestConn, headers?: readonly string[]): TestConn {
  if (headers === undefined || conn.last === undefined) return new TestConn(conn.endpoint, conn.next);
  const lasting = ["host", ...headers.map((name) => name.toLowerCase())];
  return new TestConn(conn.endpoint, { ...conn.next, headers: pick(conn.last.request.headers, lasting) });
}

/** What the next request is made from after one has been made. */
export function nextAfter(next: NextRequest, { request, answer }: Outcome): NextRequest {
  return {
    ...next,
    headers: pick(request.headers, lastingHeaders),
    cookies: answer === undefined ? next.cookies : next.cookies.receive(answer.headers, pathOf(request.target)),
    https: request.https,
  };
}

function pick(headers: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
