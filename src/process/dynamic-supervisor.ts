import { directory } from "./directory.ts";
import { Children, type ChildrenOptions, type ProcessRef, type SpecMaker } from "./dynamic-supervisor/children.ts";
import type { Node } from "./node.ts";
import type { Pid } from "./pid.ts";
import type { Process } from "./process.ts";
import type { RestartLimit } from "./restart-intensity.ts";
import { supervisorPatience } from "./stop-process.ts";
import type { ChildSpec } from "./supervisor.ts";

export interface DynamicSupervisorOptions extends RestartLimit {
  /** Unique on the node: its process is registered under it, and `on` finds it by it. */
  readonly name: string;
  /** More children than this are refused with a {@link MaxChildrenError}; default: no limit. */
  readonly maxChildren?: number;
}

/**
 * A dynamic supervisor that runs. Ask `on` for it anew each time: it may be started again meanwhile.
 *
 * `Given` is what its children are started with, `Handed` what stands for a child that was started.
 */
export interface DynamicChildren<Given extends readonly unknown[] = [spec: ChildSpec], Handed = Process> {
  /**
   * Starts a child, and resolves once it has started.
   *
   * A child whose start fails is no child: it is not tried again. Children start at the same time, so a slow
   * one keeps nobody waiting.
   *
   * @throws (as a rejection) what its start threw, or {@link MaxChildrenError}.
   */
  startChild(...given: Given): Promise<Handed>;
  /**
   * Stops a child, within the `shutdown` of its spec, and does not start it again.
   *
   * @returns false if there is no such child.
   */
  stopChild(child: Process | Pid | ProcessRef): Promise<boolean>;
  /** The children alive now, oldest first. */
  children(): Process[];
  /** How many there are, those included that are being started or about to be. */
  count(): number;
}

/** A dynamic supervisor as a child of an application, and the way to the one that runs on a node. */
export interface DynamicSupervisor<Given extends readonly unknown[] = [spec: ChildSpec], Handed = Process>
  extends ChildSpec {
  /** @throws if it does not run there. */
  on(node: Node): DynamicChildren<Given, Handed>;
}

/** Something that makes child specs: a GenServer definition does. */
export interface ChildDefinition<Given extends readonly [args?: unknown, options?: unknown], Handed> {
  readonly name: string;
  child(...given: Given): ChildSpec;
  /** Makes of a child what `startChild` resolves with. */
  ref(node: Node, process: Process): Handed;
}

/**
 * A supervisor whose children are started while it runs: one per chat room, call or upload.
 *
 * They do not depend on each other: one that ends is started again alone, as the `restart` of its spec says,
 * with what it was started with first. All of them together may be restarted `maxRestarts` times in
 * `maxSeconds`; then it gives up. It stops its children all at the same time.
 *
 * Made from a definition, it keeps only what each child is started with, and makes its spec when it is
 * needed, so that a million children cost little. Its name is then `<name of the definition> supervisor`,
 * unless options give another.
 *
 * @example
 * export const rooms = dynamicSupervisor({ name: "rooms", maxChildren: 10_000 });
 * application({ children: [rooms, endpoint({ router })] });
 * const process = await rooms.on(node).startChild(ChatRoom.child({ room: "lobby" }));
 *
 * @example
 * export const rooms = dynamicSupervisor(ChatRoom);
 * const lobby = await rooms.on(node).startChild({ room: "lobby" });
 * await lobby.call("post", { user, text });
 */
export function dynamicSupervisor(options: DynamicSupervisorOptions): DynamicSupervisor;
export function dynamicSupervisor<Given extends readonly [args?: unknown, options?: unknown], Handed>(
  definition: ChildDefinition<Given, Handed>,
  options?: Partial<DynamicSupervisorOptions>,
): DynamicSupervisor<Given, Handed>;
export function dynamicSupervisor(
  subject: DynamicSupervisorOptions | AnyDefinition,
  options?: Partial<DynamicSupervisorOptions>,
): DynamicSupervisor | DynamicSupervisor<[args?: unknown, options?: unknown], unknown> {
  if (!("child" in subject)) {
    const spec = childSpec(subject, (given) => given as ChildSpec);
    return Object.freeze({ ...spec, on: (node: Node) => running.find(node, subject.name) });
  }
  const named = { name: `${subject.name} supervisor`, ...options };
  const spec = childSpec(named, (args, more) => subject.child(args, more));
  return Object.freeze({
    ...spec,
    on: (node: Node) => new ChildrenOfKind(subject, node, running.find(node, named.name)),
  });
}

type AnyDefinition = ChildDefinition<[args?: unknown, options?: unknown], unknown>;

/** Found by name, so that whoever names it finds it. */
const running = directory<Children>("dynamic supervisor");

function childSpec(options: ChildrenOptions, makeSpec: SpecMaker): ChildSpec {
  const { name } = options;
  return {
    id: name,
    shutdown: supervisorPatience,
    start: (node) =>
      node.spawn(
        `dynamic supervisor ${name}`,
        (process) => {
          const children = new Children(process, options, makeSpec);
          running.add(name, process, children);
          return children;
        },
        { name },
      ),
  };
}

/** The children of one definition, with its refs in place of processes. */
class ChildrenOfKind implements DynamicChildren<[args?: unknown, options?: unknown], unknown> {
  readonly #definition: AnyDefinition;
  readonly #node: Node;
  readonly #children: Children;

  constructor(definition: AnyDefinition, node: Node, children: Children) {
    this.#definition = definition;
    this.#node = node;
    this.#children = children;
  }

  async startChild(args?: unknown, options?: unknown): Promise<unknown> {
    return this.#definition.ref(this.#node, await this.#children.startChild(args, options));
  }

  stopChild(child: Process | Pid | ProcessRef): Promise<boolean> {
    return this.#children.stopChild(child);
  }

  children(): Process[] {
    return this.#children.children();
  }

  count(): number {
    return this.#children.count();
  }
}
