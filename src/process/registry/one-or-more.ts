/** What most often is one: kept as it is until there is a second. Nothing at all is `undefined`. */
export type OneOrMore<T extends object> = T | Set<T> | undefined;

export function withOne<T extends object>(held: OneOrMore<T>, one: T): T | Set<T> {
  if (held === undefined) return one;
  if (held instanceof Set) return held.add(one);
  return new Set([held, one]);
}

export function withoutOne<T extends object>(held: OneOrMore<T>, one: T): OneOrMore<T> {
  if (held === one) return undefined;
  if (held instanceof Set) {
    held.delete(one);
    if (held.size === 0) return undefined;
  }
  return held;
}

/** A copy, oldest first: what is done with them may change what is held. */
export function allOf<T extends object>(held: OneOrMore<T>): T[] {
  if (held === undefined) return [];
  return held instanceof Set ? [...held] : [held];
}
