import { headerSet } from "./headers.ts";
import type { Plug } from "./plug.ts";

/**
 * Puts headers that switch on the protections of browsers.
 *
 * | header                              | keeps from                                                         |
 * |-------------------------------------|--------------------------------------------------------------------|
 * | `content-security-policy`           | running scripts and styles that are inline or of another origin, `eval`, plug-ins, framing by others |
 * | `x-content-type-options`            | taking a file for something else than its content type says        |
 * | `x-frame-options`                   | framing by others, in browsers that do not know the policy above   |
 * | `referrer-policy`                   | telling other sites more than the origin that a visitor came from  |
 * | `x-permitted-cross-domain-policies` | being read by plug-ins                                             |
 *
 * The policy lets the framework's own scripts and its WebSocket work, and images of `data:` and `blob:` (upload
 * previews). It blocks `style="…"` attributes as well; an application that needs them adds `style-src 'self' 'unsafe-inline'`.
 *
 * @param headers put as well; the same names replace the defaults, the empty text leaves one out.
 * @throws if a header is malformed, at start.
 *
 * @example
 * putSecureBrowserHeaders({
 *   "content-security-policy": `${contentSecurityPolicy}; script-src 'self' https://cdn.example.com`,
 * })
 */
export function putSecureBrowserHeaders(headers: Readonly<Record<string, string>> = {}): Plug {
  const merged: Record<string, string> = { ...defaults };
  for (const [name, value] of Object.entries(headers)) merged[name.toLowerCase()] = value;
  const set = headerSet(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== "")));
  return (conn) => void conn.putHeaders(set);
}

/** The default policy, to extend: a directive that is named twice counts the first time only (CSP3, section 2.2.1). */
export const contentSecurityPolicy =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'; " +
  "connect-src 'self' ws: wss:; img-src 'self' data: blob:";

const defaults = {
  "content-security-policy": contentSecurityPolicy,
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
};
