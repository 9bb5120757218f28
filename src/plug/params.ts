/**
 * Decoded input of a request: path, query or body. Always an object without a prototype, so that a key such
 * as `constructor` or `__proto__` is a key like any other.
 */
export interface Params {
  [key: string]: ParamValue;
}

/** What stands under a key of {@link Params}. Forms and queries give texts; only JSON gives the other scalars. */
export type ParamValue = string | number | boolean | null | Params | ParamValue[];

/** An empty {@link Params}. */
export function emptyParams(): Params {
  return Object.create(null) as Params;
}
