import { plainTextElements, rawTextElements, slashLeavesOpen } from "./elements.ts";
import * as refusals from "./refusals.ts";
import { type Position, type TemplateSource, templateError } from "./source.ts";
import { TemplateWriter } from "./template-writer.ts";
import { endsName, letter, type State, whitespace } from "./tokenizer-states.ts";

/**
 * Reads a template once: finds out where each of its holes stands, and refuses those that no escaping makes safe.
 *
 * The states are those of the HTML standard (section 13.2.5) as far as they matter for that. Where the standard
 * has a browser guess what was meant, the template is refused.
 *
 * @returns the writer with everything that was found.
 * @throws with the call site and the offending line.
 */
export function tokenize(source: TemplateSource): TemplateWriter {
  const writer = new TemplateWriter(source);
  const tokenizer = new Tokenizer(source, writer);
  for (const [index, text] of source.strings.entries()) {
    if (index > 0) tokenizer.readHole();
    tokenizer.readText(text, index);
  }
  tokenizer.finish();
  return writer;
}

class Tokenizer {
  readonly #source: TemplateSource;
  readonly #writer: TemplateWriter;
  #state: State = "text";
  #position: Position = { text: 0, offset: 0 };
  /** The name of the tag that is being read, or of the element whose content is. */
  #tag = "";
  #attribute = "";
  #quote = "";
  /** What is read of a comment, a declaration, an unquoted value, or a tag in content. */
  #pending = "";

  constructor(source: TemplateSource, writer: TemplateWriter) {
    this.#source = source;
    this.#writer = writer;
  }

  readText(text: string, index: number): void {
    for (let offset = 0; offset < text.length; offset++) {
      this.#position = { text: index, offset };
      this.#read(text[offset] as string);
    }
    this.#position = { text: index, offset: text.length };
  }

  readHole(): void {
    switch (this.#state) {
      case "text":
        this.#writer.root.content();
        this.#writer.hole("text");
        return;
      case "content":
        if (rawTextElements.has(this.#tag)) throw this.#refuse(refusals.dynamicRawText(this.#tag));
        this.#writer.hole("plainText", this.#tag);
        return;
      case "after attribute name":
        this.#writer.attribute(this.#attribute);
        this.#spread();
        return;
      case "in tag":
      case "slash":
        this.#spread();
        return;
      case "before value":
        this.#refuseAttribute();
        this.#writer.wholeAttributeHole(this.#attribute);
        this.#state = "after value hole";
        return;
      case "quoted value":
        this.#refuseAttribute();
        this.#writer.quotedValueHole(this.#attribute);
        return;
      case "unquoted value":
      case "after value hole":
        this.#refuseAttribute();
        throw this.#refuse(refusals.partialValue);
      case "attribute name":
        throw this.#refuse(refusals.dynamicAttributeName);
      case "comment":
      case "declaration":
        throw this.#refuse(refusals.dynamicComment);
      case "end tag":
        throw this.#refuse(refusals.dynamicEndTag);
      default:
        throw this.#refuse(refusals.dynamicTagName);
    }
  }

  finish(): void {
    if (this.#state !== "text") throw this.#refuse(refusals.unfinished);
    this.#writer.finish();
  }

  #read(character: string): void {
    switch (this.#state) {
      case "text":
        if (character === "<") this.#state = "tag open";
        else this.#text(character);
        return;
      case "tag open":
        return this.#readTagOpen(character);
      case "end tag open":
        this.#pending = "</";
        this.#tag = "";
        return this.#readAs(letter.test(character) ? "end tag name" : "declaration", character);
      case "tag name":
      case "end tag name":
        return this.#readTagName(character);
      case "end tag":
        if (whitespace.test(character)) return;
        if (character !== ">") throw this.#refuse(refusals.dynamicEndTag);
        this.#writer.root.endTag(this.#tag.toLowerCase());
        this.#writer.markup(`</${this.#tag}>`);
        this.#state = "text";
        return;
      case "declaration":
        return this.#readDeclaration(character);
      case "comment":
        return this.#readComment(character);
      case "in tag":
        return this.#readInTag(character);
      case "slash":
        if (character === ">") this.#finishStartTag("/>");
        else this.#readAs("in tag", character);
        return;
      case "attribute name":
      case "after attribute name":
        return this.#readAttributeName(character);
      case "before value":
        return this.#readBeforeValue(character);
      case "quoted value":
        if (character !== this.#quote) this.#writer.quotedValue(character);
        else {
          this.#writer.finishQuotedValue(this.#attribute, this.#quote);
          this.#state = "in tag";
        }
        return;
      case "unquoted value":
        return this.#readUnquotedValue(character);
      case "after value hole":
        if (!endsName(character)) throw this.#refuse(refusals.partialValue);
        return this.#readAs("in tag", character);
      case "content":
        this.#pending = character;
        if (character === "<") this.#state = "content tag";
        else this.#writer.markup(character);
        return;
      case "content tag":
        return this.#readContentTag(character);
    }
  }

  #readTagOpen(character: string): void {
    this.#tag = "";
    this.#pending = "<";
    if (character === "/") this.#state = "end tag open";
    else if (letter.test(character)) this.#readAs("tag name", character);
    else if (character === "!" || character === "?") this.#readAs("declaration", character);
    else {
      this.#text("<");
      this.#readAs("text", character);
    }
  }

  #readTagName(character: string): void {
    if (character === "<") throw this.#refuse(refusals.missingTagEnd);
    if (!endsName(character)) this.#tag += character;
    else if (this.#state === "end tag name") this.#readAs("end tag", character);
    else {
      this.#writer.startTag(this.#tag);
      this.#readAs("in tag", character);
    }
  }

  #readInTag(character: string): void {
    if (whitespace.test(character)) return;
    if (character === "/") this.#state = "slash";
    else if (character === ">") this.#finishStartTag(">");
    else if (character === "=") throw this.#refuse(refusals.strayCharacter(character));
    else {
      this.#attribute = "";
      this.#readAs("attribute name", character);
    }
  }

  #readAttributeName(character: string): void {
    if (character === "=") this.#state = "before value";
    else if (whitespace.test(character)) this.#state = "after attribute name";
    else if (this.#state === "after attribute name" || endsName(character)) {
      this.#writer.attribute(this.#attribute);
      this.#readAs("in tag", character);
    } else if (`"'<`.includes(character)) throw this.#refuse(refusals.strayCharacter(character));
    else this.#attribute += character;
  }

