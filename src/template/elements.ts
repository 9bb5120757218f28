/** Elements without content and without an end tag. */
export const voidElements: ReadonlySet<string> = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);

/** Elements whose content is no markup and knows no escapes: nothing can be inserted safely. */
export const rawTextElements: ReadonlySet<string> = new Set(
  "script style iframe noembed noframes plaintext xmp".split(" "),
);

/** Elements whose content is text with escapes, but no markup. */
export const plainTextElements: ReadonlySet<string> = new Set(["textarea", "title"]);

const neverSelfClosing: ReadonlySet<string> = new Set(
  (
    "address article aside b blockquote body button canvas caption code dd details dialog div dl dt em fieldset " +
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header html i iframe label legend li main nav ol optgroup " +
    "option output p pre section select small span strong summary table tbody td textarea tfoot th thead tr ul"
  ).split(" "),
);

/**
 * Whether `<name/>` would leave the element open. HTML ignores the slash; only elements of SVG and MathML are
 * closed by it, and a template may be made for the inside of an `<svg>` that it does not see.
 */
export function slashLeavesOpen(name: string): boolean {
  return neverSelfClosing.has(name) || name.includes("-");
}
