/**
 * The values of all cookies of one name in a cookie header, as they came, in their order; at most three.
 *
 * A browser may send several: another subdomain, or another path, has set one of the same name. Which is whose the
 * header does not say (RFC 6265, section 8.6), so who reads has to see by the value.
 */
export function findCookies(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  if (header === undefined) return values;
  for (let at = header.indexOf(name); at !== -1 && values.length < most; at = header.indexOf(name, at + 1)) {
    const equals = at + name.length;
    if (header[equals] !== "=" || !beginsPair(header, at)) continue;
    const end = header.indexOf(";", equals);
    values.push(header.slice(equals + 1, end === -1 ? undefined : end).trim());
  }
  return values;
}

const most = 3;

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (header[before] === " ") before--;
  return before < 0 || header[before] === ";";
}
