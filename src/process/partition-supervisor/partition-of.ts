/** FNV-1a, 32 bits (draft-eastlake-fnv, section 5): short, and spreads keys that differ in one character. */
const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/** Which of `partitions` a key belongs to, from 0 on: the same one on every machine. */
export function partitionOf(key: string | number, partitions: number): number {
  return typeof key === "number" && Number.isSafeInteger(key)
    ? Math.abs(key) % partitions
    : hash(String(key)) % partitions;
}

/** Takes each half of a UTF-16 code unit for a byte. */
function hash(text: string): number {
  let value = offsetBasis;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    value = Math.imul(value ^ (unit & 0xff), prime);
    value = Math.imul(value ^ (unit >>> 8), prime);
  }
  return value >>> 0;
}
