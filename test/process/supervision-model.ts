/** Supervision without any process: a tree that writes the log which the real one has to write. */
import type { ChildSpec, Strategy } from "../../src/process/index.ts";

export type Restart = NonNullable<ChildSpec["restart"]>;
export type Ending = "crash" | "normal";

interface Common {
  readonly restart: Restart;
}
/** A process that does nothing but end. */
export interface LeafShape extends Common {
  readonly kind: "leaf";
}
/** A supervisor whose children are known. */
export interface StaticShape extends Common {
  readonly kind: "static";
  readonly strategy: Strategy;
  readonly maxRestarts: number;
  readonly children: readonly Shape[];
}
/** A dynamic supervisor; its children come and go. */
export interface DynamicShape extends Common {
  readonly kind: "dynamic";
  readonly maxRestarts: number;
}
export type Shape = LeafShape | StaticShape | DynamicShape;

/** Seconds that a restart counts for. */
const maxSeconds = 5;

export class Member {
  /** Where it stands, which is also its name: `0.1.2`. */
  readonly path: string;
  readonly shape: Shape;
  readonly parent: Member | undefined;
  children: Member[] = [];
  alive = false;
  /** Counts up when it is started or stopped: an end of before is old news then. */
  generation = 0;
  /** When its children were started again. */
  restarts: number[] = [];

  constructor(path: string, shape: Shape, parent: Member | undefined) {
    this.path = path;
    this.shape = shape;
    this.parent = parent;
    if (shape.kind === "static") {
      this.children = shape.children.map((child, index) => new Member(`${path}.${index}`, child, this));
    }
  }

  /** Itself and all below that live. */
  living(): Member[] {
    return this.alive ? [this, ...this.children.flatMap((child) => child.living())] : [];
  }
}

export class Model {
  readonly log: string[] = [];
  readonly root: Member;
  /** Milliseconds that have gone by. */
  now = 0;
  #lastChild = 0;
  /** What a dynamic supervisor starts again has not run before all that it was told of has been handled. */
  #notYetRun: Member[] = [];

  constructor(shape: StaticShape) {
    this.root = new Member("0", shape, undefined);
    this.#start(this.root);
  }

  get gaveUp(): boolean {
    return !this.root.alive;
  }

  /** Adds a child to a dynamic supervisor. */
  add(supervisor: Member, restart: Restart): Member {
    const child = new Member(`${supervisor.path}+${++this.#lastChild}`, { kind: "leaf", restart }, supervisor);
    supervisor.children.push(child);
    this.#start(child);
    return child;
  }

  /** Stops a child of a dynamic supervisor on request. */
  remove(child: Member): void {
    this.#stop(child);
    this.#forget(child);
  }

  /** Children of one supervisor end at the same moment, in this order. */
  strike(supervisor: Member, victims: readonly { readonly child: Member; readonly ending: Ending }[]): void {
    const { generation } = supervisor;
    const ends = victims.map(({ child, ending }) => ({ child, ending, generation: child.generation }));
    for (const { child } of ends) child.alive = false;
    for (const end of ends) {
      const current = supervisor.alive && supervisor.generation === generation;
      if (current && end.child.generation === end.generation) this.#ended(end.child, end.ending);
    }
    for (const member of this.#notYetRun.splice(0)) this.log.push(`start ${member.path}`);
  }

  #ended(child: Member, ending: Ending): void {
    child.alive = false;
    const supervisor = child.parent;
    if (supervisor === undefined) return;
    const { restart } = child.shape;
    if (restart === "permanent" || (restart === "transient" && ending === "crash")) this.#restart(supervisor, child);
    else this.#forget(child);
  }

  #restart(supervisor: Member, child: Member): void {
    const { shape } = supervisor;
    if (shape.kind === "leaf") throw new Error("a leaf has no children");
    supervisor.restarts = supervisor.restarts.filter((time) => this.now - time < maxSeconds * 1_000);
    supervisor.restarts.push(this.now);
    if (supervisor.restarts.length > shape.maxRestarts) {
      this.#stop(supervisor);
      return this.#ended(supervisor, "crash");
    }
    if (shape.kind === "dynamic") {
      this.#forget(child);
      supervisor.children.push(child);
      this.#notYetRun.push(child);
      child.alive = true;
      child.generation++;
      return;
    }
    const from = supervisor.children.indexOf(child);
    const affected = supervisor.children.filter(
      (_, index) =>
        index === from || shape.strategy === "one_for_all" || (shape.strategy === "rest_for_one" && index > from),
    );
    for (const one of affected.toReversed()) this.#stop(one);
    for (const one of affected) if (one.shape.restart !== "temporary") this.#start(one);
  }

  #start(member: Member): void {
    member.alive = true;
    member.generation++;
    member.restarts = [];
    if (member.shape.kind === "leaf") this.log.push(`start ${member.path}`);
    if (member.shape.kind === "static") for (const child of member.children) this.#start(child);
  }

  #stop(member: Member): void {
    const hasRun = !this.#notYetRun.includes(member);
    if (member.alive && member.shape.kind === "leaf" && hasRun) this.log.push(`stop ${member.path}`);
    this.#notYetRun = this.#notYetRun.filter((other) => other !== member);
    member.alive = false;
    member.generation++;
    if (member.shape.kind === "dynamic") for (const child of member.children.splice(0)) this.#stop(child);
    else for (const child of member.children.toReversed()) this.#stop(child);
  }

  #forget(child: Member): void {
    const supervisor = child.parent;
    if (supervisor?.shape.kind === "dynamic") {
      supervisor.children = supervisor.children.filter((other) => other !== child);
    }
  }
}
