/** What the tests of `Task.isolated` run in threads and processes. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { threadId } from "node:worker_threads";
import type { IsolatedContext } from "../../src/process/isolated.ts";

export default function double(value: number): number {
  return value * 2;
}

export async function echo(value: unknown): Promise<unknown> {
  return value;
}

/** Where it runs: the process, and the thread in it. */
export function place(): string {
  return `${process.pid}/${threadId}`;
}

/** Knocks at a port of the test, and waits until it is let in. */
export async function gate(port: number): Promise<string> {
  await once(connect(port, "127.0.0.1").resume(), "close");
  return place();
}

/** Knocks, does not wait, and keeps knocking. */
export async function knock(port: number): Promise<void> {
  await once(connect(port, "127.0.0.1"), "connect");
}

/** Knocks, and loops. */
export async function knockAndLoop(port: number): Promise<never> {
  await once(connect(port, "127.0.0.1"), "connect");
  for (;;);
}

/** Shared memory is seen at once, also where it has come to. */
export function writeInto(cells: Int32Array): void {
  cells[0] = 1;
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

/** As native code ends that goes wrong. */
export function die(signal: NodeJS.Signals): never {
  process.kill(process.pid, signal);
  for (;;);
}

export function abort(): never {
  process.abort();
}

/** Waits in native code for a program that it has started, and that says when it is there. */
export function waitForProgram(port: number): void {
  const program = `require("node:net").connect(${port}, "127.0.0.1"); setInterval(() => {}, 1000);`;
  execFileSync(process.execPath, ["--eval", program]);
}

/** Starts a program that is to outlive it, and dies. */
export function leaveProgram(port: number): void {
  const program = `require("node:net").connect(${port}, "127.0.0.1"); setInterval(() => {}, 1000);`;
  spawn(process.execPath, ["--eval", program], { stdio: "ignore" });
}

/** Writes to the standard error what V8 says at its end. */
export function cryWolf(): void {
  console.error("FATAL ERROR: a wolf\nand more");
}

/** Keeps little and throws much away, for a while. */
export function litter(): number {
  let total = 0;
  for (let round = 0; round < 60; round++) {
    total += JSON.stringify(Array.from({ length: 20_000 }, (_, key) => ({ key, text: `text ${key}` }))).length;
    total += new Uint8Array(20_000_000).fill(1).length;
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
