import type { Behaviour } from "../behaviour.ts";
import { self } from "../context.ts";
import { type ExitReason, isPeaceful, type Message, toError } from "../message.ts";
import type { Node } from "../node.ts";
import type { Pid } from "../pid.ts";
import type { Process } from "../process.ts";
import { Deadline } from "./deadline.ts";
import type { Matcher, ReceiveOptions, Routine } from "./routine.ts";

/** What few routines have while they are parked, apart from the rest so that these stay small. */
class Extras {
  /** What did not match, oldest first. */
  kept: Message[] | undefined = undefined;
  deadline: Deadline | undefined = undefined;
  abort: AbortController | undefined = undefined;
  /** Called when the process has ended but for the routine, and that receives again. */
  rested: (() => void) | undefined = undefined;
}

/**
 * The behaviour of a routine's process, and what the routine sees of it: gives each message that comes to the
 * `receive` that waits, or keeps it. It is both because two objects would make a parked routine larger.
 *
 * Invariant: the routine is parked in `receive` exactly while there is a `#resolve`, and then no message that
 * is kept matches.
 */
export class Conversation implements Behaviour, Routine {
  readonly process: Process;
  readonly #run: Promise<void>;
  #resolve: ((message: Message | undefined | Promise<never>) => void) | undefined = undefined;
  #match: Matcher | undefined = undefined;
  #extras: Extras | undefined = undefined;

  constructor(process: Process, run: (self: Routine) => Promise<void>) {
    this.process = process;
    this.#run = run(this);
    // Called in the context of the process, so that one pair of functions does for all of them.
    this.#run.then(exitNormal, exitThrown);
  }

  get node(): Node {
    return this.process.node;
  }

  get pid(): Pid {
    return this.process.pid;
  }

  /** Messages that came and were not wanted yet, oldest first. */
  get kept(): Message[] | undefined {
    return this.#extras?.kept;
  }

  /** What the process calls with the next message. */
  receive(message: Message): void;
  /** What the routine calls to have one. */
  receive<Matched extends Message>(match?: Matcher<Matched>, options?: ReceiveOptions): Promise<Matched>;
  receive(subject?: Message | Matcher, options?: ReceiveOptions): void | Promise<Message | undefined> {
    return typeof subject === "object" ? this.#take(subject) : this.#next(subject, options);
  }

  settle(): void {
    if (this.#extras?.deadline?.over === true) this.#answer(undefined);
  }

  /** A peaceful end waits until the routine is done with what it is at. */
  terminate(reason: ExitReason): void | Promise<void> {
    this.#extras?.abort?.abort();
    if (this.#resolve !== undefined || !isPeaceful(reason)) return;
    return new Promise((resolve, reject) => {
      this.#more().rested = resolve;
      this.#run.then(resolve, (thrown) => (isAbort(thrown) ? resolve() : reject(thrown)));
    });
  }

  get signal(): AbortSignal {
    const extras = this.#more();
    if (extras.abort === undefined) {
      const abort = new AbortController();
      extras.abort = abort;
      this.process.onExit(() => abort.abort());
    }
    return extras.abort.signal;
  }

  #take(message: Message): void {
    this.#extras?.deadline?.looked();
    if (this.#resolve === undefined || !this.#matches(message)) this.#keep(message);
    else this.#answer(message);
  }

  #next(match: Matcher | undefined, options: ReceiveOptions | undefined): Promise<Message | undefined> {
    if (this.process.ended) {
      this.#extras?.rested?.();
      return new Promise(() => {});
    }
    if (this.#resolve !== undefined) return Promise.reject(alreadyReceiving(this.process));
    try {
      const kept = this.#takeKept(match);
      if (kept !== undefined) return Promise.resolve(kept);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
    if (options !== undefined) this.#more().deadline = new Deadline(this.process, options.timeout);
    this.#match = match;
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  #keep(message: Message): void {
    const extras = this.#more();
    if (extras.kept === undefined) extras.kept = [message];
    else extras.kept.push(message);
  }

  #takeKept(match: Matcher | undefined): Message | undefined {
    const kept = this.#extras?.kept;
    if (kept === undefined) return undefined;
    const index = match === undefined ? 0 : kept.findIndex((message) => match(message));
    return index < 0 ? undefined : kept.splice(index, 1)[0];
  }

  /** Whether the parked routine wants this message. What its matcher throws, it gets; the message is kept. */
  #matches(message: Message): boolean {
    if (this.#match === undefined) return true;
    try {
      return this.#match(message);
    } catch (thrown) {
      this.#answer(Promise.reject(thrown));
      return false;
    }
  }

  #answer(message: Message | undefined | Promise<never>): void {
    const resolve = this.#resolve;
    if (this.#extras?.deadline !== undefined) {
      this.#extras.deadline.cancel();
      this.#extras.deadline = undefined;
    }
    this.#match = undefined;
    this.#resolve = undefined;
    resolve?.(message);
  }

  #more(): Extras {
    this.#extras ??= new Extras();
    return this.#extras;
  }
}

function exitNormal(): void {
  self().exit("normal");
}

function exitThrown(thrown: unknown): void {
  self().exit(toError(thrown));
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}

function alreadyReceiving({ label }: Process): Error {
  return new Error(
    `${label} is receiving already: await one receive before the next, and give it a timeout instead of racing it`,
  );
}
