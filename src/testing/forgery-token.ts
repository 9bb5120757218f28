import assert from "node:assert";
import { type Conn, csrfToken as tokenOfSession } from "../plug/index.ts";
import type { TestConn } from "./test-conn.ts";

/**
 * The CSRF token on the page that was answered: of its first form, or else of its `<meta name="csrf-token">`.
 *
 * Requests bring a token by themselves; this one is for visitors made with `{ csrfToken: false }`, to test that a page has
 * its token.
 *
 * @throws AssertionError if there is none on it.
 * @example
 * const form = await get(conn(shop, { csrfToken: false }), routes.posts.new());
 * await post(form, routes.posts.index(), { title: "Hello", _csrf_token: csrfToken(form) });
 */
export function csrfToken(page: TestConn): string {
  const { body } = page;
  const token =
    attributeWhere(body, "input", "_csrf_token", "value") ?? attributeWhere(body, "meta", "csrf-token", "content");
  if (token !== undefined) return token;
  throw new assert.AssertionError({
    message:
      `the page has no CSRF token: neither <input name="_csrf_token"> nor <meta name="csrf-token">, in: ` +
      body.slice(0, 500),
    stackStartFn: csrfToken,
  });
}

/**
 * Lets a request have the token that a form of the application would have sent along, in the header `x-csrf-token`. It is
 * a real one of the session, made only if somebody asks for it, so what protects from forgery runs as ever.
 *
 * A token of the test's own goes before.
 */
export function offerCsrfToken(served: Conn): void {
  const { headers } = served.request;
  if (headers[headerName] !== undefined) return;
  Object.defineProperty(headers, headerName, {
    get: () => (served.hasSession && served.bodyParams?._csrf_token === undefined ? tokenOfSession(served) : undefined),
  });
}

const headerName = "x-csrf-token";

/** An attribute of the first tag of a kind that has the name. */
function attributeWhere(page: string, tag: string, name: string, attribute: string): string | undefined {
  const tags = page.match(new RegExp(`<${tag}\\b[^>]*>`, "gi")) ?? [];
  const found = tags.find((text) => attributeOf(text, "name") === name);
  return found === undefined ? undefined : attributeOf(found, attribute);
}

function attributeOf(tag: string, name: string): string | undefined {
  const [, double, single, bare] = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(tag) ?? [];
  return double ?? single ?? bare;
}
