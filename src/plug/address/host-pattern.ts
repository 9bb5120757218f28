/** A host and the port that was named with it. */
export interface Authority {
  /** Lower-case; an IPv6 address stands in brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Reads `example.org`, `example.org:8443` or `[::1]:8443`.
 *
 * @returns undefined for everything else. Never throws.
 */
export function parseAuthority(text: string): Authority | undefined {
  const [, host, digits] = authority.exec(text) ?? [];
  if (host === undefined) return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  return port === 0 || (port ?? 0) > 65_535 ? undefined : { host: host.toLowerCase(), port };
}

/**
 * Compiles hosts that an application lists: `example.org`, or `*.example.org` for it and all names below it.
 *
 * @param option where the list stands, for the error.
 * @returns whether a lower-case host without port is one of them.
 * @throws if an entry is neither.
 */
export function hostMatcher(patterns: readonly string[], option: string): (host: string) => boolean {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const pattern of patterns) {
    const wildcard = pattern.startsWith("*.");
    const parsed = parseAuthority(wildcard ? pattern.slice(2) : pattern);
    if (parsed === undefined || parsed.port !== undefined || (wildcard && parsed.host.startsWith("["))) {
      throw new Error(`${option}: ${JSON.stringify(pattern)} is no host: write "example.org" or "*.example.org"`);
    }
    exact.add(parsed.host);
    if (wildcard) suffixes.push(`.${parsed.host}`);
  }
  return (host) => exact.has(host) || (suffixes.some((suffix) => host.endsWith(suffix)) && isName(host));
}

/** Whether every label has a character in it; `conn.host` lets no other characters through than these. */
function isName(host: string): boolean {
  return name.test(host);
}

const authority = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const name = /^[\w-]+(?:\.[\w-]+)*$/;