  #readBeforeValue(character: string): void {
    if (whitespace.test(character)) return;
    if (character === '"' || character === "'") {
      this.#quote = character;
      this.#writer.startQuotedValue(this.#attribute, character);
      this.#state = "quoted value";
    } else {
      this.#pending = "";
      this.#readAs("unquoted value", character);
    }
  }

  #readUnquotedValue(character: string): void {
    if (whitespace.test(character) || character === ">") {
      this.#writer.attribute(this.#attribute, this.#pending);
      this.#readAs("in tag", character);
    } else if (`"'<=\``.includes(character)) throw this.#refuse(refusals.strayCharacter(character));
    else this.#pending += character;
  }

  #readDeclaration(character: string): void {
    this.#pending += character;
    if (this.#pending === "<!--") this.#state = "comment";
    else if (character === ">") {
      this.#writer.root.content();
      this.#writer.markup(this.#pending);
      this.#state = "text";
    }
  }

  #readComment(character: string): void {
    this.#pending += character;
    if (!this.#pending.endsWith("-->") && !this.#pending.endsWith("--!>")) return;
    this.#writer.root.comment(this.#pending);
    this.#writer.markup(this.#pending);
    this.#state = "text";
  }

  #readContentTag(character: string): void {
    const endTag = `</${this.#tag}`;
    const read = this.#pending.toLowerCase();
    if (read === endTag && endsName(character)) {
      if (this.#tag === "script" && this.#writer.content.includes("<!--")) throw this.#refuse(refusals.hiddenScriptEnd);
      this.#readAs("end tag", character);
    } else if (endTag.startsWith(read + character.toLowerCase())) this.#pending += character;
    else {
      const begins = (this.#pending + character)[1] as string;
      if (plainTextElements.has(this.#tag) && /[a-z/!?]/i.test(begins)) {
        throw this.#refuse(refusals.markupInPlainText(this.#tag));
      }
      this.#writer.markup(this.#pending);
      this.#readAs("content", character);
    }
  }

  #finishStartTag(end: ">" | "/>"): void {
    const name = this.#tag.toLowerCase();
    const hasOnlyText = rawTextElements.has(name) || plainTextElements.has(name);
    if (end === "/>" && (hasOnlyText || slashLeavesOpen(name))) throw this.#refuse(refusals.notSelfClosing(name));
    this.#writer.root.startTag(name, end === "/>");
    this.#writer.finishStartTag(end);
    if (hasOnlyText) this.#tag = name;
    this.#state = hasOnlyText ? "content" : "text";
  }

  #text(character: string): void {
    if (!whitespace.test(character)) this.#writer.root.content();
    this.#writer.markup(character);
  }

  #spread(): void {
    this.#writer.hole("spread");
    this.#state = "in tag";
  }

  /** Goes on in another state, with the same character. */
  #readAs(state: State, character: string): void {
    this.#state = state;
    this.#read(character);
  }

  #refuseAttribute(): void {
    const refusal = refusals.attributeRefusal(this.#attribute.toLowerCase());
    if (refusal !== undefined) throw this.#refuse(refusal);
  }

  #refuse(refusal: refusals.Refusal): Error {
    return templateError(this.#source, this.#position, refusal);
  }
}
