import { inspect } from "node:util";
import type { Node } from "../node.ts";
import type { Process } from "../process.ts";
import type { Via } from "../process-name.ts";
import type { ValueGiven } from "./registered.ts";

/** What a name needs of a registry. */
export interface NamingRegistry<Key, Value> {
  readonly id: string;
  readonly keys: "unique" | "duplicate";
  on(node: Node): {
    register(process: Process, key: Key, ...value: ValueGiven<Value>): void;
    whereis(key: Key): Process | undefined;
  };
}

/**
 * A name in a registry of unique keys, for everything that takes a name: `spawn`, the start of a GenServer.
 *
 * @throws if the keys of the registry are not unique.
 *
 * @example
 * const room = await ChatRoom.start(node, { room }, { name: via(rooms, room, { owner: "ada" }) });
 */
export function via<Key, Value>(registry: NamingRegistry<Key, Value>, key: Key, ...value: ValueGiven<Value>): Via {
  if (registry.keys !== "unique") {
    throw new Error(`registry ${registry.id} has duplicate keys, which name nobody: give via one with unique keys`);
  }
  return new RegistryName(registry, key, value);
}

/** A class, as there may be one for each process. */
class RegistryName<Key, Value> implements Via {
  readonly #registry: NamingRegistry<Key, Value>;
  readonly #key: Key;
  readonly #value: ValueGiven<Value>;

  constructor(registry: NamingRegistry<Key, Value>, key: Key, value: ValueGiven<Value>) {
    this.#registry = registry;
    this.#key = key;
    this.#value = value;
  }

  register(process: Process): void {
    this.#registry.on(process.node).register(process, this.#key, ...this.#value);
  }

  whereis(node: Node): Process | undefined {
    return this.#registry.on(node).whereis(this.#key);
  }

  toString(): string {
    return `${inspect(this.#key)} in ${this.#registry.id}`;
  }
}
