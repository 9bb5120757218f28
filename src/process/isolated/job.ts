import { MessageChannel, type MessagePort, type Transferable } from "node:worker_threads";
import { toBytes } from "./bytes.ts";
import type { Isolation, Order } from "./protocol.ts";

/** What is to be done, within which bounds. */
export interface JobOptions {
  /** The URL of the module. */
  readonly module: string;
  readonly export: string;
  readonly argument: unknown;
  /** Only between threads. */
  readonly transfer: readonly Transferable[];
  /** Milliseconds, from when it begins. */
  readonly timeout: number;
  readonly isolation: Isolation;
  readonly maxOldSpaceMegabytes: number;
}

/** One call: settled once, whatever comes first. */
export class Job {
  readonly options: JobOptions;
  /** Resolves with what the function returns. */
  readonly result: Promise<unknown>;
  readonly #settle: PromiseWithResolvers<unknown>;
  #argument: MessagePort | Uint8Array | undefined;

  /**
   * Writes the argument down at once: what its owner changes in it later is not seen, and transferred objects
   * are gone from here on.
   *
   * @throws `DataCloneError` if the argument cannot be sent.
   */
  constructor(options: JobOptions) {
    const { argument, transfer, isolation } = options;
    this.#argument = isolation === "process" ? toBytes(argument) : toPort(argument, transfer);
    this.options = options;
    this.#settle = Promise.withResolvers();
    this.result = this.#settle.promise;
  }

  /** The function, as errors name it. */
  get name(): string {
    const file = this.options.module.slice(this.options.module.lastIndexOf("/") + 1);
    return `${this.options.export} of ${file}`;
  }

  /** The message for who does it, and what is transferred with it. To be asked for once. */
  handOver(): [Order, Transferable[]] {
    const argument = this.#argument as MessagePort | Uint8Array;
    this.#argument = undefined;
    const order = { module: this.options.module, export: this.options.export, argument };
    return [order, argument instanceof Uint8Array ? [] : [argument]];
  }

  resolve(value: unknown): void {
    this.#settle.resolve(value);
  }

  reject(error: unknown): void {
    if (this.#argument !== undefined && !(this.#argument instanceof Uint8Array)) this.#argument.close();
    this.#argument = undefined;
    this.#settle.reject(error);
  }
}

/** A port in which the value waits. */
function toPort(value: unknown, transfer: readonly Transferable[]): MessagePort {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value, [...transfer]);
    return port2;
  } catch (error) {
    port2.close();
    throw error;
  } finally {
    // What has been written waits in the other one.
    port1.close();
  }
}
