import { isUrlAttribute } from "./attribute-rules.ts";
import { voidElements } from "./elements.ts";
import { Hole, type Place } from "./hole.ts";
import { SingleRoot } from "./single-root.ts";
import type { TemplateSource } from "./source.ts";
import { guardUrlHoles } from "./url.ts";

/**
 * Writes the statics of a template while it is read, and collects its holes.
 *
 * Tags are written anew: attributes in quotes, one space before each, no other whitespace. The client recognises
 * the id of a root element only in that form (protocol section 20).
 */
export class TemplateWriter {
  readonly statics: string[] = [];
  readonly holes: Hole[] = [];
  readonly root = new SingleRoot();
  readonly #source: TemplateSource;
  #current = "";
  /** Where the content of the element began that is being written. */
  #contentStart = 0;
  /** The parts of a quoted value around its holes. */
  #valueParts: string[] = [];
  #valueHoles: Hole[] = [];

  constructor(source: TemplateSource) {
    this.#source = source;
  }

  /** Ends the current static with a hole. */
  hole(place: Place, name?: string): Hole {
    const hole = new Hole(this.#source, this.holes.length, place, name);
    this.holes.push(hole);
    this.finish();
    return hole;
  }

  /** Ends the last static. */
  finish(): void {
    this.statics.push(this.#current);
    this.#current = "";
  }

  markup(text: string): void {
    this.#current += text;
  }

  startTag(name: string): void {
    const lower = name.toLowerCase();
    this.#current += `<${voidElements.has(lower) ? lower : name}`;
  }

  finishStartTag(end: ">" | "/>"): void {
    this.#current += end;
    this.#contentStart = this.#current.length;
  }

  /** What was written since the start tag, or the last hole. */
  get content(): string {
    return this.#current.slice(this.#contentStart);
  }

  attribute(name: string, value?: string): void {
    this.#current += value === undefined ? ` ${sentName(name)}` : ` ${sentName(name)}="${value}"`;
  }

  wholeAttributeHole(name: string): void {
    const hole = this.hole("attribute", sentName(name));
    if (isUrlAttribute(name.toLowerCase())) hole.url = "whole";
  }

  startQuotedValue(name: string, quote: string): void {
    this.#current += ` ${sentName(name)}=${quote}`;
    this.#valueParts = [""];
    this.#valueHoles = [];
  }

  quotedValue(character: string): void {
    this.#current += character;
    this.#valueParts[this.#valueParts.length - 1] += character;
  }

  quotedValueHole(name: string): void {
    this.#valueHoles.push(this.hole("quoted", name));
    this.#valueParts.push("");
  }

  finishQuotedValue(name: string, quote: string): void {
    if (isUrlAttribute(name.toLowerCase())) guardUrlHoles(this.#valueParts, this.#valueHoles);
    this.#current += quote;
  }
}

function sentName(name: string): string {
  return name.toLowerCase() === "id" ? "id" : name;
}
