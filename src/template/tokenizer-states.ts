/** The states of the HTML standard's tokenizer, section 13.2.5, as far as a template needs them apart. */
export type State =
  | "text"
  | "tag open" // after <
  | "end tag open" // after </
  | "tag name"
  | "end tag name"
  | "end tag" // after its name
  | "declaration" // <!doctype …>, <?…>
  | "comment"
  | "in tag" // between attributes
  | "slash" // after / in a tag
  | "attribute name"
  | "after attribute name"
  | "before value" // after =
  | "quoted value"
  | "unquoted value"
  | "after value hole" // after a hole that is an unquoted value
  | "content" // of an element without markup: script, style, textarea, title
  | "content tag"; // a < in there, which may begin the end tag

export const letter = /[a-z]/i;
export const whitespace = /[\t\n\f\r ]/;

/** Whether a character ends a name inside of a tag. */
export function endsName(character: string): boolean {
  return character === ">" || character === "/" || whitespace.test(character);
}
