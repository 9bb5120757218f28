/** A part of something, in bytes. */
export interface ByteRange {
  /** The first byte that belongs to it. */
  readonly start: number;
  /** How many bytes it has, at least one. */
  readonly length: number;
}

/**
 * Reads a `range` header (RFC 9110, section 14.2).
 *
 * Only one range is served. A header with several is ignored, as the RFC allows: overlapping and countless ranges are
 * how servers were made to work without bound (section 17.15). So is one that is malformed or of another unit.
 *
 * @param size of the whole, in bytes.
 * @returns the range; undefined to send the whole; `unsatisfiable` if it lies outside of it.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, first, last] = single.exec(header ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, length };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) return "unsatisfiable";
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start, length: end - start + 1 };
}

/** More digits than any file's length has make no number that could be compared. */
const single = /^bytes=[ \t]{0,9}(\d{0,15})-(\d{0,15})[ \t]{0,9}$/i;
