import type { Behaviour, ExitCallback } from "./behaviour.ts";
import { processCrash } from "./events.ts";
import { type ExitReason, isPeaceful, type Message, toError } from "./message.ts";
import type { Node } from "./node.ts";
import type { Pid } from "./pid.ts";
import type { Runnable } from "./scheduler.ts";

/** Makes the behaviour of a process, inside that process. A throw here becomes its exit reason. */
export type Start = (process: Process) => Behaviour | Promise<Behaviour>;

/** Messages handled in one turn before other processes get theirs. */
const messagesPerTurn = 64;

/** Handled messages that may lie before the unhandled ones until the mailbox is moved up. */
const handledKept = 1_024;

/**
 * One process: a mailbox, a behaviour, and what has to happen when it ends.
 *
 * The handle is for code that runs in or owns the process; everybody else holds its {@link Pid}.
 * Invariant: it stands in the scheduler's queue exactly while `queued`; a callback of the behaviour is on
 * the stack exactly while `running`, and has a promise pending exactly while `awaiting`. While `ending`,
 * `terminate` is not done yet; who waits for the end is told with `ended`.
 */
export class Process implements Runnable {
  readonly node: Node;
  readonly pid: Pid;
  /** What kind of process this is, for logs and tools: `live counter`, `channel room:*`. */
  readonly label: string;
  /** Turns exit signals of linked processes into `EXIT` messages. */
  trapExit = false;
  /** Called when a peaceful end has to wait for a handler that awaits: time for it to wait no longer. */
  onExitDelayed: (() => void) | undefined;

  #state: "queued" | "running" | "awaiting" | "idle" | "ending" | "ended" = "queued";
  #start: Start | undefined;
  #behaviour: Behaviour | undefined;
  #mailbox: Message[] | undefined;
  #next = 0;
  #unsettled = false;
  #requestedExit: ExitReason | undefined;
  #exitCallbacks: ExitCallback[] | undefined;
  #links: Set<Process> | undefined;
  #timers: Set<NodeJS.Timeout> | undefined;
  #started: PromiseWithResolvers<void> | undefined;

  /** Use `node.spawn`. */
  constructor(node: Node, pid: Pid, label: string, start: Start) {
    this.node = node;
    this.pid = pid;
    this.label = label;
    this.#start = start;
    node.scheduler.schedule(this);
  }

  /** True from the moment on at which nothing reaches it any more. */
  get ended(): boolean {
    return this.#state === "ended" || this.#state === "ending";
  }

  /** Messages that wait. */
  get mailboxLength(): number {
    return this.#mailbox === undefined ? 0 : this.#mailbox.length - this.#next;
  }

