import type { SqlValue } from "./request.ts";

/**
 * The parameters of a statement as SQLite takes them: `true` and `false` become 1 and 0.
 *
 * @throws for what SQLite has no type for, rather than storing something that reads back differently.
 */
export function toSqlValues(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map(toSqlValue);
}

function toSqlValue(value: unknown, index: number): SqlValue {
  switch (typeof value) {
    case "string":
    case "bigint":
      return value;
    case "number":
      if (Number.isNaN(value)) throw refusal(index, "NaN", "SQLite would store NULL; pass null if that is meant");
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "undefined":
      throw refusal(index, "undefined", "pass null if that is meant");
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) return ownBytes(value);
  if (value instanceof Date) throw refusal(index, "a Date", "SQLite has no such type; pass toISOString() or getTime()");
  throw refusal(
    index,
    typeof value === "object" ? "an object" : `a ${typeof value}`,
    "SQLite stores text, numbers, bytes and null; pass JSON.stringify(value) to store it as text",
  );
}

/** A copy if the bytes are part of something larger: a whole buffer pool would cross to the thread with them. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}

function refusal(index: number, what: string, advice: string): TypeError {
  return new TypeError(`parameter ${index + 1} of the statement is ${what}: ${advice}`);
}
