import { directory } from "./directory.ts";
import type { Node } from "./node.ts";
import type { Process } from "./process.ts";
import { Entries } from "./registry/entries.ts";
import type { Registered, ValueGiven } from "./registry/registered.ts";
import type { ChildSpec } from "./supervisor.ts";

export interface RegistryOptions {
  /** Unique on the node: its process is registered under it, and `on` finds it by it. */
  readonly name: string;
  /** `unique`: a key is one process's; `duplicate`: any number of processes share it. */
  readonly keys: "unique" | "duplicate";
}

/**
 * A registry that runs. All of it happens at once: nothing is sent to the registry's process.
 *
 * A process that is ending is no longer found, but its keys are free only when it has ended.
 */
export interface Registry<Key, Value> {
  /**
   * Lists a process under a key until it ends or is unregistered. With unique keys, registering it again
   * under the same key replaces its value; with duplicate ones it is then listed twice.
   *
   * @throws AlreadyRegisteredError if keys are unique and the key is another's; Error if the process has
   *   ended or runs on another node, or the registry has ended.
   */
  register(process: Process, key: Key, ...value: ValueGiven<Value>): void;
  /** Takes a process off a key. What is not there is fine. */
  unregister(process: Process, key: Key): void;
  /** Who is listed under a key, oldest first. */
  lookup(key: Key): readonly Registered<Key, Value>[];
  /** The process of a key, the oldest if it has several. */
  whereis(key: Key): Process | undefined;
  /** The keys that a process is listed under, oldest first; one as often as it is listed under it. */
  keys(process: Process): readonly Key[];
  /** How many entries there are, or how many a key has. */
  count(key?: Key): number;
  /**
   * Calls a function for each process listed under a key when it is called, also if the function registers
   * others. What it throws goes to the caller, and the rest is not called.
   *
   * @example rooms.on(node).dispatch("lobby", (process) => process.deliver({ event: "close", payload: null }));
   */
  dispatch(key: Key, callback: (process: Process, value: Value) => void): void;
  /** All entries that a condition is true of; goes through every one of them. */
  select(matches?: (entry: Registered<Key, Value>) => boolean): readonly Registered<Key, Value>[];
}

/** A registry as a child of an application, and the way to the one that runs on a node. */
export interface RegistryHandle<Key, Value> extends ChildSpec {
  readonly keys: "unique" | "duplicate";
  /** @throws if it does not run there. */
  on(node: Node): Registry<Key, Value>;
}

/**
 * A directory of processes: which of them plays which part, under keys of any kind.
 *
 * Entries vanish when their process ends. Put it before what registers with it: when it stops or is started
 * again it is empty.
 *
 * **Keys are told apart as a `Map` does: strings and numbers by their value, but objects and arrays by which
 * one they are.** Of several parts make a string.
 *
 * @example
 * export const rooms = registry<string, { owner: string }>({ name: "rooms", keys: "unique" });
 * application({ children: [rooms, endpoint({ router })] });
 * rooms.on(node).register(process, "lobby", { owner: "ada" });
 * rooms.on(node).whereis("lobby")?.deliver(message);
 */
export function registry<Key = string, Value = undefined>(options: RegistryOptions): RegistryHandle<Key, Value> {
  const { name, keys } = options;
  return Object.freeze({
    id: name,
    keys,
    start: (node: Node) =>
      node.spawn(
        `registry ${name}`,
        (process) => {
          running.add(name, process, new Entries(name, keys, process));
          return { receive() {} };
        },
        { name },
      ),
    // The name stands for its types: only what was registered through a handle of them comes out again.
    on: (node: Node) => running.find(node, name) as unknown as Registry<Key, Value>,
  });
}

const running = directory<Entries>("registry");
