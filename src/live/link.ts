import { type AttributeValue, html, type Rendered, type TemplateValue } from "../template/index.ts";

/** Where a link leads, in one of three ways, and any other attributes of its element. */
export type LinkAttributes = LinkTarget & { readonly [attribute: string]: AttributeValue };

type LinkTarget =
  | { readonly navigate: string; readonly patch?: never; readonly href?: never; readonly replace?: boolean }
  | { readonly patch: string; readonly navigate?: never; readonly href?: never; readonly replace?: boolean }
  | { readonly href: string; readonly navigate?: never; readonly patch?: never; readonly replace?: never };

/**
 * A link of a view (PROTOCOL section 26).
 *
 * - `navigate` leads to another view over the same connection; where that is not possible the browser loads the page.
 * - `patch` leads to another URL of this view: `handleParams` runs with it, nothing is mounted.
 * - `href` is an ordinary link.
 *
 * With `replace` the present entry of the browser's history is replaced.
 *
 * @example link({ navigate: routes.chat({ room }), class: "room" }, room)
 */
export function link(target: LinkAttributes, content: TemplateValue): Rendered {
  const { navigate, patch, href, replace, ...attributes } = target;
  if (href !== undefined) return html`<a href="${href}" ${attributes}>${content}</a>`;
  const kind = navigate === undefined ? "patch" : "redirect";
  const state = replace === true ? "replace" : "push";
  return html`<a href="${navigate ?? patch}" data-phx-link="${kind}" data-phx-link-state="${state}" ${attributes}>${content}</a>`;
}
