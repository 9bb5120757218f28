import { headerSet } from "./conn/headers.ts";
import { type ContentSecurityPolicy, compilePolicy } from "./content-security-policy.ts";
import { rememberPolicy } from "./csp-nonce.ts";
import type { Plug } from "./plug.ts";

/** What {@link putSecureBrowserHeaders} does otherwise than by default. */
export interface SecureHeadersOptions {
  /**
   * Directives that replace those of the standard policy, or are added to it; `false` for one leaves it out.
   * **`false` for the whole sends no policy**: whatever gets into a page then runs.
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | false;
  /** Makes browsers report what offends against the policy (to its `report-to`) and let it happen, to try a policy out. */
  readonly reportOnly?: boolean;
  /** More headers; one that is named here replaces the default, `false` leaves it out. */
  readonly headers?: Readonly<Record<string, string | false>>;
}

/**
 * Puts headers that switch on the protections of browsers.
 *
 * | header                              | keeps from                                                         |
 * |-------------------------------------|--------------------------------------------------------------------|
 * | `content-security-policy`           | running scripts and styles that are inline or of another origin, `eval`, plug-ins, framing by others, connections and forms to other sites |
 * | `cross-origin-opener-policy`        | being reached into by pages that open this one, or that it opens   |
 * | `referrer-policy`                   | telling other sites more than the origin that a visitor came from  |
 * | `x-content-type-options`            | taking a file for something else than its content type says        |
 * | `x-frame-options`                   | framing by others, in browsers that do not know the policy above   |
 * | `x-permitted-cross-domain-policies` | being read by plug-ins                                             |
 *
 * The policy lets the framework's own scripts, their progress bar and the WebSocket to the own origin work, and images
 * of `data:` and `blob:`. A script or style that has to stand in the page itself gets a nonce from `cspNonce(conn)`;
 * `style="…"` attributes cannot have one. A form whose answer redirects to another site, as to log in there, needs that
 * site in `form-action`; a pop-up that reports back to its opener needs another `cross-origin-opener-policy`.
 *
 * @throws at start, if a directive, a source or a header is malformed.
 *
 * @example
 * putSecureBrowserHeaders({
 *   contentSecurityPolicy: { "script-src": ["'self'", "https://cdn.example.org"], "font-src": ["https://fonts.example.org"] },
 *   headers: { "permissions-policy": "camera=(), microphone=()", "x-frame-options": "DENY" },
 * })
 */
export function putSecureBrowserHeaders(options: SecureHeadersOptions = {}): Plug {
  checkOptions(options);
  const { contentSecurityPolicy = {}, reportOnly = false, headers = {} } = options;
  const merged: Record<string, string | false> = { ...defaults };
  for (const [name, value] of Object.entries(headers)) {
    const lowered = name.toLowerCase();
    if (lowered.startsWith("content-security-policy")) throw misplaced(name);
    merged[lowered] = value;
  }
  const kept = Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== false);
  if (contentSecurityPolicy === false) {
    const set = headerSet(Object.fromEntries(kept));
    return (conn) => void conn.putHeaders(set);
  }
  const policy = compilePolicy(contentSecurityPolicy);
  const policyName = reportOnly ? "content-security-policy-report-only" : "content-security-policy";
  const set = headerSet(Object.fromEntries([[policyName, policy.text], ...kept]));
  return (conn) => {
    conn.putHeaders(set);
    rememberPolicy(conn, policy);
  };
}

const defaults = {
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "strict-origin-when-cross-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
};

/** An option that is not known would be a protection that is not there. */
function checkOptions(options: SecureHeadersOptions): void {
  const unknown = Object.keys(options).find((name) => !optionNames.has(name));
  if (unknown === undefined) return;
  throw new Error(
    `putSecureBrowserHeaders() knows no option "${unknown}": headers go into { headers: { "x-frame-options": "DENY" } }, ` +
      "the policy's directives into { contentSecurityPolicy }",
  );
}

const optionNames: ReadonlySet<string> = new Set(["contentSecurityPolicy", "reportOnly", "headers"]);

function misplaced(name: string): Error {
  return new Error(
    `putSecureBrowserHeaders(): the header "${name}" is written by directive, as in ` +
      '{ contentSecurityPolicy: { "font-src": ["\'self\'"] } }; { reportOnly: true } makes it report only',
  );
}
