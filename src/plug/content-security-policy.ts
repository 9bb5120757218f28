import { checkHeaderValue } from "./conn/headers.ts";

/**
 * The directives of a content security policy and what they allow (CSP Level 3, section 6): a list of sources, `true`
 * for a directive that has none, `false` for one that is left out.
 *
 * @example
 * const policy: ContentSecurityPolicy = {
 *   "font-src": ["'self'", "https://fonts.example.org"],
 *   "upgrade-insecure-requests": true,
 * };
 */
export type ContentSecurityPolicy = { readonly [Name in Directive]?: readonly string[] | boolean };

/** A policy as the text of its header, and with a place for the nonce of a page. */
export interface CompiledPolicy {
  /** The header's value for pages without a nonce. */
  readonly text: string;
  /** What stands before, between and after the nonces. */
  readonly pieces: readonly string[];
}

/**
 * Scripts, styles, fonts, sockets and forms of the own origin, images of `data:` and `blob:` (previews of uploads),
 * frames of and by the own origin, no plug-ins. Nothing inline, no `eval`.
 */
const standard: ContentSecurityPolicy = {
  "default-src": ["'self'"],
  "base-uri": ["'self'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'self'"],
  "img-src": ["'self'", "data:", "blob:"],
  "object-src": ["'none'"],
};

/**
 * The standard policy with some directives replaced, as it is sent.
 *
 * @throws if browsers would ignore or misunderstand a directive or a source.
 */
export function compilePolicy(changes: ContentSecurityPolicy): CompiledPolicy {
  const merged = { ...standard, ...changes };
  const text = Object.entries(merged)
    .filter(([, sources]) => sources !== false && sources !== undefined)
    .map(([name, sources]) => directive(name, sources))
    .join("; ");
  checkHeaderValue("content-security-policy", text);
  return { text, pieces: noncePieces(text) };
}

/**
 * Takes a policy apart where a nonce has to stand, so that `pieces.join(nonce)` admits the scripts and styles that carry it.
 *
 * That is in every directive that decides over `<script>` and `<style>`; where it is not said, what `default-src`
 * allows is said once more. A list with `'unsafe-inline'` stays as it is, since a nonce would switch that off.
 */
export function noncePieces(policy: string): readonly string[] {
  const directives = new Map<string, string[]>();
  for (const part of policy.split(";")) {
    const [name, ...sources] = part.trim().split(/\s+/);
    // Of two with the same name browsers heed the first (CSP3, section 2.2.1).
    if (name !== undefined && name !== "" && !directives.has(name.toLowerCase())) {
      directives.set(name.toLowerCase(), sources);
    }
  }
  const fallback = directives.get("default-src");
  for (const name of nonceDirectives) {
    const sources = directives.get(name) ?? (name.endsWith("-elem") ? undefined : fallback);
    if (sources === undefined || (sources.includes("'unsafe-inline'") && !sources.includes("'strict-dynamic'")))
      continue;
    directives.set(name, [...sources.filter((source) => source !== "'none'"), `'nonce-${placeholder}'`]);
  }
  return [...directives]
    .map((entry) => entry.flat().join(" "))
    .join("; ")
    .split(placeholder);
}

const nonceDirectives = ["script-src", "script-src-elem", "style-src", "style-src-elem"];

/** No policy has it of its own: sources are ASCII. */
const placeholder = "\u2026";

function directive(name: string, sources: readonly string[] | boolean): string {
  if (!known.has(name)) throw refused(`there is no directive "${name}", and browsers skip what they do not know`);
  if (sources === true) return name;
  if (!Array.isArray(sources) || sources.length === 0) {
    throw refused(`"${name}" has no list of sources: write ["'none'"] to allow nothing, or false to leave it out`);
  }
  for (const source of sources as readonly unknown[]) checkSource(name, source);
  if (sources.includes("'none'") && sources.length > 1) {
    throw refused(`"${name}" has 'none' beside other sources, where browsers ignore it`);
  }
  return `${name} ${sources.join(" ")}`;
}

function checkSource(name: string, source: unknown): void {
  if (typeof source !== "string" || !printable.test(source)) {
    throw refused(
      `"${name}" has the source ${JSON.stringify(source)}: a source is a text without spaces, commas and semicolons`,
    );
  }
  if (keyword.test(source)) throw refused(`"${name}" has ${source} without its single quotes: write "'${source}'"`);
  if (source.startsWith("'nonce-")) {
    throw refused(`"${name}" has a fixed nonce, which everybody can read: cspNonce(conn) makes one for each page`);
  }
}

function refused(reason: string): Error {
  return new Error(`putSecureBrowserHeaders(), contentSecurityPolicy: ${reason}`);
}

const printable = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/;
const keyword =
  /^(?:self|none|unsafe-[a-z-]+|strict-dynamic|report-sample|wasm-unsafe-eval|inline-speculation-rules|nonce-.*|sha(?:256|384|512)-.*)$/;

const directives = [
  "base-uri",
  "child-src",
  "connect-src",
  "default-src",
  "fenced-frame-src",
  "font-src",
  "form-action",
  "frame-ancestors",
  "frame-src",
  "img-src",
  "manifest-src",
  "media-src",
  "object-src",
  "report-to",
  "report-uri",
  "require-trusted-types-for",
  "sandbox",
  "script-src",
  "script-src-attr",
  "script-src-elem",
  "style-src",
  "style-src-attr",
  "style-src-elem",
  "trusted-types",
  "upgrade-insecure-requests",
  "webrtc",
  "worker-src",
] as const;

type Directive = (typeof directives)[number];

const known: ReadonlySet<string> = new Set(directives);
