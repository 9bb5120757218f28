import { types } from "node:util";
import { hidden, isSecret } from "./secrets.ts";

/** How much of a value is shown. */
const deepest = 4;
const mostEntries = 50;
const longestText = 1_000;
const mostCharacters = 20_000;

/**
 * Any value as text for a page that a developer reads: like `util.inspect`, but it runs no code of the value (no
 * getters, no `toJSON`, no proxies, no custom inspection), hides what goes by the name of a secret, and ends soon,
 * however large the value is. Never throws.
 */
export function inspectValue(value: unknown): string {
  try {
    return new Inspection().print(value, "");
  } catch (error) {
    return `[cannot be shown: ${error instanceof Error ? error.message : "it throws when it is looked at"}]`;
  }
}

class Inspection {
  readonly #above: object[] = [];
  #room = mostCharacters;

  print(value: unknown, indent: string): string {
    if (this.#room <= 0) return "…";
    const text = this.#print(value, indent);
    // Whatever it is, it takes a line, or a part of one.
    this.#room -= typeof value === "object" ? indent.length : text.length + indent.length;
    return text;
  }

  #print(value: unknown, indent: string): string {
    if (typeof value === "string") return quote(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "function") return `[Function${nameOf(value) && `: ${nameOf(value)}`}]`;
    if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
    if (this.#above.includes(value)) return "[Circular]";
    if (types.isProxy(value)) return "[Proxy]";
    const whole = printWhole(value);
    if (whole !== undefined) return whole;
    if (this.#above.length >= deepest) return Array.isArray(value) ? `[Array(${value.length})]` : `[${classOf(value)}]`;
    this.#above.push(value);
    const text = this.#printInside(value, indent);
    this.#above.pop();
    return text;
  }

  /** Lists are read by functions that no list can have replaced. */
  #printInside(value: object, indent: string): string {
    const inner = `${indent}  `;
    if (Array.isArray(value))
      return this.#enclose("", "[", this.#items(elementsOf(value), value.length, inner), "]", indent);
    if (types.isSet(value)) {
      const size = Reflect.get(Set.prototype, "size", value);
      const items = this.#items(Set.prototype.values.call(value), size, inner);
      return this.#enclose(`Set(${size}) `, "{", items, "}", indent);
    }
    if (types.isMap(value)) {
      const size = Reflect.get(Map.prototype, "size", value);
      const entries = this.#entries(Map.prototype.entries.call(value), size, inner);
      return this.#enclose(`Map(${size}) `, "{", entries, "}", indent);
    }
    const name = classOf(value);
    return this.#enclose(name === "Object" ? "" : `${name} `, "{", this.#properties(value, inner), "}", indent);
  }

  #items(items: Iterable<unknown>, size: number, indent: string): string[] {
    const lines: string[] = [];
    for (const item of items) {
      if (lines.length === mostEntries) return [...lines, `… ${size - mostEntries} more`];
      lines.push(this.print(item, indent));
    }
    return lines;
  }

  #entries(entries: Iterable<[unknown, unknown]>, size: number, indent: string): string[] {
    const lines: string[] = [];
    for (const [key, value] of entries) {
      if (lines.length === mostEntries) return [...lines, `… ${size - mostEntries} more`];
      const secret = typeof key === "string" && isSecret(key);
      lines.push(`${this.print(key, indent)} => ${secret ? hidden : this.print(value, indent)}`);
    }
    return lines;
  }

  #properties(value: object, indent: string): string[] {
    const keys = Object.keys(value);
    const lines = keys.slice(0, mostEntries).map((key) => {
      const { value: inner, get, set } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
      const accessor = get !== undefined || set !== undefined;
      const text = isSecret(key) ? hidden : accessor ? "[Getter]" : this.print(inner, indent);
      return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${text}`;
    });
    return keys.length > mostEntries ? [...lines, `… ${keys.length - mostEntries} more`] : lines;
  }

  #enclose(prefix: string, open: string, lines: readonly string[], close: string, indent: string): string {
    if (lines.length === 0) return `${prefix}${open}${close}`;
    const short = lines.join(", ");
    if (short.length <= 72 && !short.includes("\n")) {
      return open === "[" ? `${prefix}[${short}]` : `${prefix}${open} ${short} ${close}`;
    }
    return `${prefix}${open}\n${lines.map((line) => `${indent}  ${line},\n`).join("")}${indent}${close}`;
  }
}

function* elementsOf(list: readonly unknown[]): Generator<unknown> {
  for (let index = 0; index < list.length; index++) yield Object.getOwnPropertyDescriptor(list, index)?.value;
}

/** Objects that are shown in one piece; methods are taken from where no object can have replaced them. */
function printWhole(value: object): string | undefined {
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    return Number.isNaN(time) ? "Invalid Date" : new Date(time).toISOString();
  }
  if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
  if (types.isNativeError(value)) return `[${classOf(value)}: ${quote(ownText(value, "message"))}]`;
  if (ArrayBuffer.isView(value)) return `[${classOf(value)}, ${value.byteLength} bytes]`;
  if (types.isAnyArrayBuffer(value)) return `[${classOf(value)}, ${value.byteLength} bytes]`;
  if (types.isPromise(value)) return "[Promise]";
  if (types.isBoxedPrimitive(value)) return `[${classOf(value)}]`;
  if (types.isWeakMap(value) || types.isWeakSet(value)) return `[${classOf(value)}]`;
  return undefined;
}

/** The name of the class that an object was made by, found without running anything of it. */
function classOf(value: object): string {
  const prototype: object | null = types.isProxy(value) ? null : Object.getPrototypeOf(value);
  if (prototype === null || types.isProxy(prototype)) return "Object";
  const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return (typeof made === "function" && nameOf(made)) || "Object";
}

function nameOf(given: object): string {
  return types.isProxy(given) ? "" : ownText(given, "name");
}

function ownText(value: object, name: string): string {
  const text = Object.getOwnPropertyDescriptor(value, name)?.value;
  return typeof text === "string" ? text : "";
}

function quote(text: string): string {
  const rest = text.length - longestText;
  return rest > 0 ? `${JSON.stringify(text.slice(0, longestText))} … ${rest} more characters` : JSON.stringify(text);
}
