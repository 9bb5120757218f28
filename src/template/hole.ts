import { takesWords } from "./attribute-rules.ts";
import type { Refusal } from "./refusals.ts";
import { type TemplateSource, templateError } from "./source.ts";

/**
 * Where a hole stands, which decides what it takes and how that is escaped:
 *
 * - `text`: between tags, `<p>${here}</p>`; also takes nodes, lists and `raw`
 * - `plainText`: in an element that knows no markup, `<title>${here}</title>`
 * - `quoted`: in a quoted attribute value, `class="card ${here}"`
 * - `attribute`: a whole attribute, `disabled=${here}`
 * - `spread`: in a tag by itself, `<input ${here}>`
 */
export type Place = "text" | "plainText" | "quoted" | "attribute" | "spread";

/** One hole of a template. */
export class Hole {
  readonly source: TemplateSource;
  readonly index: number;
  readonly place: Place;
  /** The attribute's name as it is written out, or of the element for `plainText`; else empty. */
  readonly name: string;
  /** Whether booleans are written as words. */
  readonly words: boolean;
  /** Whether an address begins here, and whether the template goes on with it after the hole. */
  url: "no" | "whole" | "continued" = "no";

  constructor(source: TemplateSource, index: number, place: Place, name = "") {
    this.source = source;
    this.index = index;
    this.place = place;
    this.name = name;
    this.words = takesWords(name.toLowerCase());
  }

  /** An error about this hole that shows it in its template. */
  error(refusal: Refusal): Error {
    const offset = this.source.strings[this.index]?.length ?? 0;
    return templateError(this.source, { text: this.index, offset }, refusal);
  }
}
