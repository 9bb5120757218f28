import type { Template } from "./template.ts";

/** What an attribute can be given: `true` writes the bare name, `false`, `null` and `undefined` leave it away. */
export type AttributeValue = string | number | bigint | boolean | null | undefined;

/** Attributes by name, for a hole that stands in a tag by itself: `<input ${attributes}>`. */
export interface SpreadAttributes {
  readonly [name: string]: AttributeValue;
}

/** What may stand in a hole of a template. `false`, `null` and `undefined` print nothing. */
export type TemplateValue =
  | AttributeValue
  | Raw
  | Rendered
  | Comprehension
  | readonly TemplateValue[]
  | SpreadAttributes;

/** Markup that is inserted as it is; made by {@link raw}. */
export class Raw {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/**
 * Marks markup as safe to insert between tags without escaping.
 *
 * **Never give it anything that a user wrote**, unless a sanitizer has been over it: this is the one way
 * around the escaping of `html`.
 *
 * @example html`<article>${raw(markdownToSafeHtml(text))}</article>`
 */
export function raw(markup: string): Raw {
  return new Raw(markup);
}

/**
 * A template together with the values of its holes; made by `html`.
 *
 * The values are kept as they were given. They are escaped when the tree is printed or when a diff finds
 * them changed, so that an unchanged value costs one comparison and no work on its text.
 */
export class Rendered {
  readonly template: Template;
  readonly values: readonly TemplateValue[];
  /** Whether many trees hold this very object, so that keeping its JSON pays. Set by `each`. */
  shared = false;
  /** Its JSON as an entry of a list, once that was needed; kept only while `shared`. */
  entryJson: string | undefined = undefined;

  constructor(template: Template, values: readonly TemplateValue[]) {
    this.template = template;
    this.values = values;
  }
}

/** Whether `value` was made by `html`. */
export function isRendered(value: unknown): value is Rendered {
  return value instanceof Rendered;
}

/** What tells an entry of a list from the others, wherever it stands. */
export type Key = string | number;

/**
 * A list of rows; made by `each`, and from any array in a hole.
 *
 * On the wire the statics of a list are sent once and its entries hold dynamics only. That works as long as
 * all rows come from one template. A list of anything else is *mixed*: its statics are two empty strings,
 * and every entry has the row as its only dynamic.
 */
export class Comprehension {
  /** What the rows are made from, by which `each` recognises the same list. */
  readonly items: readonly unknown[];
  /** The keys of the rows; without them rows are matched by their index. */
  readonly keys: readonly Key[] | undefined;
  /** Whether many trees hold this very object. Set by `each`. */
  shared = false;
  /** How the last diff came to this list, see `diff.ts`. */
  arrival: Arrival | undefined = undefined;

  readonly #source: RowSource;
  #rows: readonly TemplateValue[] | undefined = undefined;
  #template: Template | undefined = undefined;

  constructor(items: readonly unknown[], source: RowSource, keys?: readonly Key[]) {
    this.items = items;
    this.#source = source;
    this.keys = keys;
  }

  get length(): number {
    return this.items.length;
  }

  /** The rows, made when they are first asked for and kept. All of them `Rendered` unless the list is mixed. */
  get rows(): readonly TemplateValue[] {
    if (this.#rows === undefined) {
      this.#rows = this.#source.rows(this);
      this.#template = commonTemplate(this.#rows);
    }
    return this.#rows;
  }

  /** The rows, if they have been made. */
  get madeRows(): readonly TemplateValue[] | undefined {
    return this.#rows;
  }

  /** The template of every row; `undefined` when the list is mixed. Means nothing when it is empty. */
  get template(): Template | undefined {
    if (this.#rows === undefined) void this.rows;
    return this.#template;
  }

  /** One row for printing, made and forgotten if the rows have not been made: a page is printed only once. */
  rowToPrint(index: number): TemplateValue {
    return this.#rows === undefined ? this.#source.row(this.items[index]) : this.#rows[index];
  }
}

/** What makes the rows of a list from its items. */
export interface RowSource {
  /** All rows, for a list that keeps them. */
  rows(list: Comprehension): readonly TemplateValue[];
  /** One row, for printing. */
  row(item: unknown): TemplateValue;
}

/** The list that an array in a hole is: its items are its rows. */
export function listOf(rows: readonly TemplateValue[]): Comprehension {
  return new Comprehension(rows, itemsAreRows);
}

const itemsAreRows: RowSource = {
  rows: (list) => list.items as readonly TemplateValue[],
  row: (item) => item as TemplateValue,
};

/** The diff from one list to another, as it was sent to the first who had both. */
export interface Arrival {
  /** Weak, or every list would hold all the lists that were before it. */
  readonly from: WeakRef<Comprehension>;
  readonly json: string;
}

function commonTemplate(rows: readonly TemplateValue[]): Template | undefined {
  const first = rows[0];
  if (!(first instanceof Rendered)) return undefined;
  const { template } = first;
  for (let index = 1; index < rows.length; index++) {
    const row = rows[index];
    if (!(row instanceof Rendered) || row.template !== template) return undefined;
  }
  return template;
}
