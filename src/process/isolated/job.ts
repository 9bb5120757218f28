import { MessageChannel, type MessagePort, type Transferable } from "node:worker_threads";
import type { Order } from "./protocol.ts";

/** What is to be done, within which bounds. */
export interface JobOptions {
  /** The URL of the module. */
  readonly module: string;
  readonly export: string;
  readonly argument: unknown;
  readonly transfer: readonly Transferable[];
  /** Milliseconds, from when a thread begins. */
  readonly timeout: number;
  readonly maxOldSpaceMegabytes: number;
}

/** One call: settled once, whatever comes first. */
export class Job {
  readonly options: JobOptions;
  /** Resolves with what the function returns. */
  readonly result: Promise<unknown>;
  readonly #settle: PromiseWithResolvers<unknown>;
  readonly #argument: MessagePort;
  #handedOver = false;

  /**
   * Writes the argument down at once: what its owner changes in it later is not seen, and transferred objects
   * are gone from here on.
   *
   * @throws `DataCloneError` if the argument cannot be sent to a thread.
   */
  constructor(options: JobOptions) {
    const { port1, port2 } = new MessageChannel();
    try {
      port1.postMessage(options.argument, [...options.transfer]);
    } catch (error) {
      port2.close();
      throw error;
    } finally {
      // What has been written waits in the other one.
      port1.close();
    }
    this.options = options;
    this.#argument = port2;
    this.#settle = Promise.withResolvers();
    this.result = this.#settle.promise;
  }

  /** The function, as errors name it. */
  get name(): string {
    const file = this.options.module.slice(this.options.module.lastIndexOf("/") + 1);
    return `${this.options.export} of ${file}`;
  }

  /** The message for the thread, and what is transferred with it. To be asked for once. */
  handOver(): [Order, Transferable[]] {
    this.#handedOver = true;
    return [{ module: this.options.module, export: this.options.export, argument: this.#argument }, [this.#argument]];
  }

  resolve(value: unknown): void {
    this.#settle.resolve(value);
  }

  reject(error: unknown): void {
    if (!this.#handedOver) this.#argument.close();
    this.#settle.reject(error);
  }
}
