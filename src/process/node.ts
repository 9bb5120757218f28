import { randomInt } from "node:crypto";
import { Idleness } from "./idleness.ts";
import {
  type ProcessDetails,
  type ProcessInfo,
  type ProcessTree,
  processDetails,
  processInfo,
  processTree,
} from "./inspection.ts";
import type { MailboxLimit } from "./mailbox.ts";
import type { Down, ExitReason, Message } from "./message.ts";
import type { Pid } from "./pid.ts";
import { Process, type Start } from "./process.ts";
import type { ProcessName, Via } from "./process-name.ts";
import { Scheduler } from "./scheduler.ts";
import type { Service } from "./service.ts";

/** How to start a process. */
export interface SpawnOptions {
  /** Links the new process to this one before it runs. */
  readonly link?: Process;
  /** Who it stands under in the tree; default: the process that spawns it. */
  readonly parent?: Process;
  /** Registers it: under a name that is unique on the node, or with `via` in a registry. */
  readonly name?: ProcessName;
  /** How much its mailbox may hold; without it there is no limit. */
  readonly mailbox?: MailboxLimit;
}

const noOptions: SpawnOptions = Object.freeze({});

/**
 * One running system: its processes, their names, and its services.
 *
 * Everything that a running application holds hangs off a node. There is no state at module level, so
 * several nodes can live in one JavaScript process without meeting, which is how clusters are tested.
 */
export class Node {
  readonly name: string;
  /** A random number that tells this start of the node from its earlier ones; part of every pid. */
  readonly incarnation: number;
  readonly scheduler = new Scheduler();
  readonly idleness = new Idleness();
  /** The topmost supervisor, if an application runs on it. */
  root: Process | undefined;

  readonly #processes = new Map<number, Process>();
  readonly #names = new Map<string, Process>();
  readonly #services = new Map<Service<unknown>, unknown>();
  #lastId = 0;
  #lastReference = 0;
  /** What ends each monitor, by its reference. */
  readonly #monitors = new Map<number, () => void>();
  /** The references of the monitors that a process holds. */
  readonly #watching = new Map<Process, Set<number>>();
  #traced: Set<number> | undefined;

  /** Use {@link createNode}. */
  constructor(name: string, incarnation: number) {
    this.name = name;
    this.incarnation = incarnation;
  }

  /** Processes alive now. */
  get processCount(): number {
    return this.#processes.size;
  }

  /**
   * Starts a process. It takes its first turn, in which `start` makes its behaviour, with the next tick.
   *
   * @param label what kind of process it is, as people should read it in a log: `live counter`.
   * @throws if `options.name` is taken.
   */
  spawn(label: string, start: Start, options: SpawnOptions = noOptions): Process {
    const { name, link } = options;
    if (typeof name === "string" && this.#names.has(name)) {
      throw new Error(`a process named "${name}" is already running on node ${this.name}`);
    }
    const process = new Process(this, ++this.#lastId, label, start, options);
    this.#processes.set(process.id, process);
    if (typeof name === "string") {
      this.#names.set(name, process);
      process.onExit(() => this.#names.delete(name));
    } else if (name !== undefined) registerElsewhere(process, name);
    if (link !== undefined) process.link(link);
    return process;
  }

  /**
   * Sends a message; to a process that is no more it goes nowhere.
   *
   * @returns false if it was not taken, because the process has ended or its mailbox is full.
   */
  send(pid: Pid, message: Message): boolean {
    return this.find(pid)?.deliver(message) ?? false;
  }

  /** Ends a process from outside, see `Process.exit`. */
  exit(pid: Pid, reason: ExitReason): void {
    this.find(pid)?.exit(reason);
  }

  /** The pid of the process with a number. */
  pidOf(id: number): Pid {
    return this.#processes.get(id)?.pid ?? { node: this.name, id, incarnation: this.incarnation };
  }

  /** The living process of a pid, if it lives here. */
  find(pid: Pid): Process | undefined {
    return pid.incarnation === this.incarnation && pid.node === this.name ? this.#processes.get(pid.id) : undefined;
  }

  /** The living process registered under a name. */
  whereis(name: ProcessName): Process | undefined {
    const process = typeof name === "string" ? this.#names.get(name) : name.whereis(this);
    return process?.ended ? undefined : process;
  }

  /**
   * Sends `watcher` one `DOWN` message ({@link Down}) when `target` ends, at once if it already has. A
   * monitor ends with its watcher.
   *
   * @returns the reference that the message will carry, also for {@link demonitor}.
   */
  monitor(watcher: Process, target: Pid): number {
    const reference = ++this.#lastReference;
    if (watcher.ended) return reference;
    const down = (reason: ExitReason) => {
      this.demonitor(reference);
      const payload: Down = { reference, pid: target, reason };
      watcher.deliver({ event: "DOWN", payload, from: target });
    };
    const process = this.find(target);
    if (process === undefined) down("noproc");
    else {
      process.onExit(down);
      const held = this.#monitorsOf(watcher);
      held.add(reference);
      this.#monitors.set(reference, () => {
        process.offExit(down);
        held.delete(reference);
      });
    }
    return reference;
  }

