import type { Message } from "../message.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";

/** A message that carries its answer with it. */
export abstract class Request<Answer> implements Message {
  abstract readonly event: string;
  abstract readonly payload: unknown;
  readonly #answer: PromiseWithResolvers<unknown> = Promise.withResolvers();

  get answer(): Promise<Answer> {
    return this.#answer.promise as Promise<Answer>;
  }

  resolve(answer: Answer): void {
    this.#answer.resolve(answer);
  }

  reject(error: Error): void {
    this.#answer.reject(error);
  }
}

/** Start a child of what is given. */
export class StartChild extends Request<Process> {
  readonly event = "start_child";
  readonly payload: unknown;

  constructor(given: unknown) {
    super();
    this.payload = given;
  }
}

/** Stop a child; answered with whether it was one. */
export class StopChild extends Request<boolean> {
  readonly event = "stop_child";
  readonly payload: Process | Pid;

  constructor(child: Process | Pid) {
    super();
    this.payload = child;
  }
}

/** What a child was started with, if more than its arguments. */
export class WithOptions {
  readonly args: unknown;
  readonly options: unknown;

  constructor(args: unknown, options: unknown) {
    this.args = args;
    this.options = options;
  }
}

/** A child could not be started again: try once more. */
export class RestartFailed implements Message {
  readonly event = "restart_failed";
  /** What the child is started with. */
  readonly payload: unknown;
  readonly error: Error;

  constructor(given: unknown, error: Error) {
    this.payload = given;
    this.error = error;
  }
}
