/**
 * What templates cost, in microseconds per operation: `node --conditions=anqa-source bench/template.ts`.
 * Each figure is the median of 15 rounds.
 */
import { diffMembers, each, html, toHtml, treeMembers } from "../src/template/index.ts";

interface Line {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly note: string;
}

const lines = (count: number): Line[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    name: `Line ${id}`,
    price: id * 1.5,
    stock: id % 7,
    note: "as usual",
  }));

const LineRow = (line: Line) =>
  html`<tr id="line-${line.id}"><td>${line.name}</td><td>${line.price}</td><td>${line.stock}</td><td>${line.note}</td></tr>`;

const Table = (of: readonly Line[]) => html`<table>${of.map(LineRow)}</table>`;
const List = (of: readonly Line[]) => html`<table>${each(of, LineRow, { key: ({ id }) => id })}</table>`;
const FreshList = (of: readonly Line[]) =>
  html`<table>${each(of, (line) => LineRow(line), { key: ({ id }) => id })}</table>`;
const Counter = (count: number) => html`<h1>Count: ${count}</h1><button phx-click="increment">+1</button>`;

const fifty = lines(50);
const hundred = lines(100);
const changed = hundred.map((line) => (line.id === 40 ? { ...line, stock: 99 } : line));
const moved = [...hundred.slice(1), hundred[0] as Line];
const table = Table(fifty);
const hundredList = List(hundred);
const keep: unknown[] = [hundredList];

measure("html: counter", () => Counter(1));
measure("diff: counter", () => diffMembers(Counter(1), Counter(2)));
measure("html + toHtml: table 50×5", () => toHtml(Table(fifty)));
measure("toHtml: table 50×5", () => toHtml(table));
measure("treeMembers: table 50×5", () => flat(treeMembers(table)));
measure("diff: table 50×5, nothing changed", () => diffMembers(table, Table(fifty)));
measure("each: 100 rows, the same items", () => List(hundred));
measure("each: 100 rows, function made while rendering", () => FreshList(hundred));
measure("treeMembers: 100 shared rows", () => flat(treeMembers(List(hundred))));
measure("each + diff: 100 keyed rows, one changed, first viewer", () => {
  keep[0] = List(hundred);
  const next = List([...changed]);
  flat(diffMembers(keep[0] as ReturnType<typeof List>, next));
});
const [before, after] = [List(hundred), List(changed)];
measure("each + diff: the same, every further viewer", () => diffMembers(before, after));
measure("diff: 100 keyed rows, function made while rendering, one changed", () =>
  flat(diffMembers(FreshList(hundred), FreshList(changed))),
);
measure("each + diff: 100 keyed rows, first moved to the end", () =>
  flat(diffMembers(FreshList(hundred), FreshList(moved))),
);

/** Makes the text one piece, as sending does. */
function flat(text: string): number {
  return Buffer.byteLength(text);
}

function measure(name: string, operation: () => unknown): void {
  const rounds = Array.from({ length: 15 }, () => microsecondsOf(operation)).sort((a, b) => a - b);
  console.log(`${(rounds[7] as number).toFixed(2).padStart(9)} µs  ${name}`);
}

function microsecondsOf(operation: () => unknown): number {
  const repetitions = 1000;
  const start = process.hrtime.bigint();
  for (let count = 0; count < repetitions; count++) operation();
  return Number(process.hrtime.bigint() - start) / 1000 / repetitions;
}
