import type { Hole } from "./hole.ts";
import type { TemplateSource } from "./source.ts";
import { tokenize } from "./tokenizer.ts";

/** All that is known of a call site of `html` before it has any values. Its identity is its fingerprint. */
export interface Template {
  readonly source: TemplateSource;
  /** The markup around the holes, one more than there are holes. */
  readonly statics: readonly string[];
  readonly holes: readonly Hole[];
  /** Whether it is exactly one element, which spares the client work (protocol section 20). */
  readonly singleRoot: boolean;
  /**
   * The member `"s":[…]` of a node. Always the plain array: JSON that many messages share cannot refer to the
   * numbering of one of them (`"p"`, protocol section 15).
   */
  readonly staticsMember: string;
}

/** Analyses a template. Costs about 5 µs per hundred characters; meant for once per call site. */
export function analyse(source: TemplateSource): Template {
  const { statics, holes, root } = tokenize(source);
  return { source, statics, holes, singleRoot: root.found, staticsMember: `"s":${JSON.stringify(statics)}` };
}
