import type { Conn } from "../conn.ts";

/**
 * Says why an answer could be run by a page of another site: it is JavaScript, and the request one that a `<script>` there
 * can make. Undefined if it cannot.
 */
export function foreignScript(conn: Conn): string | undefined {
  const type = conn.getHeader("content-type");
  if (type === undefined || !javaScript.test(type)) return undefined;
  if (conn.requestHeader("x-requested-with") === "XMLHttpRequest") return undefined;
  const site = conn.requestHeader("sec-fetch-site");
  // "none" is the user's own doing (address bar, bookmark). Browsers too old to say are treated as foreign.
  if (site === "same-origin" || site === "none") return undefined;
  // Shown as a page, or given to a script that cannot read it unless CORS says so, it does not run.
  if (site !== undefined && harmless.has(conn.requestHeader("sec-fetch-dest") ?? "")) return undefined;
  return (
    "it answers with JavaScript, which another site's <script> could run. Request it from a page of the same origin, " +
    "with the header x-requested-with: XMLHttpRequest, or serve it by a route that does not pass protectFromForgery()"
  );
}

const javaScript = /^\s*(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script\b/i;
const harmless: ReadonlySet<string> = new Set(["document", "empty"]);
