import { Rendered, type TemplateValue } from "./rendered.ts";
import { callSiteOf } from "./source.ts";
import { analyse, type Template } from "./template.ts";

/** What was found out about each call site; dropped together with the code. */
const templates = new WeakMap<TemplateStringsArray, Template>();

/**
 * The tag of HTML templates. Values are escaped for the place where they stand.
 *
 * | hole | takes | prints |
 * |---|---|---|
 * | `<p>${here}</p>` | text, numbers, templates, lists, `raw` | escaped text, nothing for `null`, `undefined`, `false` |
 * | `class="a ${here}"` | text, numbers | escaped text, nothing for `null`, `undefined`, `false` |
 * | `disabled=${here}` | text, numbers, booleans | the whole attribute; none for `null`, `undefined`, `false` |
 * | `<a ${here}>` | an object of attributes | each of them as above |
 *
 * In `aria-*`, `contenteditable`, `draggable` and `spellcheck` booleans are the words `true` and `false`. Where a
 * value begins an address (`href`, `src`, `action`, …), schemes that run code are prefixed with `unsafe:`.
 *
 * @example html`<a href=${routes.post({ id })} class="card ${kind}">${title}</a>`
 * @returns a tree of values; see `toHtml`, `treeMembers` and `diffMembers`.
 * @throws when a call site is used for the first time and has a hole where no escaping is safe: inside scripts,
 * styles, comments, event handlers, names, and parts of values without quotes.
 */
export function html(strings: TemplateStringsArray, ...values: TemplateValue[]): Rendered {
  return new Rendered(templates.get(strings) ?? remember(strings), values);
}

function remember(strings: TemplateStringsArray): Template {
  // An array that does not come from source code could come from a request.
  if (!Object.isFrozen(strings) || !Array.isArray(strings.raw)) {
    throw new TypeError("html is the tag of a template, html`<p>…</p>`; it cannot be called as a function");
  }
  const template = analyse({ strings, location: callSiteOf(html) });
  templates.set(strings, template);
  return template;
}
