import type { Plug } from "./plug.ts";

/**
 * Lets forms, which know only GET and POST, send the other methods: a POST whose body has the param `_method` with one
 * of `put`, `patch` and `delete`, in any case, is handled as that method. Every other value is left alone.
 *
 * Only the body counts. A query or a header could be set by who makes a link or a proxy's mistake, and only POST is
 * overridden, so that nothing that changes data passes for a GET.
 *
 * Stands after `parseBody()` and before the router, which chooses the route by `conn.method`, and before
 * `protectFromForgery()`, which asks for a token for all of these methods.
 *
 * @example
 * html`<form action="/posts/7" method="post"><input type="hidden" name="_method" value="delete">…</form>`
 */
export function methodOverride(): Plug {
  return (conn) => {
    if (conn.method !== "POST") return;
    const wanted = conn.bodyParams?._method;
    if (typeof wanted !== "string") return;
    const method = wanted.toUpperCase();
    if (method === "PUT" || method === "PATCH" || method === "DELETE") conn.method = method;
  };
}
