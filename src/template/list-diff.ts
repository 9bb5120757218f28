import type { Comprehension, Key, TemplateValue } from "./rendered.ts";

/** How the rows of the two lists are written. */
export interface EntryWriter {
  /** An entry that the client does not have, as a JSON object. */
  full(row: TemplateValue): string;
  /** The members that differ between two rows; `""` when none does. */
  changed(before: TemplateValue, after: TemplateValue): string;
}

/**
 * The diff between two lists that are not empty and have the same statics, as a JSON object; `""` when they are
 * alike. Protocol section 17.
 *
 * @example
 * // a b c → c A b
 * {"k":{"0":2,"1":[0,{"0":"A"}],"2":1,"km":true,"kc":3}}
 */
export function listDiff(previous: Comprehension, next: Comprehension, write: EntryWriter): string {
  const formerIndex = indexFinder(previous, next);
  let entries = "";
  let moved = false;
  for (let index = 0; index < next.rows.length; index++) {
    const row = next.rows[index];
    const former = formerIndex(index);
    if (former === undefined) {
      entries += `"${index}":${write.full(row)},`;
      continue;
    }
    const change = write.changed(previous.rows[former], row);
    if (former !== index) {
      moved = true;
      entries += change === "" ? `"${index}":${former},` : `"${index}":[${former},{${change}}],`;
    } else if (change !== "") entries += `"${index}":{${change}},`;
  }
  if (entries === "" && previous.rows.length === next.rows.length) return "";
  return `{"k":{${entries}${moved ? '"km":true,' : ""}"kc":${next.rows.length}}}`;
}

/** Tells where a row of `next` stood in `previous`, by its key if both lists have keys, else by its index. */
function indexFinder(previous: Comprehension, next: Comprehension): (index: number) => number | undefined {
  const before = previous.keys;
  const after = next.keys;
  if (before === undefined || after === undefined) {
    return (index) => (index < previous.rows.length ? index : undefined);
  }
  let indexes: Map<Key, number> | undefined;
  return (index) => {
    const key = after[index] as Key;
    if (before[index] === key) return index;
    indexes ??= new Map(before.map((former, position) => [former, position]));
    return indexes.get(key);
  };
}
