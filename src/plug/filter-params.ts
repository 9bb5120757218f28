import { emptyParams, type Params, type ParamValue } from "./params.ts";

/**
 * Params as they may be written to a log: what stands under `password`, `token`, `secret` and every key that contains
 * one of these words, in any case and at any depth, is replaced by `[FILTERED]`.
 *
 * @param names more words; those above are always filtered.
 * @example
 * filterParams(conn.params, ["iban"]) // { id: "7", user: { name: "Zoe", password: "[FILTERED]" } }
 */
export function filterParams(params: Params, names: readonly string[] = []): Params {
  return paramFilter(names)(params);
}

/**
 * {@link filterParams} for one list of words, which is looked at once.
 *
 * @throws if one of the words is empty: every key contains it.
 */
export function paramFilter(names: readonly string[] = []): (params: Params) => Params {
  for (const name of names) {
    if (typeof name !== "string" || name === "") {
      throw new Error(
        `${JSON.stringify(name)} cannot be filtered out of params: name (a part of) a key, such as "iban"`,
      );
    }
  }
  const words = [...always, ...names.map((name) => name.toLowerCase())];

  function filter(params: Params): Params {
    const filtered = emptyParams();
    for (const [key, value] of Object.entries(params)) {
      const lowered = key.toLowerCase();
      filtered[key] = words.some((word) => lowered.includes(word)) ? replacement : filterValue(value);
    }
    return filtered;
  }

  function filterValue(value: ParamValue): ParamValue {
    if (Array.isArray(value)) return value.map(filterValue);
    return isParams(value) ? filter(value) : value;
  }

  return filter;
}

const always = ["password", "token", "secret"];
const replacement = "[FILTERED]";

/** Uploads and the like are values; params have no prototype, and in tests perhaps that of a literal. */
function isParams(value: ParamValue): value is Params {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
