import type { Upload } from "./upload.ts";

/**
 * Decoded input of a request: path, query or body. Always an object without a prototype, so that a key such
 * as `constructor` or `__proto__` is a key like any other.
 */
export interface Params {
  [key: string]: ParamValue;
}

/**
 * What stands under a key of {@link Params}. Forms and queries give texts, multipart forms {@link Upload}s as
 * well; only JSON gives the other scalars.
 */
export type ParamValue = string | number | boolean | null | Upload | Params | ParamValue[];

/** An empty {@link Params}. */
export function emptyParams(): Params {
  return Object.create(null) as Params;
}
