import type { Behaviour } from "../behaviour.ts";
import { type Exit, type ExitReason, type Message, toError } from "../message.ts";
import type { Pid } from "../pid.ts";
import { Process } from "../process.ts";
import { RestartIntensity, type RestartLimit, wantsRestart } from "../restart-intensity.ts";
import { defaultPatience, type Patience, stopProcess, stopProcesses, supervisorPatience } from "../stop-process.ts";
import type { ChildSpec } from "../supervisor.ts";
import { MaxChildrenError } from "./max-children-error.ts";
import { type Request, RestartFailed, StartChild, StopChild, WithOptions } from "./requests.ts";

export interface ChildrenOptions extends RestartLimit {
  readonly name: string;
  readonly maxChildren?: number;
}

/** What stands for a process: a GenServer's ref, for example. */
export interface ProcessRef {
  /** Undefined if it is no more. */
  readonly process: Process | undefined;
}

/** Makes the spec of a child of what `startChild` was given. */
export type SpecMaker = (given: unknown, options: unknown) => ChildSpec;

/**
 * What a dynamic supervisor does, and what others ask of it.
 *
 * A child costs it a link and an entry of `#given`, which holds what it was started with and makes its spec
 * only when that is needed. Invariant: the children are the linked processes whose number stands there,
 * until their `EXIT` has been handled.
 */
export class Children implements Behaviour {
  readonly terminateTimeout = supervisorPatience;
  readonly #process: Process;
  readonly #name: string;
  readonly #maxChildren: number;
  readonly #makeSpec: SpecMaker;
  readonly #restarts: RestartIntensity;
  readonly #given = new Map<number, unknown>();
  /** Places held for children whose process is still to come. */
  #coming = 0;
  /** Those started on request whose start function is not done; with the reason if their `EXIT` came before. */
  readonly #starting = new Map<number, ExitReason | undefined>();
  /** Those whose `EXIT` is still to come and means nothing any more. */
  readonly #dismissed = new Set<number>();
  readonly #requests = new Set<Request<unknown>>();

