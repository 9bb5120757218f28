import type { AsyncResource } from "node:async_hooks";
import type { Behaviour, ExitCallback } from "./behaviour.ts";
import { contextOf, currentProcess } from "./context.ts";
import { messageHandled, processCrash } from "./events.ts";
import { Extras } from "./extras.ts";
import { Links } from "./links.ts";
import { Mailbox, type MailboxLimit } from "./mailbox.ts";
import { type ExitReason, isPeaceful, type Message, toError } from "./message.ts";
import type { Node, SpawnOptions } from "./node.ts";
import type { Pid } from "./pid.ts";
import type { Runnable } from "./scheduler.ts";
import { startTimer } from "./timer.ts";

/** Makes the behaviour of a process, inside that process. A throw here becomes its exit reason. */
export type Start = (process: Process) => Behaviour | Promise<Behaviour>;

/** Messages handled in one turn before other processes get theirs. */
const messagesPerTurn = 64;

/** Milliseconds that `terminate` gets after a crash, unless the behaviour says otherwise. */
const defaultTerminateTimeout = 5_000;

/** Milliseconds of idleness after which a process drops what it can make again, unless its behaviour says otherwise. */
const defaultHibernateAfter = 15_000;

/** Processes are numbered from 1. */
const noParent = 0;

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
  /** Its number on the node, the `id` of its pid. */
  readonly id: number;
  /** What kind of process this is, for logs and tools: `live counter`, `channel room:*`. */
  readonly label: string;
  /** Messages handled so far. */
  handled = 0;
  /** Microseconds that its callbacks have run, waiting not included. */
  busyMicroseconds = 0;

  #state: "queued" | "running" | "awaiting" | "idle" | "ending" | "ended" = "queued";
  #unsettled = false;
  /** What it does: until its first turn how to make that, and nothing when it has ended or is still making it. */
  #work: Start | Behaviour | undefined;
  #mailbox: Mailbox | undefined = undefined;
  #links: Process | Links | undefined = undefined;
  #context: AsyncResource | undefined = undefined;
  /** Made when somebody asks: a million processes that nobody addresses need none. */
  #pid: Pid | undefined = undefined;
  readonly #parent: number;
  #extras: Extras | undefined = undefined;
  /** The node's clock when it last had a turn. */
  #lastTurn = 0;

  /** Use `node.spawn`. */
  constructor(node: Node, id: number, label: string, start: Start, options: SpawnOptions) {
    const { mailbox, parent = currentProcess() } = options;
    this.node = node;
    this.id = id;
    this.label = label;
    this.#parent = parent?.node === node ? parent.id : noParent;
    this.#work = start;
    if (mailbox !== undefined) this.#more().mailboxLimit = mailbox;
    node.scheduler.schedule(this);
  }

  get pid(): Pid {
    this.#pid ??= { node: this.node.name, id: this.id, incarnation: this.node.incarnation };
    return this.#pid;
  }

  /** The process of this node that spawned it, if one did. */
  get parent(): Pid | undefined {
    return this.#parent === noParent ? undefined : this.node.pidOf(this.#parent);
  }

  /** True from the moment on at which nothing reaches it any more. */
  get ended(): boolean {
    return this.#state === "ended" || this.#state === "ending";
  }

  /** What it is doing. */
  get status(): "waiting for its turn" | "running" | "awaiting" | "idle" | "ending" | "ended" {
    return this.#state === "queued" ? "waiting for its turn" : this.#state;
  }

  /** Why it ended or is about to, once nothing reaches it any more. */
  get exitReason(): ExitReason | undefined {
    return this.ended ? this.#requestedExit : undefined;
  }

  /** Messages that its behaviour has not been given yet. */
  get mailboxLength(): number {
    return this.#mailbox?.length ?? 0;
  }

  /** Messages that wait: in the mailbox, and those that its behaviour has set aside. */
  get backlog(): number {
    return this.mailboxLength + (this.#behaviour?.kept?.length ?? 0);
  }

  /** What it keeps, as far as its behaviour shows that. */
  get inspectedState(): unknown {
    return this.#behaviour?.state;
  }

  /** Turns exit signals of linked processes into `EXIT` messages. */
  get trapExit(): boolean {
    return this.#extras?.trapExit ?? false;
  }

  set trapExit(trap: boolean) {
    this.#more().trapExit = trap;
  }

  /** Called when a peaceful end has to wait for a handler that awaits: time for it to wait no longer. */
  set onExitDelayed(callback: () => void) {
    this.#more().onExitDelayed = callback;
  }

  /**
   * Puts a message into the mailbox.
   *
   * @returns false if it was not taken, because the process has ended or its mailbox is full.
   */
  deliver(message: Message): boolean {
    if (this.ended) return false;
    const limit = this.#extras?.mailboxLimit;
    if (limit !== undefined && this.backlog >= limit.limit && !this.#makeRoom(limit)) return false;
    if (this.#mailbox === undefined) this.#mailbox = new Mailbox(message);
    else this.#mailbox.push(message);
    this.#queue();
    return true;
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
    const extras = this.#more();
    extras.timers ??= new Set();
    const { timers } = extras;
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
    const extras = this.#more();
    extras.started ??= Promise.withResolvers();
    return extras.started.promise;
  }

  /** Runs `callback` when this process has ended and its `terminate` is done; at once if it has. */
  onExit(callback: ExitCallback): void {
    if (this.#state === "ended") return callback("noproc", this);
    const extras = this.#more();
    if (extras.exitCallbacks === undefined) extras.exitCallbacks = [callback];
    else extras.exitCallbacks.push(callback);
  }

  /** Takes back what {@link onExit} was given. */
  offExit(callback: ExitCallback): void {
    const extras = this.#extras;
    const callbacks = extras?.exitCallbacks;
    if (extras === undefined || callbacks === undefined) return;
    const index = callbacks.indexOf(callback);
    if (index >= 0) callbacks.splice(index, 1);
    if (callbacks.length > 0) return;
    extras.exitCallbacks = undefined;
    this.#dropExtras();
  }

  /** Ties two processes together: when one ends for another reason than `normal`, so does the other. */
  link(other: Process): void {
    if (other.ended) this.#linkedEnded(other, "noproc");
    else if (!this.ended && other !== this) {
      this.#links = Links.add(this.#links, other);
      other.#links = Links.add(other.#links, this);
    }
  }

  unlink(other: Process): void {
    this.#links = Links.remove(this.#links, other);
    other.#links = Links.remove(other.#links, this);
  }

  /** The processes that it is linked to. */
  get links(): readonly Process[] {
    return [...Links.each(this.#links)];
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
      const extras = this.#more();
      if (reason === "killed") extras.requestedExit = reason;
      else extras.requestedExit ??= reason;
      if (this.#state === "awaiting") extras.onExitDelayed?.();
    } else this.#end(reason);
  }

  /** A turn: called by the scheduler only. */
  takeTurn(): void {
    if (this.#state !== "queued") return;
    if (this.#context === undefined) {
      this.#context = contextOf(this);
      this.node.idleness.watch(this);
    }
    this.#lastTurn = this.node.idleness.clock;
    this.#context.runInAsyncScope(this.#turn, this);
  }

  /** Runs in the process's own context. */
  #turn(): void {
    const startedAt = performance.now();
    this.#state = "running";
    try {
      const pending =
        typeof this.#work === "function" ? this.#begin(this.#work) : this.#handle(this.#work as Behaviour);
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
    // Cut to an integer, which V8 keeps in place: a fraction would be an object of its own in every process.
    this.busyMicroseconds += ((performance.now() - startedAt) * 1_000) | 0;
  }

  /**
   * Drops what can be made again if it has been idle for long enough; called by the node's idleness.
   *
   * @returns whether it did, or has ended: then it need not be asked again before its next turn.
   */
  hibernateIfIdle(clock: number): boolean {
    if (this.ended) return true;
    if (this.#state !== "idle") return false;
    const behaviour = this.#work as Behaviour;
    const patience = behaviour.hibernateAfter ?? defaultHibernateAfter;
    if ((clock - this.#lastTurn) * 1_000 < patience) return false;
    this.#context = undefined;
    behaviour.hibernate?.();
    return true;
  }

  #queue(): void {
    if (this.#state !== "idle") return;
    this.#state = "queued";
    this.node.scheduler.schedule(this);
  }

  #begin(start: Start): Promise<void> | undefined {
    this.#work = undefined;
    const behaviour = start(this);
    if (behaviour instanceof Promise) return behaviour.then((made) => this.#adopt(made));
    this.#adopt(behaviour);
    return undefined;
  }

  #adopt(behaviour: Behaviour): void {
    if (this.ended) return;
    this.#work = behaviour;
    this.#unsettled = true;
    const extras = this.#extras;
    if (extras?.started === undefined) return;
    extras.started.resolve();
    extras.started = undefined;
    this.#dropExtras();
  }

  /** Handles messages until one answers with a promise, the mailbox is empty or the turn is over. */
  #handle(behaviour: Behaviour): Promise<void> | undefined {
    for (let budget = messagesPerTurn; this.#mailbox !== undefined && budget > 0; budget--) {
      const message = this.#nextMessage() as Message;
      this.#unsettled = true;
      this.handled++;
      if (this.node.traces(this.id)) messageHandled.execute({ node: this.node.name, pid: this.pid, message });
      const pending = behaviour.receive(message);
      if (pending !== undefined) return pending;
      if (this.#requestedExit !== undefined) return undefined;
    }
    if (!this.#unsettled) return undefined;
    this.#unsettled = false;
    return behaviour.settle?.() ?? undefined;
  }

  #nextMessage(): Message | undefined {
    const mailbox = this.#mailbox;
    const message = mailbox?.shift();
    if (mailbox?.length === 0) this.#mailbox = undefined;
    return message;
  }

  #turnDone(): void {
    if (this.ended) return;
    this.#state = "idle";
    if (this.#requestedExit !== undefined) this.#end(this.#requestedExit);
    else if (this.#mailbox !== undefined || this.#unsettled) this.#queue();
  }

  /** Whether a message may be taken although the mailbox is full. */
  #makeRoom({ overflow }: MailboxLimit): boolean {
    if (overflow === "drop_oldest") {
      const oldest = this.#behaviour?.kept?.shift() ?? this.#nextMessage();
      oldest?.dropped?.();
      return true;
    }
    if (overflow === "exit") this.exit("overloaded");
    return false;
  }

  #end(reason: ExitReason): void {
    if (this.ended) return;
    this.#state = "ending";
    const extras = this.#more();
    extras.requestedExit = reason;
    this.#mailbox = undefined;
    this.node.forget(this);
    this.node.idleness.forget(this);
    if (extras.timers !== undefined) for (const timer of extras.timers) clearTimeout(timer);
    extras.started?.reject(this.#whyEnded());
    if (reason instanceof Error) this.#report(reason);
    const behaviour = this.#behaviour;
    this.#work = undefined;
    if (behaviour?.terminate === undefined || reason === "killed") return this.#announce(reason);
    try {
      this.#context ??= contextOf(this);
      const pending = this.#context.runInAsyncScope(behaviour.terminate, behaviour, reason);
      if (pending === undefined) this.#announce(reason);
      else {
        if (!isPeaceful(reason)) extras.terminateTimer = this.#terminateTimer(reason, behaviour.terminateTimeout);
        pending.then(
          () => this.#announce(reason),
          (thrown) => this.#terminateFailed(reason, thrown),
        );
      }
    } catch (thrown) {
      this.#terminateFailed(reason, thrown);
    }
  }

  /** Who waits for the end of a process that crashed, to start it again for instance, does not wait for ever. */
  #terminateTimer(reason: ExitReason, milliseconds = defaultTerminateTimeout): NodeJS.Timeout | undefined {
    return startTimer(() => {
      this.#report(new Error(`${this.label} has crashed, and its terminate was not done ${milliseconds} ms later`));
      this.#announce(reason);
    }, milliseconds);
  }

  get #behaviour(): Behaviour | undefined {
    return typeof this.#work === "object" ? this.#work : undefined;
  }

  get #requestedExit(): ExitReason | undefined {
    return this.#extras?.requestedExit;
  }

  #more(): Extras {
    this.#extras ??= new Extras();
    return this.#extras;
  }

  #dropExtras(): void {
    if (this.#extras?.isEmpty === true) this.#extras = undefined;
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
    const extras = this.#more();
    const callbacks = extras.exitCallbacks;
    const links = this.#links;
    extras.exitCallbacks = undefined;
    if (extras.terminateTimer !== undefined) clearTimeout(extras.terminateTimer);
    this.#links = undefined;
    this.#context = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) this.#tell(callback, reason);
    for (const linked of Links.each(links)) {
      linked.#links = Links.remove(linked.#links, this);
      linked.#linkedEnded(this, reason);
    }
  }

  /** One callback that throws must keep neither the others from being told nor other processes from running. */
  #tell(callback: ExitCallback, reason: ExitReason): void {
    try {
      callback(reason, this);
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
