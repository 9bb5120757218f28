import { voidElements } from "./elements.ts";

/** A comment that the client's pattern for the place before a root element recognises. */
const oneLineComment = /^<!--.*-->$/;

/**
 * Follows the tags of a template to find out whether it is exactly one element, with nothing around it but
 * whitespace and comments on one line (protocol section 20). In doubt it is not: then a browser only does some
 * more work, whereas a wrong yes would lose content.
 */
export class SingleRoot {
  readonly #open: string[] = [];
  #elements = 0;
  #certain = true;

  /** Whether all that was read is one element. */
  get found(): boolean {
    return this.#certain && this.#elements === 1 && this.#open.length === 0;
  }

  startTag(name: string, closed: boolean): void {
    if (this.#open.length === 0) this.#elements++;
    if (!closed && !voidElements.has(name)) this.#open.push(name);
  }

  endTag(name: string): void {
    if (this.#open.pop() !== name) this.#certain = false;
  }

  comment(markup: string): void {
    if (this.#open.length === 0 && !oneLineComment.test(markup)) this.#certain = false;
  }

  /** Anything else: a character of text, a hole, a declaration. */
  content(): void {
    if (this.#open.length === 0) this.#certain = false;
  }
}
