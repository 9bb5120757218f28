import { HttpError } from "../plug/index.ts";

/** A path was to be gone to that leads, or may lead, to another site; answered with 400, since requests bring them. */
export class UnsafeRedirectError extends HttpError {
  readonly target: string;

  constructor(target: string, reason: string) {
    super(
      400,
      `cannot redirect to ${JSON.stringify(target)}: ${reason}. Paths of this site go into { to: "/…" }; ` +
        'other sites, if they are meant, into { external: "https://…" }',
    );
    this.name = "UnsafeRedirectError";
    this.target = target;
  }
}

/**
 * Makes sure that a path leads to this site, for redirects and navigation.
 *
 * It has to begin with one `/`. Browsers read `//host`, `/\host` and, since they drop tabs and line breaks, `/<tab>/host`
 * as another host (URL Standard, section 4.4); those are refused, wherever in the path such characters stand. So is what
 * becomes `//host` when its dots are resolved: whoever uses the path that the browser then shows would be led astray.
 *
 * @returns the path with everything percent-encoded that a header cannot carry.
 * @throws UnsafeRedirectError, which shows the path.
 */
export function localPath(path: string): string {
  const reason = reasonAgainst(path);
  if (reason !== undefined) throw new UnsafeRedirectError(String(path), reason);
  return path.toWellFormed().replace(unprintable, encodeURIComponent);
}

/**
 * Whether {@link localPath} takes a value, to decide what becomes of one that a visitor sent.
 *
 * @example redirect(conn, { to: isLocalPath(params.return_to) ? params.return_to : routes.home() })
 */
export function isLocalPath(value: unknown): value is string {
  return reasonAgainst(value) === undefined;
}

/**
 * Makes sure that a URL leads where it seems to lead, and is nothing that a browser would run.
 *
 * It has to be written out, `https://host/…`; the schemes of applications (`myapp://…`) are possible.
 *
 * @returns the URL in its normal form, in ASCII.
 * @throws an Error that shows the URL.
 */
export function externalUrl(url: string): string {
  if (controlCharacter.test(url)) throw refused(url, "it contains a control character");
  if (url.includes("\\")) throw refused(url, 'some read "\\" as "/", and some do not');
  if (!withAuthority.test(url) || !URL.canParse(url)) {
    throw refused(url, "it is no absolute URL like https://example.org/; for a path of this site use { to }");
  }
  const { protocol, href, username, password } = new URL(url);
  if (localProtocols.has(protocol)) throw refused(url, `a ${protocol} URL leads to no other site, and may be run`);
  if (username !== "" || password !== "") throw refused(url, 'what stands before "@" only looks like a host');
  return href;
}

const controlCharacter = /\p{Cc}/u;
const unprintable = /[^\x21-\x7e]+/g;
const withAuthority = /^[a-z][a-z\d+.-]*:\/\/[^/]/i;
/** As in `/.//x` and `/a/..//x`. */
const dotsBeforeSlashes = /\/(?:\.|%2e){1,2}\/\//i;
const localProtocols: ReadonlySet<string> = new Set([
  "about:",
  "blob:",
  "data:",
  "file:",
  "filesystem:",
  "javascript:",
  "vbscript:",
  "view-source:",
]);

function reasonAgainst(path: unknown): string | undefined {
  if (typeof path !== "string") return "it is no text";
  if (!path.startsWith("/")) return 'it does not begin with "/"';
  if (path.startsWith("//")) return 'after "//" browsers read the name of another host';
  if (path.includes("\\")) return 'browsers read "\\" as "/"';
  if (controlCharacter.test(path)) return "it contains a control character";
  if (dotsBeforeSlashes.test(path) && resolved(path).startsWith("//"))
    return 'with its dots resolved it begins with "//"';
  return undefined;
}

/** The path without its segments of dots (URL Standard, section 4.4). */
function resolved(path: string): string {
  return new URL(path, "http://localhost").pathname;
}

function refused(target: string, reason: string): Error {
  return new Error(
    `cannot redirect to ${JSON.stringify(target)}: ${reason}. Paths of this site go into { to: "/…" }; ` +
      'other sites, if they are meant, into { external: "https://…" }',
  );
}
