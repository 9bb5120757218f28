import type { Behaviour } from "./behaviour.ts";
import type { Down, Exit, ExitReason, Message } from "./message.ts";
import type { Node } from "./node.ts";
import type { Process, Start } from "./process.ts";
import { RestartIntensity, type RestartLimit, wantsRestart } from "./restart-intensity.ts";
import { stopProcess, supervisorPatience } from "./stop-process.ts";

/** How to start a child, and what its end means. */
export interface ChildSpec {
  /** Unique among its siblings; shown in logs. */
  readonly id: string;
  /** Starts the child's process on `node`. The supervisor waits until that process has started. */
  start(node: Node): Process | Promise<Process>;
  /** `permanent` (default): always again; `transient`: unless it ended `normal` or by `shutdown`; `temporary`: never. */
  readonly restart?: "permanent" | "transient" | "temporary";
  /** Milliseconds it gets to end in peace (default 5,000), also if it is still starting, or `brutal_kill`. */
  readonly shutdown?: number | "brutal_kill";
  /** What it starts in turn, if that is known beforehand: for those who look at an application without starting it. */
  readonly children?: readonly ChildSpec[];
}

/** Who else is started again when a child ends. */
export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one";

export interface SupervisorOptions extends RestartLimit {
  readonly children: readonly ChildSpec[];
  /** Default `one_for_one`. */
  readonly strategy?: Strategy;
}

interface Child {
  readonly spec: ChildSpec;
  /** Also while it is starting. */
  process: Process | undefined;
  /** What its spec has promised, until that is there. */
  promised: Promise<Process> | undefined;
  monitor: number;
}

/**
 * The start function of a process that keeps its children running.
 *
 * Children start in order, each after the one before it has started; they stop in reverse. A child that
 * ends is started again as its spec and the strategy say; one that keeps ending makes the supervisor
 * give up, with the child's reason, so that the next one up can try with a fresh state.
 */
export function supervisor(options: SupervisorOptions): Start {
  return async (process) => {
    const self = new Supervisor(process, options);
    await self.startChildren();
    return self;
  };
}

/**
 * A supervisor as a child of another one. It gets all the time that its own children need to stop.
 *
 * @param id unique among its siblings.
 * @example
 * application({ children: [Repo, supervisorChild("rooms", { strategy: "one_for_all", children: [kitchen, pantry] })] });
 */
export function supervisorChild(id: string, options: SupervisorOptions): ChildSpec {
  return Object.freeze({
    id,
    shutdown: supervisorPatience,
    children: options.children,
    start: (node: Node) => node.spawn(`supervisor ${id}`, supervisor(options)),
  });
}

class Supervisor implements Behaviour {
  readonly terminateTimeout = supervisorPatience;
  readonly #process: Process;
  readonly #options: SupervisorOptions;
  readonly #children: Child[];
  /** Process numbers of the children whose `EXIT` is still to come. */
  readonly #linked = new Set<number>();
  /** It was asked to end while it waited for a child; `terminate` will follow. */
  #leaving = false;
  readonly #restarts: RestartIntensity;

  constructor(process: Process, options: SupervisorOptions) {
    process.trapExit = true;
    this.#process = process;
    this.#options = options;
    this.#restarts = new RestartIntensity(options);
    this.#children = options.children.map((spec) => ({ spec, process: undefined, promised: undefined, monitor: 0 }));
  }

  async startChildren(): Promise<void> {
    try {
      for (const child of this.#children) await this.#startChild(child);
    } catch (error) {
      await this.#stop(this.#children);
      throw error;
    }
  }

  async receive(message: Message): Promise<void> {
    if (message.event === "EXIT") return this.#linkedEnded(message.payload as Exit);
    if (message.event !== "DOWN") return;
    const { reference, reason } = message.payload as Down;
    const child = this.#children.find(
      (candidate) => candidate.process !== undefined && candidate.monitor === reference,
    );
    if (child === undefined) return;
    child.process = undefined;
    if (!wantsRestart(child.spec.restart, reason)) return;
    await this.#restart(child, reason);
  }

  async terminate(): Promise<void> {
    await this.#stop(this.#children);
  }

  get #ends(): boolean {
    return this.#leaving || this.#process.ended;
  }

  /** A child's end is told by its `DOWN`; any other link is to the one above, without whom nobody stops this one. */
  #linkedEnded({ pid, reason }: Exit): void {
    if (this.#linked.delete(pid.id) || reason === "normal") return;
    this.#process.exit(reason === "killed" ? "shutdown" : reason);
  }

  async #restart(child: Child, reason: ExitReason): Promise<void> {
    while (!this.#ends) {
      this.#restarts.count(this.#process, child.spec.id, reason);
      const affected = this.#affectedBy(child);
      await this.#stop(affected);
      try {
        for (const one of affected) if (one.spec.restart !== "temporary") await this.#startChild(one);
        return;
      } catch (error) {
        reason = error as Error;
      }
    }
  }

  #affectedBy(child: Child): Child[] {
    if (this.#options.strategy === "one_for_all") return this.#children;
    if (this.#options.strategy === "rest_for_one") return this.#children.slice(this.#children.indexOf(child));
    return [child];
  }

  /** Resolves when the child has started, or when this one is to end: `terminate` then stops what has begun. */
  #startChild(child: Child): Promise<void> {
    if (this.#ends) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#process.onExitDelayed = () => {
        this.#leaving = true;
        resolve();
      };
      this.#begin(child).then(resolve, reject);
    });
  }

  async #begin(child: Child): Promise<void> {
    const made = child.spec.start(this.#process.node);
    const process = made instanceof Promise ? await this.#promisedBy(child, made) : made;
    const { exitReason } = process;
    // What was promised may have done all its work meanwhile.
    if (exitReason !== undefined && !wantsRestart(child.spec.restart, exitReason)) return;
    this.#linked.add(process.id);
    process.link(this.#process);
    // Watched before anything is awaited: a child may start and end again within this very turn.
    child.monitor = this.#process.node.monitor(this.#process, process.pid);
    child.process = process;
    try {
      await process.started();
    } catch (error) {
      child.process = undefined;
      throw error;
    }
  }

  async #promisedBy(child: Child, made: Promise<Process>): Promise<Process> {
    child.promised = made;
    try {
      return await made;
    } finally {
      child.promised = undefined;
    }
  }

  async #stop(children: readonly Child[]): Promise<void> {
    for (const child of children.toReversed()) {
      const patience = child.spec.shutdown ?? 5_000;
      const process = child.process ?? (child.promised && (await resultInTime(child.promised, patience)));
      child.process = undefined;
      if (process !== undefined) await stopProcess(process, patience);
    }
  }
}

/** What comes of a promise within `patience` milliseconds; nothing if it is rejected. */
function resultInTime<T>(promise: Promise<T>, patience: number | "brutal_kill"): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      resolve,
      patience === "brutal_kill" ? 0 : Math.min(patience, supervisorPatience),
      undefined,
    );
    const settle = (result: T | undefined) => {
      clearTimeout(timer);
      resolve(result);
    };
    promise.then(settle, () => settle(undefined));
  });
}
