import { HttpError } from "../http-error.ts";
import { emptyParams, type Params, type ParamValue } from "../params.ts";
import { Upload } from "../upload.ts";

/**
 * Puts a value where its name leads: `user[tags][]` is the key `user`, in it the key `tags`, in it the end of a
 * list. Brackets that are no such nesting belong to the key. What stands in the way because it is of another
 * kind gives way to the newcomer.
 *
 * @throws HttpError 400 if the name nests deeper than `maxDepth`.
 */
export function insertParam(params: Params, name: string, value: ParamValue, maxDepth: number): void {
  const bracket = name.endsWith("]") ? name.indexOf("[") : -1;
  if (bracket === -1) {
    params[name] = value;
    return;
  }
  // Cut off one segment beyond the limit, however many there are.
  const nesting = name.slice(bracket + 1, -1);
  const segments = nesting.includes("][") ? nesting.split("][", maxDepth) : [nesting];
  if (segments.length >= maxDepth)
    throw new HttpError(400, `a key of a query or form is nested deeper than ${maxDepth}`);
  let container: Params | ParamValue[] = params;
  let key = name.slice(0, bracket);
  for (const segment of segments) {
    container = segment === "" ? listAt(container, key) : paramsAt(container, key);
    key = segment;
  }
  if (Array.isArray(container)) container.push(value);
  else container[key] = value;
}

function listAt(container: Params | ParamValue[], key: string): ParamValue[] {
  const list: ParamValue[] = [];
  if (Array.isArray(container)) container.push(list);
  else {
    const present = container[key];
    if (Array.isArray(present)) return present;
    container[key] = list;
  }
  return list;
}

function paramsAt(container: Params | ParamValue[], key: string): Params {
  const params = emptyParams();
  if (Array.isArray(container)) container.push(params);
  else {
    const present = container[key];
    if (isParams(present)) return present;
    container[key] = params;
  }
  return params;
}

function isParams(value: ParamValue | undefined): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Upload);
}
