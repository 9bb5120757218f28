import type { Hole } from "./hole.ts";
import { Comprehension, listOf, Rendered, type TemplateValue } from "./rendered.ts";

/**
 * The node that stands in a hole, if it is one and not a text.
 *
 * An empty list is the text `""`: so the client forgets the statics of a list that became empty, and gets them
 * again with its next rows. That way a diff depends on two trees alone, not on what was sent before them
 * (protocol section 17).
 */
export function nodeOf(hole: Hole, value: TemplateValue): Rendered | Comprehension | undefined {
  if (typeof value !== "object" || value === null || hole.place !== "text") return undefined;
  if (value instanceof Rendered) return value;
  const list = Array.isArray(value) ? listOf(value) : value;
  return list instanceof Comprehension && list.length > 0 ? list : undefined;
}
