import { currentProcess } from "../context.ts";
import type { ExitReason, Message } from "../message.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";
import type { From } from "./context.ts";
import { CallFailed, CallTimeout } from "./errors.ts";
import { type OpenCall, type OpenCalls, openCallsOf } from "./open-calls.ts";

/** How to call. */
export interface CallOptions {
  /** Milliseconds to wait for the reply, default 5,000; `Infinity` waits as long as the server lives. */
  readonly timeout?: number;
}

/** The longest that a timer can be set to. */
const longestTimeout = 2 ** 31 - 1;

/** Who is called. */
export interface Callee {
  /** Its process, while it lives. */
  readonly process: Process | undefined;
  /** Its name, for what goes wrong. */
  toString(): string;
}

/**
 * Calls a server: its handler of `event` answers.
 *
 * @returns a promise of the reply. It rejects with {@link CallTimeout}, with {@link CallFailed} when the server
 *   ends first, and at once when a process calls itself. If the calling process ends it never settles.
 */
export function callServer(
  server: Callee,
  event: string,
  payload: unknown,
  { timeout = 5_000 }: CallOptions = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { process } = server;
    if (process === undefined || process.ended) throw new CallFailed(String(server), event, "noproc");
    if (!(timeout >= 0 && (timeout <= longestTimeout || timeout === Infinity))) {
      throw new RangeError(`the timeout of a call is 0 to ${longestTimeout} ms or Infinity, and not ${timeout}`);
    }
    const caller = currentProcess();
    if (caller === process) throw new Error(selfCall(server, event));
    new Call(server, process, caller, event, payload, resolve, reject).send(timeout);
  });
}

function selfCall(server: Callee, event: string): string {
  return `${server} calls itself with "${event}" and would wait for its own answer for ever: call the function directly, or cast`;
}

/**
 * A call in a mailbox, and its own handler's `from`.
 *
 * Invariant: while it is open, and only then, it stands among the open calls of its server and its caller.
 */
export class Call implements Message, From, OpenCall {
  readonly event: string;
  readonly payload: unknown;

  readonly #server: Callee;
  readonly #process: Process;
  readonly #caller: Process | undefined;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #open = true;

  constructor(
    server: Callee,
    process: Process,
    caller: Process | undefined,
    event: string,
    payload: unknown,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.#server = server;
    this.#process = process;
    this.#caller = caller;
    this.event = event;
    this.payload = payload;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get pid(): Pid | undefined {
    return this.#caller?.pid;
  }

  /** Waits, and puts itself into the server's mailbox. */
  send(timeout: number): void {
    const openCalls = this.#openCalls;
    openCalls.add(this.#process, this);
    if (this.#caller !== undefined) openCalls.add(this.#caller, this);
    // What still runs of a process that has ended waits for nothing, and asks for nothing.
    if (!this.#open) return;
    if (timeout !== Infinity) this.#timer = setTimeout(expire, timeout, this, timeout);
    if (!this.#process.deliver(this)) this.dropped();
  }

  reply(value: unknown): void {
    if (this.#close()) this.#resolve(value);
  }

  /** Lets the caller's promise reject. */
  fail(error: Error): void {
    if (this.#close()) this.#reject(error);
  }

  /** The server's mailbox was full, and this was the oldest in it. */
  dropped(): void {
    this.fail(new CallFailed(String(this.#server), this.event, "overloaded"));
  }

  expire(milliseconds: number): void {
    this.fail(new CallTimeout(String(this.#server), this.event, milliseconds));
  }

  processEnded(process: Process, reason: ExitReason): void {
    if (process === this.#process) this.fail(new CallFailed(String(this.#server), this.event, reason));
    else this.#close();
  }

  #close(): boolean {
    if (!this.#open) return false;
    this.#open = false;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    const openCalls = this.#openCalls;
    openCalls.remove(this.#process, this);
    if (this.#caller !== undefined) openCalls.remove(this.#caller, this);
    return true;
  }

  get #openCalls(): OpenCalls {
    return openCallsOf(this.#process.node);
  }
}

function expire(call: Call, milliseconds: number): void {
  call.expire(milliseconds);
}
