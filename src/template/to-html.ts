import { escapeText } from "./escape.ts";
import type { Hole } from "./hole.ts";
import { nodeOf } from "./node-of.ts";
import { print } from "./print.ts";
import { type Comprehension, Rendered, type TemplateValue } from "./rendered.ts";

/**
 * Prints a tree as HTML, for everything that is not a LiveView's connection: pages, their first request, mails.
 *
 * @throws if a hole has a value that it does not take; the message shows the template.
 */
export function toHtml({ template, values }: Rendered): string {
  const { statics, holes } = template;
  let markup = statics[0] as string;
  for (let index = 0; index < holes.length; index++) {
    markup += holeToHtml(holes[index] as Hole, values[index]);
    markup += statics[index + 1];
  }
  return markup;
}

function holeToHtml(hole: Hole, value: TemplateValue): string {
  // Text and numbers between tags are nearly all there is; they need not be asked what else they could be.
  if (hole.place === "text") {
    if (typeof value === "string") return escapeText(value);
    if (typeof value === "number") return String(value);
  }
  const node = nodeOf(hole, value);
  if (node === undefined) return print(hole, value);
  return node instanceof Rendered ? toHtml(node) : listToHtml(hole, node);
}

function listToHtml(hole: Hole, list: Comprehension): string {
  let markup = "";
  for (let index = 0; index < list.length; index++) markup += holeToHtml(hole, list.rowToPrint(index));
  return markup;
}