  constructor(process: Process, options: ChildrenOptions, makeSpec: SpecMaker) {
    process.trapExit = true;
    process.onExit((reason) => this.#refuseAll(reason));
    this.#process = process;
    this.#name = options.name;
    this.#maxChildren = options.maxChildren ?? Number.POSITIVE_INFINITY;
    this.#makeSpec = makeSpec;
    this.#restarts = new RestartIntensity(options);
  }

  startChild(given: unknown, options?: unknown): Promise<Process> {
    return this.#ask(new StartChild(options === undefined ? given : new WithOptions(given, options)));
  }

  async stopChild(child: Process | Pid | ProcessRef): Promise<boolean> {
    const target = "process" in child ? child.process : child;
    return target !== undefined && this.#ask(new StopChild(target));
  }

  children(): Process[] {
    return this.#living().filter((process) => !process.ended);
  }

  count(): number {
    return this.#given.size + this.#coming;
  }

  receive(message: Message): void {
    if (message.event === "EXIT") this.#linkedEnded(message.payload as Exit);
    else if (message instanceof StartChild) this.#start(message);
    else if (message instanceof StopChild) this.#stop(message);
    else if (message instanceof RestartFailed) {
      this.#coming--;
      this.#restart(message.payload, message.error);
    }
  }

  terminate(): Promise<void> {
    return stopProcesses(this.#living(), (process) => this.#patienceWith(process));
  }

  #start(request: StartChild): void {
    if (this.count() >= this.#maxChildren) {
      return this.#refuse(request, new MaxChildrenError(this.#name, this.#maxChildren));
    }
    const refuse = (thrown: unknown) => this.#refuse(request, toError(thrown));
    this.#begin(request.payload, refuse, (process) => {
      this.#starting.set(process.id, undefined);
      process.started().then(
        () => {
          this.#answer(request, process);
          this.#startDone(process);
        },
        (thrown) => {
          refuse(thrown);
          this.#startFailed(process.id);
        },
      );
    });
  }

  /** Starts a process of what was given and makes it a child, which `begun` is told. */
  #begin(given: unknown, failed: (error: Error) => void, begun?: (process: Process) => void): void {
    try {
      const spec = this.#specOf(given);
      const adopt = (process: Process) => {
        if (this.#process.ended) return void stopProcess(process, spec.shutdown ?? defaultPatience);
        this.#given.set(process.id, given);
        this.#process.link(process);
        begun?.(process);
      };
      const made = spec.start(this.#process.node);
      if (!(made instanceof Promise)) return adopt(made);
      this.#coming++;
      made
        .finally(() => this.#coming--)
        .then(adopt)
        .catch((thrown) => failed(toError(thrown)));
    } catch (thrown) {
      failed(toError(thrown));
    }
  }

  /** Only now it can be known that an end that came meanwhile was not a failure to start. */
  #startDone(process: Process): void {
    const reason = this.#starting.get(process.id);
    this.#starting.delete(process.id);
    if (reason === undefined) return;
    this.#process.deliver({ event: "EXIT", payload: { pid: process.pid, reason } satisfies Exit });
  }

  #startFailed(id: number): void {
    const reason = this.#starting.get(id);
    this.#starting.delete(id);
    this.#given.delete(id);
    if (reason === undefined) this.#dismissed.add(id);
    else this.#dismissed.delete(id);
  }

  #stop(request: StopChild): void {
    const process = this.#child(request.payload);
    if (process === undefined) return this.#answer(request, false);
    const { id } = process.pid;
    this.#dismissed.add(id);
    stopProcess(process, this.#patienceWith(process)).then(() => {
      this.#given.delete(id);
      this.#answer(request, true);
    });
  }

  /** A process that is on its way out is no longer found by its pid, but still linked. */
  #child(child: Process | Pid): Process | undefined {
    const { node } = this.#process;
    if (child instanceof Process) return child.node === node && this.#given.has(child.pid.id) ? child : undefined;
    if (child.node !== node.name || child.incarnation !== node.incarnation || !this.#given.has(child.id))
      return undefined;
    return node.find(child) ?? this.#living().find((process) => process.id === child.id);
  }

  /** Any link but those to children is to the one above, without whom nobody stops this one. */
  #linkedEnded({ pid, reason }: Exit): void {
    const { id } = pid;
    if (this.#starting.has(id)) this.#starting.set(id, reason);
    else if (this.#dismissed.delete(id)) this.#given.delete(id);
    else if (this.#given.has(id)) this.#childEnded(id, reason);
    else if (reason !== "normal") this.#process.exit(reason === "killed" ? "shutdown" : reason);
  }

  #childEnded(id: number, reason: ExitReason): void {
    const given = this.#given.get(id);
    this.#given.delete(id);
    if (wantsRestart(this.#specOf(given).restart, reason)) this.#restart(given, reason);
  }

  #restart(given: unknown, reason: ExitReason): void {
    this.#restarts.count(this.#process, this.#specOf(given).id, reason);
    this.#begin(given, (error) => {
      this.#coming++;
      this.#process.deliver(new RestartFailed(given, error));
    });
  }

  #specOf(given: unknown): ChildSpec {
    return given instanceof WithOptions ? this.#makeSpec(given.args, given.options) : this.#makeSpec(given, undefined);
  }

  #living(): Process[] {
    return this.#process.links.filter((process) => this.#given.has(process.id));
  }

  #patienceWith(process: Process): Patience {
    return this.#specOf(this.#given.get(process.id)).shutdown ?? defaultPatience;
  }

  #ask<Answer>(request: Request<Answer>): Promise<Answer> {
    if (this.#process.deliver(request)) this.#requests.add(request);
    else request.reject(new Error(`${this.#name} has ended: ask on(node) for the one that runs now`));
    return request.answer;
  }

  #answer<Answer>(request: Request<Answer>, answer: Answer): void {
    this.#requests.delete(request);
    request.resolve(answer);
  }

  #refuse(request: Request<unknown>, error: Error): void {
    this.#requests.delete(request);
    request.reject(error);
  }

  #refuseAll(reason: ExitReason): void {
    for (const request of this.#requests) {
      this.#refuse(
        request,
        new Error(`${this.#name} ended before it could ${request.event.replace("_", " a ")}`, { cause: reason }),
      );
    }
  }
}
