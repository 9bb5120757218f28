/** What the tests of `Task.isolated` run in threads. */
import { threadId } from "node:worker_threads";
import type { IsolatedContext } from "../../src/process/isolated.ts";

export default function double(value: number): number {
  return value * 2;
}

export async function echo(value: unknown): Promise<unknown> {
  return value;
}

export function thread(): number {
  return threadId;
}

/** Says that it has begun, in the first cell, and waits until the second is no longer 0. */
export function gate(cells: Int32Array): number {
  Atomics.add(cells, 0, 1);
  Atomics.notify(cells, 0);
  Atomics.wait(cells, 1, 0);
  return threadId;
}

export function loopForever(): never {
  for (;;);
}

class NotEnough extends RangeError {
  override readonly name = "NotEnough";
  readonly code = "E_NOT_ENOUGH";
}

export function crash(message: string): never {
  throw new NotEnough(message, { cause: new Error("the cause") });
}

export function throwNoError(): never {
  throw "a string";
}

export function crashInTimer(): Promise<never> {
  setTimeout(() => crash("in a timer"), 0);
  return new Promise(() => {});
}

export function exit(code: number): never {
  process.exit(code);
}

export function fillMemory(): never {
  const kept: unknown[] = [];
  for (;;) kept.push({ number: kept.length, list: [kept.length] });
}

/** Grows by doubling: the step that would go beyond a limit is as large as all before. */
export function fillMap(): never {
  const map = new Map<number, number>();
  for (let key = 0; ; key++) map.set(key, key);
}

/** Keeps little and throws much away, for a while. */
export function litter(): number {
  let total = 0;
  for (let round = 0; round < 60; round++) {
    total += JSON.stringify(Array.from({ length: 20_000 }, (_, key) => ({ key, text: `text ${key}` }))).length;
  }
  return total;
}

export function unsendable(): () => void {
  return () => {};
}

export function invert(bytes: Uint8Array<ArrayBuffer>, { transfer }: IsolatedContext): Uint8Array {
  for (const [index, byte] of bytes.entries()) bytes[index] = 255 - byte;
  return transfer(bytes, [bytes.buffer]);
}

export const notAFunction = 1;
