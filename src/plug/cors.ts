import { originMatcher, serializedOrigin } from "./address/origin-pattern.ts";
import { type HeaderSet, headerName, headerSet } from "./conn/headers.ts";
import type { Conn } from "./conn.ts";
import type { Plug } from "./plug.ts";

/** Which pages of other origins may do what here. */
export interface CorsOptions {
  /**
   * Whose scripts may read answers: a list of `https://example.org`, `https://example.org:8443`,
   * `https://*.example.org` (it and all names below it) and `null` (sandboxed pages, **which anybody can make**); a
   * function, which is not asked about `null`; or `"*"` for everybody, without cookies.
   */
  readonly origins: "*" | readonly string[] | ((origin: string, conn: Conn) => boolean | Promise<boolean>);
  /** Methods that a script may use; GET, HEAD, POST, PUT, PATCH and DELETE if absent. */
  readonly methods?: readonly string[];
  /** Headers that a script may send beyond the simple ones; `content-type` if absent, which JSON needs. */
  readonly headers?: readonly string[];
  /** Headers of the answer that a script may read beyond the simple ones; none if absent. */
  readonly exposeHeaders?: readonly string[];
  /** Whether cookies come along and the answer to them may be read; false if absent. */
  readonly credentials?: boolean;
  /** Seconds for which a browser need not ask again; what it decides by itself, some seconds, if absent. */
  readonly maxAge?: number;
}

/**
 * Lets scripts in pages of other origins read the answers (Fetch Standard, section 3.3).
 *
 * Without it they can send simple requests, but not read what comes back, nor send others; CORS opens, it does not
 * protect. So an origin is compared as a whole, text by text, and what is not listed gets no permission. Each answer
 * that depends on the origin says so in `vary`.
 *
 * Before other requests than simple ones the browser asks with OPTIONS. The plug answers that with 204 and halts: a
 * path without a route for OPTIONS lets it through the pipelines of its other routes, so the plug sees it there.
 *
 * It stands before whatever could refuse a request: a script is told why only if the refusal has the permission.
 *
 * @throws at start for an origin, method or header that cannot be, and for `"*"` together with `credentials`.
 *
 * @example
 * pipeline("api", [cors({ origins: ["https://app.example.org"], credentials: true, maxAge: 600 }), accepts("json")])
 */
export function cors(options: CorsOptions): Plug {
  const { origins, credentials = false } = options;
  const permissions = permissionsOf(options);
  if (origins === "*") {
    if (!credentials) return (conn) => answer(conn, "*", permissions);
    throw new Error(
      'cors(): origins "*" together with credentials would let every page of the web act in the name of your ' +
        "visitors: list the origins",
    );
  }
  const allows = typeof origins === "function" ? askFunction(origins) : originMatcher(origins, "cors({ origins })");
  return (conn) => {
    conn.vary("origin");
    const { origin } = conn.request.headers;
    if (origin === undefined) return;
    const verdict = allows(origin, conn);
    if (!(verdict instanceof Promise)) {
      answer(conn, verdict === true ? origin : undefined, permissions);
      return;
    }
    return verdict.then((allowed) => answer(conn, allowed === true ? origin : undefined, permissions));
  };
}

/** A function is asked only about what browsers send, and never about `null`: `() => true` shall not mean that. */
function askFunction(allows: AllowsOrigin): AllowsOrigin {
  return (origin, conn) => serializedOrigin.test(origin) && allows(origin, conn);
}

type AllowsOrigin = (origin: string, conn: Conn) => boolean | Promise<boolean>;

/** Headers that give a permission: checked, and written out, at start. */
interface Permissions {
  readonly simple: HeaderSet;
  readonly preflight: HeaderSet;
}

/** @param allowed what to write into access-control-allow-origin; undefined gives no permission. */
function answer(conn: Conn, allowed: string | undefined, { simple, preflight }: Permissions): void {
  const { headers } = conn.request;
  const asks =
    conn.method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
  if (allowed !== undefined) {
    conn.setHeader("access-control-allow-origin", allowed);
    conn.putHeaders(asks ? preflight : simple);
  }
  if (!asks) return;
  conn.send(204, "");
  conn.halt();
}

function permissionsOf(options: CorsOptions): Permissions {
  const { methods = usualMethods, headers = ["content-type"], exposeHeaders = [], maxAge } = options;
  for (const method of methods) {
    // Browsers compare methods as they are written, and `patch` is not PATCH.
    if (!/^(?:[A-Z]+|\*)$/.test(method))
      throw new Error(`cors(): ${JSON.stringify(method)} is no method: write "PATCH"`);
  }
  for (const name of [...headers, ...exposeHeaders]) headerName(name);
  if (options.credentials === true && [...methods, ...headers, ...exposeHeaders].includes("*")) {
    throw new Error('cors(): together with credentials browsers take "*" for a name and nothing else: list the names');
  }
  if (maxAge !== undefined && (!Number.isInteger(maxAge) || maxAge < 0)) {
    throw new Error(`cors(): maxAge is ${maxAge}, and has to be a whole number of seconds`);
  }
  const credentials: Record<string, string> =
    options.credentials === true ? { "access-control-allow-credentials": "true" } : {};
  return {
    simple: headerSet({
      ...credentials,
      ...(exposeHeaders.length === 0 ? {} : { "access-control-expose-headers": exposeHeaders.join(", ") }),
    }),
    preflight: headerSet({
      ...credentials,
      "access-control-allow-methods": methods.join(", "),
      ...(headers.length === 0 ? {} : { "access-control-allow-headers": headers.join(", ") }),
      ...(maxAge === undefined ? {} : { "access-control-max-age": String(maxAge) }),
    }),
  };
}

const usualMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
