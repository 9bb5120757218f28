/**
 * The `content-disposition` header that names a file (RFC 6266). The name is given twice where it needs to be: in ASCII
 * for old clients, and in full as UTF-8 (RFC 8187).
 *
 * A name may come from a visitor: whatever is in it stays inside of the header, and what could lead a browser to another
 * folder, or a reader to another extension, becomes `_`: slashes, control characters, changes of direction.
 *
 * @param type `inline` shows the file, `attachment` saves it.
 */
export function contentDisposition(type: "attachment" | "inline", filename: string): string {
  const name = shorten(filename.toWellFormed().replace(misleading, "_")) || "download";
  const ascii = name.replace(notQuotable, "_");
  const simple = `${type}; filename="${ascii}"`;
  return ascii === name ? simple : `${simple}; filename*=UTF-8''${percentEncode(name)}`;
}

const misleading = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069/\\:]/gu;
/** Beside what is not ASCII: the quote, and `%`, which some browsers decode. */
const notQuotable = /[^\x20-\x7e]|["%]/gu;
/** File systems take 255 bytes. */
const maxLength = 200;
const longestExtension = 20;

/** Cuts a name that no file system takes, but not its extension. */
function shorten(name: string): string {
  if (name.length <= maxLength) return name;
  const dot = name.lastIndexOf(".");
  const extension = dot !== -1 && name.length - dot <= longestExtension ? name.slice(dot) : "";
  return (name.slice(0, maxLength - extension.length) + extension).toWellFormed();
}

/** `encodeURIComponent` leaves these four, which are no `attr-char` (RFC 8187, section 3.2.1). */
function percentEncode(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
