import type { ExitCallback } from "../behaviour.ts";
import type { Process } from "../process.ts";
import { AlreadyRegisteredError } from "./already-registered-error.ts";
import { allOf, type OneOrMore, withOne, withoutOne } from "./one-or-more.ts";
import type { Registered } from "./registered.ts";

type Entry = Registered<unknown, unknown>;

/**
 * What stands in a registry.
 *
 * Invariant: an entry is held by its key and by its process, or by neither; a process is held, and has one
 * exit callback of this registry, exactly while it has an entry.
 */
export class Entries {
  readonly #name: string;
  readonly #unique: boolean;
  readonly #process: Process;
  readonly #byKey = new Map<unknown, Entry | Set<Entry>>();
  readonly #byProcess = new Map<Process, OneOrMore<Entry>>();
  #count = 0;

  /** @param process whose end empties it. */
  constructor(name: string, keys: "unique" | "duplicate", process: Process) {
    this.#name = name;
    this.#unique = keys === "unique";
    this.#process = process;
    process.onExit(() => this.#clear());
  }

  register(process: Process, key: unknown, value?: unknown): void {
    if (this.#process.ended) {
      throw new Error(`registry ${this.#name} has ended: ask on(node) for the one that runs now`);
    }
    if (process.ended || process.node !== this.#process.node) {
      const why = process.ended ? "has ended" : `runs on another node, ${process.node.name}`;
      throw new Error(`registry ${this.#name} cannot list ${process.label}: it ${why}`);
    }
    if (this.#unique) this.#takeOver(process, key);
    this.#add({ process, key, value });
  }

  unregister(process: Process, key: unknown): void {
    for (const entry of allOf(this.#byProcess.get(process))) if (sameKey(entry.key, key)) this.#remove(entry);
  }

  lookup(key: unknown): Entry[] {
    return allOf(this.#byKey.get(key)).filter(living);
  }

  whereis(key: unknown): Process | undefined {
    const held = this.#byKey.get(key);
    if (held === undefined || held instanceof Set) return this.lookup(key)[0]?.process;
    return held.process.ended ? undefined : held.process;
  }

  keys(process: Process): unknown[] {
    return allOf(this.#byProcess.get(process)).map(({ key }) => key);
  }

  count(...only: [key?: unknown]): number {
    return only.length === 0 ? this.#count : this.lookup(only[0]).length;
  }

  dispatch(key: unknown, callback: (process: Process, value: unknown) => void): void {
    for (const { process, value } of this.lookup(key)) callback(process, value);
  }

  select(matches: (entry: Entry) => boolean = living): Entry[] {
    const selected: Entry[] = [];
    for (const held of this.#byKey.values()) {
      for (const entry of allOf(held)) if (living(entry) && matches(entry)) selected.push(entry);
    }
    return selected;
  }

  /** Makes way for a new entry of the key's own process. */
  #takeOver(process: Process, key: unknown): void {
    const [present] = allOf(this.#byKey.get(key));
    if (present === undefined) return;
    if (present.process !== process) throw new AlreadyRegisteredError(this.#name, key, present.process);
    this.#remove(present);
  }

  #add(entry: Entry): void {
    const { process, key } = entry;
    this.#byKey.set(key, withOne(this.#byKey.get(key), entry));
    const held = this.#byProcess.get(process);
    if (held === undefined) process.onExit(this.#vanish);
    this.#byProcess.set(process, withOne(held, entry));
    this.#count++;
  }

  #remove(entry: Entry): void {
    const { process, key } = entry;
    const rest = withoutOne(this.#byProcess.get(process), entry);
    if (rest === undefined) {
      this.#byProcess.delete(process);
      process.offExit(this.#vanish);
    } else this.#byProcess.set(process, rest);
    this.#releaseKey(key, entry);
  }

  #releaseKey(key: unknown, entry: Entry): void {
    const rest = withoutOne(this.#byKey.get(key), entry);
    if (rest === undefined) this.#byKey.delete(key);
    else this.#byKey.set(key, rest);
    this.#count--;
  }

  /** The one exit callback of all processes that are listed. */
  readonly #vanish: ExitCallback = (_reason, process) => {
    const entries = allOf(this.#byProcess.get(process));
    this.#byProcess.delete(process);
    for (const entry of entries) this.#releaseKey(entry.key, entry);
  };

  #clear(): void {
    for (const process of this.#byProcess.keys()) process.offExit(this.#vanish);
    this.#byProcess.clear();
    this.#byKey.clear();
    this.#count = 0;
  }
}

function living({ process }: Entry): boolean {
  return !process.ended;
}

/** As a `Map` compares: all NaN are one key, and so are both zeros. */
function sameKey(left: unknown, right: unknown): boolean {
  return left === right || Object.is(left, right);
}
