/**
 * Makes sure that a path leads to this site, for redirects and navigation.
 *
 * It has to begin with one `/`. Browsers read `//host`, `/\host` and, since they drop tabs and line breaks, `/<tab>/host`
 * as another host (URL Standard, section 4.4); those are refused, wherever in the path such characters stand.
 *
 * @returns the path with everything percent-encoded that a header cannot carry.
 * @throws an Error that shows the path.
 */
export function localPath(path: string): string {
  if (!path.startsWith("/")) throw refused(path, 'it does not begin with "/"');
  if (path.startsWith("//")) throw refused(path, 'after "//" browsers read the name of another host');
  if (path.includes("\\")) throw refused(path, 'browsers read "\\" as "/"');
  if (controlCharacter.test(path)) throw refused(path, "it contains a control character");
  return path.toWellFormed().replace(unprintable, encodeURIComponent);
}

/**
 * Makes sure that a URL is absolute and nothing that a browser would run.
 *
 * @returns the URL in its normal form, in ASCII.
 * @throws an Error that shows the URL.
 */
export function externalUrl(url: string): string {
  if (controlCharacter.test(url)) throw refused(url, "it contains a control character");
  if (!URL.canParse(url)) throw refused(url, "it is no absolute URL; for a path of this site use { to }");
  const { protocol, href } = new URL(url);
  if (scriptProtocols.has(protocol)) throw refused(url, `browsers may run what stands in a ${protocol} URL`);
  return href;
}

const controlCharacter = /\p{Cc}/u;
const unprintable = /[^\x21-\x7e]+/g;
const scriptProtocols: ReadonlySet<string> = new Set(["javascript:", "vbscript:", "data:", "blob:"]);

function refused(target: string, reason: string): Error {
  return new Error(
    `cannot redirect to ${JSON.stringify(target)}: ${reason}. Paths of this site go into { to: "/…" }; ` +
      'other sites, if they are meant, into { external: "https://…" }',
  );
}
