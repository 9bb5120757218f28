import { fail } from "./failure-report.ts";
import type { TestConn } from "./test-conn.ts";

/**
 * Asserts that the application threw, and that its error was answered with a status.
 *
 * An answer of that status which an action gave by itself does not count. The error is in `error` of the result.
 *
 * @param request makes the request.
 * @throws AssertionError if nothing was thrown, or another status was answered.
 * @example
 * const page = await assertErrorSent(404, () => get(visitor, routes.posts.show({ id: 0 })));
 * assert.match(page.body, /Not Found/);
 */
export async function assertErrorSent(status: number, request: () => TestConn | Promise<TestConn>): Promise<TestConn> {
  const conn = await request();
  const { last } = conn;
  const actual = last?.answer?.status;
  if (last?.error === undefined) {
    fail(conn, `was to end with an error that is answered with ${status}; nothing was thrown`, assertErrorSent);
  }
  if (actual === status) return conn;
  return fail(conn, `was to end with an error that is answered with ${status}`, assertErrorSent, {
    actual,
    expected: status,
  });
}
