import type { Declaration } from "../definition.ts";
import { describePlace } from "../place.ts";

/** `GET /posts (/app/web/router.ts:12)` */
export function describe({ method, pattern, place }: Declaration): string {
  return `${methodName(method)}${pattern} (${describePlace(place)})`;
}

/** A method and a space; nothing for a forward, which takes all. */
export function methodName(method: string): string {
  return method === "*" ? "" : `${method} `;
}
