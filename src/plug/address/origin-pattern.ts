/** An origin as browsers send it: scheme, host, and the port if it is not the scheme's own (HTML, section 7.1.1). */
export const serializedOrigin = /^[a-z][a-z\d+.-]*:\/\/(?:\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d{1,5})?$/;

/**
 * Compiles origins that an application lists: `https://example.org`, `https://*.example.org` for it and all names below
 * it, and `null`.
 *
 * Browsers write an origin in one way only. So texts are compared and nothing is parsed, and there is no way to write
 * an origin that looks like another one.
 *
 * @param option where the list stands, for the error.
 * @returns whether an `origin` header is one of them.
 * @throws if an entry is none that a browser would send.
 */
export function originMatcher(patterns: readonly string[], option: string): (origin: string) => boolean {
  const exact = new Set<string>();
  const families: { readonly start: string; readonly end: string }[] = [];
  for (const pattern of patterns) {
    const [, scheme, rest] = /^(https?:\/\/)\*\.(.+)$/.exec(pattern) ?? [];
    const base = scheme === undefined ? pattern : `${scheme}${rest}`;
    checkOrigin(base, pattern, option);
    exact.add(base);
    if (scheme !== undefined) families.push({ start: scheme, end: `.${rest}` });
  }
  return (origin) =>
    exact.has(origin) ||
    families.some(({ start, end }) => {
      const length = origin.length - end.length;
      return origin.startsWith(start) && origin.endsWith(end) && labels.test(origin.slice(start.length, length));
    });
}

const labels = /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

function checkOrigin(origin: string, pattern: string, option: string): void {
  if (origin === "null") return;
  const url = /^https?:/i.test(origin) ? URL.parse(origin) : null;
  if (serializedOrigin.test(origin) && (url === null || url.origin === origin)) return;
  const advice = url === null || url.origin === "null" ? 'write "https://example.org"' : `write "${url.origin}"`;
  throw new Error(`${option}: ${JSON.stringify(pattern)} is no origin as browsers send it: ${advice}`);
}
