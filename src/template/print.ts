import { isUrlAttribute, takesWords } from "./attribute-rules.ts";
import { escapeAttribute, escapeText } from "./escape.ts";
import type { Hole } from "./hole.ts";
import { attributeRefusal } from "./refusals.ts";
import { Comprehension, Raw, type SpreadAttributes, type TemplateValue } from "./rendered.ts";
import { harmlessUrl } from "./url.ts";
import { wrongValue } from "./wrong-value.ts";

/** What an attribute's name may not contain; a browser would read something else. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const forbiddenInName = /[\u0000-\u0020\u007f-\u009f"'<>/=]/;

/**
 * The text that a value prints in a hole.
 *
 * @param value anything but a node: `nodeOf` has been asked.
 * @throws if the hole does not take such a value.
 */
export function print(hole: Hole, value: TemplateValue): string {
  switch (hole.place) {
    case "text":
      return typeof value === "object" && value !== null ? markup(hole, value) : escapeText(text(hole, value));
    case "plainText":
      return escapeText(text(hole, value));
    case "quoted":
      return quotedValue(hole, value);
    case "attribute":
      return attribute(hole, hole.name, value, hole.words, hole.url !== "no");
    case "spread":
      return spread(hole, value);
  }
}

function markup(hole: Hole, value: object): string {
  if (value instanceof Raw) return value.markup;
  // A list with rows would be a node.
  if (value instanceof Comprehension || Array.isArray(value)) return "";
  throw wrongValue(hole, value);
}

function text(hole: Hole, value: TemplateValue): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "true" : "";
    case "undefined":
      return "";
    default:
      if (value === null) return "";
      throw wrongValue(hole, value);
  }
}

function quotedValue(hole: Hole, value: TemplateValue): string {
  if (value === false && hole.words) return "false";
  const plain = text(hole, value);
  return escapeAttribute(hole.url === "no" ? plain : harmlessUrl(plain, hole.url === "continued"));
}

function attribute(hole: Hole, name: string, value: TemplateValue, words: boolean, url: boolean): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") {
    if (words) return ` ${name}="${value}"`;
    return value ? ` ${name}` : "";
  }
  const plain = text(hole, value);
  return ` ${name}="${escapeAttribute(url ? harmlessUrl(plain, false) : plain)}"`;
}

function spread(hole: Hole, value: TemplateValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (!isPlainObject(value)) throw wrongValue(hole, value);
  let attributes = "";
  for (const [name, one] of Object.entries(value)) {
    const lower = name.toLowerCase();
    const refusal = attributeRefusal(lower);
    if (refusal !== undefined) throw hole.error(refusal);
    if (name === "" || forbiddenInName.test(name)) {
      throw hole.error({
        problem: `${JSON.stringify(name)} cannot be the name of an attribute.`,
        remedy: "Take names from your own code, never from what a user wrote.",
      });
    }
    attributes += attribute(hole, name, one, takesWords(lower), isUrlAttribute(lower));
  }
  return attributes;
}

function isPlainObject(value: TemplateValue): value is SpreadAttributes {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