  /** Puts a message into the mailbox; after the end it goes nowhere. */
  deliver(message: Message): void {
    if (this.ended) return;
    if (this.#mailbox === undefined) this.#mailbox = [message];
    else this.#mailbox.push(message);
    this.#queue();
  }

  /** Asks for a turn even without mail, so that `settle` is called. */
  wake(): void {
    this.#unsettled = true;
    this.#queue();
  }

  /**
   * Delivers `message` after `milliseconds`. The timer ends with the process.
   *
   * @returns a function that cancels it.
   */
  sendAfter(message: Message, milliseconds: number): () => void {
    if (this.ended) return () => {};
    this.#timers ??= new Set();
    const timers = this.#timers;
    const timer = setTimeout(() => {
      timers.delete(timer);
      this.deliver(message);
    }, milliseconds);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  }

  /** Resolves once the start function is done; rejects with what it threw. */
  started(): Promise<void> {
    if (this.ended) return Promise.reject(this.#whyEnded());
    if (this.#behaviour !== undefined) return Promise.resolve();
    this.#started ??= Promise.withResolvers();
    return this.#started.promise;
  }

  /** Runs `callback` when this process has ended and its `terminate` is done; at once if it has. */
  onExit(callback: ExitCallback): void {
    if (this.#state === "ended") callback("noproc");
    else if (this.#exitCallbacks === undefined) this.#exitCallbacks = [callback];
    else this.#exitCallbacks.push(callback);
  }

  /** Takes back what {@link onExit} was given. */
  offExit(callback: ExitCallback): void {
    const index = this.#exitCallbacks?.indexOf(callback) ?? -1;
    if (index >= 0) this.#exitCallbacks?.splice(index, 1);
  }

  /** Ties two processes together: when one ends for another reason than `normal`, so does the other. */
  link(other: Process): void {
    if (other.ended) this.#linkedEnded(other, "noproc");
    else if (!this.ended) {
      this.#links ??= new Set();
      this.#links.add(other);
      other.#links ??= new Set();
      other.#links.add(this);
    }
  }

  unlink(other: Process): void {
    this.#links?.delete(other);
    other.#links?.delete(this);
  }

  /**
   * Ends the process. A message being handled is finished first, unless the handler is waiting for a
   * promise and the reason is a crash or `killed`: then what it still does goes nowhere. `killed` also
   * ends the wait for a `terminate` that does not finish.
   */
  exit(reason: ExitReason): void {
    if (this.ended) {
      if (reason === "killed") this.#announce(reason);
    } else if (this.#state === "running" || (this.#state === "awaiting" && isPeaceful(reason))) {
      if (reason === "killed") this.#requestedExit = reason;
      else this.#requestedExit ??= reason;
      if (this.#state === "awaiting") this.onExitDelayed?.();
    } else this.#end(reason);
  }

  /** A turn: called by the scheduler only. */
  takeTurn(): void {
    if (this.#state !== "queued") return;
    this.#state = "running";
    try {
      const pending = this.#behaviour === undefined ? this.#begin() : this.#work(this.#behaviour);
      if (pending === undefined) this.#turnDone();
      else {
        this.#state = "awaiting";
        pending.then(
          () => this.#turnDone(),
          (thrown) => this.#end(toError(thrown)),
        );
        // Asked for while it was still running: nobody else would look at it before the promise settles.
        if (this.#requestedExit !== undefined) this.exit(this.#requestedExit);
      }
    } catch (thrown) {
      this.#end(toError(thrown));
    }
  }

  #queue(): void {
    if (this.#state !== "idle") return;
    this.#state = "queued";
    this.node.scheduler.schedule(this);
  }

  #begin(): Promise<void> | undefined {
    const start = this.#start as Start;
    this.#start = undefined;
    const behaviour = start(this);
    if (behaviour instanceof Promise) return behaviour.then((made) => this.#adopt(made));
    this.#adopt(behaviour);
    return undefined;
  }

  #adopt(behaviour: Behaviour): void {
    if (this.ended) return;
    this.#behaviour = behaviour;
    this.#unsettled = true;
    this.#started?.resolve();
    this.#started = undefined;
  }

  /** Handles messages until one answers with a promise, the mailbox is empty or the turn is over. */
  #work(behaviour: Behaviour): Promise<void> | undefined {
    for (let budget = messagesPerTurn; this.#mailbox !== undefined && budget > 0; budget--) {
      const message = this.#mailbox[this.#next++] as Message;
      if (this.#next === this.#mailbox.length) {
        this.#mailbox = undefined;
        this.#next = 0;
      }
      this.#unsettled = true;
      const pending = behaviour.receive(message);
      if (pending !== undefined) return pending;
      if (this.#requestedExit !== undefined) return undefined;
    }
    if (!this.#unsettled) return undefined;
    this.#unsettled = false;
    return behaviour.settle?.() ?? undefined;
  }

  #turnDone(): void {
    if (this.ended) return;
    this.#state = "idle";
    if (this.#next > handledKept) this.#dropHandled();
    if (this.#requestedExit !== undefined) this.#end(this.#requestedExit);
    else if (this.#mailbox !== undefined || this.#unsettled) this.#queue();
  }

  /** A mailbox that is never quite empty would keep all that ever went through it. */
  #dropHandled(): void {
    if (this.#mailbox === undefined || this.#next * 2 < this.#mailbox.length) return;
    this.#mailbox.splice(0, this.#next);
    this.#next = 0;
  }

  #end(reason: ExitReason): void {
    if (this.ended) return;
    this.#state = "ending";
    this.#requestedExit = reason;
    this.#mailbox = undefined;
    this.node.forget(this);
    if (this.#timers !== undefined) for (const timer of this.#timers) clearTimeout(timer);
    this.#started?.reject(this.#whyEnded());
    if (reason instanceof Error) this.#report(reason);
    const behaviour = this.#behaviour;
    this.#behaviour = undefined;
    this.#start = undefined;
    if (behaviour?.terminate === undefined || reason === "killed") return this.#announce(reason);
    try {
      const pending = behaviour.terminate(reason);
      if (pending === undefined) this.#announce(reason);
      else {
        pending.then(
          () => this.#announce(reason),
          (thrown) => this.#terminateFailed(reason, thrown),
        );
      }
    } catch (thrown) {
      this.#terminateFailed(reason, thrown);
    }
  }

  #whyEnded(): Error {
    const reason = this.#requestedExit;
    return reason instanceof Error ? reason : new Error(`${this.label} has ended: ${reason}`);
  }

  #terminateFailed(reason: ExitReason, thrown: unknown): void {
    this.#report(toError(thrown));
    this.#announce(reason);
  }

  #report(error: Error): void {
    processCrash.execute({ node: this.node.name, pid: this.pid, label: this.label, error });
  }

  #announce(reason: ExitReason): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    const callbacks = this.#exitCallbacks;
    const links = this.#links;
    this.#exitCallbacks = undefined;
    this.#links = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) this.#tell(callback, reason);
    if (links === undefined) return;
    for (const linked of links) {
      linked.#links?.delete(this);
      linked.#linkedEnded(this, reason);
    }
  }

  /** One callback that throws must keep neither the others from being told nor other processes from running. */
  #tell(callback: ExitCallback, reason: ExitReason): void {
    try {
      callback(reason);
    } catch (thrown) {
      this.#report(toError(thrown));
    }
  }

  #linkedEnded(other: Process, reason: ExitReason): void {
    if (this.ended) return;
    if (this.trapExit) this.deliver({ event: "EXIT", payload: { pid: other.pid, reason }, from: other.pid });
    else if (reason !== "normal") this.exit(reason);
  }
}
