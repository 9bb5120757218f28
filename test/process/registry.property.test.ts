import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { createNode, type Process } from "../../src/process/index.ts";
import { AlreadyRegisteredError } from "../../src/process/registry/already-registered-error.ts";
import { type Registry, registry } from "../../src/process/registry.ts";

type Key = string | number;
interface Entry {
  readonly process: Process;
  readonly key: Key;
  readonly value: number;
}

/** A registry as a list, gone through for everything. */
class Model {
  readonly #unique: boolean;
  entries: Entry[] = [];

  constructor(unique: boolean) {
    this.#unique = unique;
  }

  /** The owner if the key is another's. */
  register(entry: Entry): Process | undefined {
    if (this.#unique) {
      const present = this.entries.find(({ key }) => key === entry.key);
      if (present !== undefined && present.process !== entry.process) return present.process;
      this.entries = this.entries.filter((other) => other !== present);
    }
    this.entries.push(entry);
    return undefined;
  }

  unregister(process: Process, key: Key): void {
    this.entries = this.entries.filter((entry) => entry.process !== process || entry.key !== key);
  }

  end(process: Process): void {
    this.entries = this.entries.filter((entry) => entry.process !== process);
  }
}

const keys = ["a", "b", "1", 1] as const;
const who = fc.nat(3);
const key = fc.constantFrom(...keys);
const steps = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({ kind: fc.constant("register" as const), who, key, value: fc.nat(99) }),
      weight: 5,
    },
    { arbitrary: fc.record({ kind: fc.constant("unregister" as const), who, key }), weight: 2 },
    fc.record({ kind: fc.constant("end" as const), who }),
  ),
  { maxLength: 60 },
);

function agrees(present: Registry<Key, number>, model: Model, processes: readonly Process[]): void {
  assert.equal(present.count(), model.entries.length);
  for (const one of keys) {
    const expected = model.entries.filter((entry) => entry.key === one);
    assert.deepEqual(present.lookup(one), expected);
    assert.equal(present.whereis(one), expected[0]?.process);
    assert.equal(present.count(one), expected.length);
    const told: unknown[] = [];
    present.dispatch(one, (_process, value) => told.push(value));
    assert.deepEqual(
      told,
      expected.map(({ value }) => value),
    );
  }
  for (const process of processes) {
    const expected = model.entries.filter((entry) => entry.process === process);
    assert.deepEqual(
      present.keys(process),
      expected.map((entry) => entry.key),
    );
  }
  const odd = present.select(({ value }) => value % 2 === 1);
  assert.deepEqual(new Set(odd), new Set(model.entries.filter(({ value }) => value % 2 === 1)));
}

async function holds(kind: "unique" | "duplicate"): Promise<void> {
  const handle = registry<Key, number>({ name: "tested", keys: kind });
  await fc.assert(
    fc.asyncProperty(steps, async (happenings) => {
      const node = createNode();
      await (await handle.start(node)).started();
      const present = handle.on(node);
      const model = new Model(kind === "unique");
      const spawn = () => node.spawn("listed", () => ({ receive() {} }));
      const processes = [spawn(), spawn(), spawn(), spawn()];
      for (const step of happenings) {
        const process = processes[step.who] as Process;
        if (step.kind === "register") {
          const owner = model.register({ process, key: step.key, value: step.value });
          const register = () => present.register(process, step.key, step.value);
          if (owner === undefined) register();
          else assert.throws(register, (error) => error instanceof AlreadyRegisteredError && error.owner === owner);
        } else if (step.kind === "unregister") {
          model.unregister(process, step.key);
          present.unregister(process, step.key);
        } else {
          model.end(process);
          process.exit("normal");
          processes[step.who] = spawn();
        }
        agrees(present, model, processes);
      }
    }),
    { numRuns: 100 },
  );
}

suite("a registry, whatever is registered and ends, does as a list would", () => {
  test("unique keys", () => holds("unique"));
  test("duplicate keys", () => holds("duplicate"));
});
