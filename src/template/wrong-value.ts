import type { Hole } from "./hole.ts";
import { Comprehension, Raw, Rendered } from "./rendered.ts";

/** Makes the error for a value that its hole does not take; says what it takes. */
export function wrongValue(hole: Hole, value: unknown): Error {
  return hole.error({ problem: `${placeName(hole)} cannot take ${kindOf(value)}.`, remedy: remedyFor(hole, value) });
}

function placeName({ place, name }: Hole): string {
  switch (place) {
    case "text":
      return "A hole between tags";
    case "plainText":
      return `A hole in <${name}>`;
    case "spread":
      return "A hole in a tag by itself";
    default:
      return `A hole in the attribute "${name}"`;
  }
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name === "" ? "without a name" : value.name}`;
  if (value instanceof Rendered) return "a template";
  if (value instanceof Comprehension || Array.isArray(value)) return "a list";
  if (value instanceof Raw) return "raw markup";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const maker: unknown = value.constructor;
  return typeof maker === "function" && maker !== Object ? `an object of ${maker.name}` : "an object";
}

function remedyFor(hole: Hole, value: unknown): string {
  if (hole.place === "spread")
    return "Give an object of attributes, { class: kind, disabled: true }, or null for none.";
  if (value instanceof Promise) return "Await it before rendering, in mount or in the handler.";
  if (typeof value === "function") return "Call it, and give what it returns.";
  if (value instanceof Date) return "Write it as text first, for example with toLocaleDateString().";
  const more = hole.place === "text" ? " a template, a list of these, or raw()" : " a boolean";
  return `Give a string, a number,${more}; null, undefined and false print nothing.`;
}
