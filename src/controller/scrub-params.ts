import { HttpError, type Params, type ParamValue, type Plug } from "../plug/index.ts";

/**
 * Takes what a form leaves empty for absent: texts of nothing but white space below a key become `null`, at any depth.
 *
 * It comes after `parseBody()`. Where a schema checks the params it can do the same, and this plug is not needed.
 *
 * @param key what the form's fields are nested under, as `post` in `post[title]`; it has to be there.
 * @throws per request HttpError 400 if there is no such param.
 *
 * @example .pipeline("post form", [scrubParams("post")])
 */
export function scrubParams(key: string): Plug {
  return (conn) => {
    const { params } = conn;
    const value = params[key];
    if (value === undefined) {
      throw new HttpError(400, `${conn.method} ${conn.path} needs the param ${JSON.stringify(key)}, and has none`);
    }
    params[key] = scrub(value);
  };
}

function scrub(value: ParamValue): ParamValue {
  if (typeof value === "string") return value.trim() === "" ? null : value;
  if (Array.isArray(value)) return value.map(scrub);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== null) return value;
  const scrubbed: Params = Object.create(null);
  for (const [name, inner] of Object.entries(value)) scrubbed[name] = scrub(inner);
  return scrubbed;
}