  /** Ends a monitor; a `DOWN` that already lies in the mailbox stays there. */
  demonitor(reference: number): void {
    this.#monitors.get(reference)?.();
    this.#monitors.delete(reference);
  }

  /** The references that `watcher` holds, ended with it: a target may outlive thousands of watchers. */
  #monitorsOf(watcher: Process): Set<number> {
    const known = this.#watching.get(watcher);
    if (known !== undefined) return known;
    const held = new Set<number>();
    this.#watching.set(watcher, held);
    watcher.onExit(() => {
      this.#watching.delete(watcher);
      for (const reference of held) this.demonitor(reference);
    });
    return held;
  }

  /** Puts a part of the system where everything on this node finds it. */
  provide<T>(key: Service<T>, value: T): void {
    this.#services.set(key, value);
  }

  /**
   * A part of the system.
   *
   * @throws if nothing on this node provides it.
   */
  service<T>(key: Service<T>): T {
    const found = this.findService(key);
    if (found === undefined) {
      throw new Error(
        `node ${this.name} has no ${key.name}: add it to the application's children, before what needs it`,
      );
    }
    return found;
  }

  /** A part of the system, if the node has it. */
  findService<T>(key: Service<T>): T | undefined {
    return this.#services.get(key) as T | undefined;
  }

  /** All processes alive now, oldest first. */
  processes(): IterableIterator<Process> {
    return this.#processes.values();
  }

  /** What is known about every process alive now, oldest first. */
  list(): ProcessInfo[] {
    const names = new Map(Array.from(this.#names, ([name, process]) => [process, name]));
    return Array.from(this.#processes.values(), (process) => processInfo(process, names.get(process)));
  }

  /** All about one process: its links and its state, besides what {@link list} says. Undefined if it is no more. */
  inspect(pid: Pid): ProcessDetails | undefined {
    const process = this.find(pid);
    if (process === undefined) return undefined;
    const [name] = Array.from(this.#names).find(([, named]) => named === process) ?? [];
    return processDetails(process, name);
  }

  /** The processes alive now by who spawned whom. */
  tree(): ProcessTree[] {
    return processTree(this.list());
  }

  /**
   * Reports every message that a process handles as `anqa.process.message`, until the returned function is
   * called or the process ends.
   */
  trace(pid: Pid): () => void {
    this.#traced ??= new Set();
    this.#traced.add(pid.id);
    return () => this.#untrace(pid.id);
  }

  /** Whether a process is traced. */
  traces(id: number): boolean {
    return this.#traced?.has(id) ?? false;
  }

  #untrace(id: number): void {
    this.#traced?.delete(id);
    if (this.#traced?.size === 0) this.#traced = undefined;
  }

  /** Called by a process that ends. */
  forget(process: Process): void {
    this.#processes.delete(process.id);
    this.#untrace(process.id);
  }
}

function registerElsewhere(process: Process, name: Via): void {
  try {
    name.register(process);
  } catch (error) {
    process.exit("killed");
    throw error;
  }
}

/** 30 bits: numbers that V8 keeps in place, where a larger one would be an object of its own in every pid. */
const mostIncarnations = 2 ** 30 - 1;

/** Makes a node with nothing on it. Its name is part of its pids; the default is `anqa`. */
export function createNode(name = "anqa"): Node {
  return new Node(name, randomInt(mostIncarnations));
}
