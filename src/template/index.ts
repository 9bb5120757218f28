/**
 * HTML templates, and the smallest diffs between two renderings.
 *
 * `html` keeps what the author wrote apart from what the data says: the first is analysed once per call site,
 * the second is escaped for the place where it stands. The result is a tree of values rather than text, which
 * is what makes it possible to send a browser only what changed. Everything here is a pure function; nothing
 * here knows of sockets or processes.
 *
 * @example
 * const Row = (user: User) => html`<li class="${user.role}">${user.name}</li>`;
 * const Page = (users: User[]) => html`<ul>${each(users, Row, { key: (user) => user.id })}</ul>`;
 *
 * toHtml(Page(users));                        // the whole page as HTML
 * treeMembers(Page(users));                   // the same for the LiveView client, as JSON members
 * diffMembers(Page(before), Page(after));     // only what differs; "" when nothing does
 *
 * @module
 */
export { diffMembers } from "./diff.ts";
export { type EachOptions, each, type Row } from "./each.ts";
export { escapeAttribute, escapeText } from "./escape.ts";
export { html } from "./html.ts";
export {
  type AttributeValue,
  Comprehension,
  isRendered,
  type Key,
  Raw,
  Rendered,
  raw,
  type SpreadAttributes,
  type TemplateValue,
} from "./rendered.ts";
export { toHtml } from "./to-html.ts";
export { treeMembers } from "./tree.ts";
