import { Comprehension, type Key, type Rendered, type RowSource } from "./rendered.ts";

/** A function component that renders one item of a list, from that item alone. */
export type Row<Item> = (item: Item) => Rendered;

export interface EachOptions<Item> {
  /** What stays the same when an item moves or changes. Without it rows are matched by their index. */
  readonly key?: (item: Item) => Key;
}

/**
 * Renders a list, one row per item.
 *
 * Give it a row function of module level: it is then called once for each item, however many views show it and
 * however often they render, and all of them share the row and its JSON. That is why such a function must
 * depend on its item only, and why items are replaced rather than changed. A function made during rendering
 * works too, and may use what is around it; its rows are made anew each time.
 *
 * With a `key`, rows that move are sent as moves. Without one, an item put in front changes every row after it.
 *
 * @example
 * const MessageRow = (message: Message) => html`<li>${message.text}</li>`;
 * html`<ul>${each(messages, MessageRow, { key: (message) => message.id })}</ul>`
 *
 * @throws if two items have the same key.
 */
export function each<Item>(items: readonly Item[], Row: Row<Item>, options?: EachOptions<Item>): Comprehension {
  return memoryOf(Row).list(items, options?.key);
}

/** What is remembered for each row function; dropped together with the function. */
const memories = new WeakMap<object, unknown>();

function memoryOf<Item>(Row: Row<Item>): RowMemory<Item> {
  const known = memories.get(Row) as RowMemory<Item> | undefined;
  if (known !== undefined) return known;
  const memory = new RowMemory(Row);
  memories.set(Row, memory);
  return memory;
}

/**
 * The rows made by one row function, and the last list that was given its rows.
 *
 * Invariants: it keeps no item, row or list alive that nobody else does. A list asked for again while somebody
 * still has it is the same object, so that viewers of one list differ in nothing. Rows are remembered from the
 * second list on, since a function made during rendering never sees one. A list that is only printed has no
 * rows and leaves no trace here.
 */
class RowMemory<Item> implements RowSource {
  readonly #Row: Row<Item>;
  #last: WeakRef<Comprehension> | undefined;
  #rows: WeakMap<object, Rendered> | undefined;

  constructor(Row: Row<Item>) {
    this.#Row = Row;
  }

  list(items: readonly Item[], key: ((item: Item) => Key) | undefined): Comprehension {
    const last = this.#last?.deref();
    if (last !== undefined && (last.keys === undefined) === (key === undefined) && sameItems(last.items, items)) {
      if (!last.shared) share(last);
      return last;
    }
    return new Comprehension(items, this, key === undefined ? undefined : distinctKeys(items, key));
  }

  rows(list: Comprehension): readonly Rendered[] {
    if (this.#last !== undefined) this.#rows ??= rowsByItem(this.#last.deref());
    this.#last = new WeakRef(list);
    return list.items.map((item) => {
      const row = this.#remembered(item as Item);
      if (list.shared) row.shared = true;
      return row;
    });
  }

  row(item: unknown): Rendered {
    return this.#Row(item as Item);
  }

  #remembered(item: Item): Rendered {
    if (this.#rows === undefined || !isObject(item)) return this.#Row(item);
    const known = this.#rows.get(item);
    if (known !== undefined) return known;
    const row = this.#Row(item);
    row.shared = true;
    this.#rows.set(item, row);
    return row;
  }
}

function sameItems(items: readonly unknown[], others: readonly unknown[]): boolean {
  if (items === others) return true;
  return items.length === others.length && items.every((item, index) => Object.is(item, others[index]));
}

/** Marks a list and its rows as held by many, so that their JSON is kept. */
function share(list: Comprehension): void {
  list.shared = true;
  for (const row of list.madeRows ?? []) (row as Rendered).shared = true;
}

function rowsByItem(list: Comprehension | undefined): WeakMap<object, Rendered> {
  const rows = new WeakMap<object, Rendered>();
  list?.items.forEach((item, index) => {
    const row = list.rows[index] as Rendered;
    row.shared = true;
    if (isObject(item)) rows.set(item, row);
  });
  return rows;
}

function distinctKeys<Item>(items: readonly Item[], key: (item: Item) => Key): Key[] {
  const keys = items.map(key);
  if (new Set(keys).size < keys.length) {
    const second = keys.findIndex((one, index) => keys.indexOf(one) < index);
    const one = keys[second] as Key;
    throw new Error(
      `each: the items at ${keys.indexOf(one)} and ${second} have the same key ${JSON.stringify(one)}. ` +
        "A key tells an item from all others of its list; use its id, or leave the key away.",
    );
  }
  return keys;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
