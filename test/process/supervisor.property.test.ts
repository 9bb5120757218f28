import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { type ChildSpec, createNode, type Strategy, supervisor } from "../../src/process/index.ts";
import { message, quiet } from "./support.ts";

type Restart = NonNullable<ChildSpec["restart"]>;
type Ending = "crash" | "normal";
/** Children that end at the same moment, in this order, and how. */
type Blow = readonly { readonly index: number; readonly ending: Ending }[];

/** What a supervisor should do, without any process: it writes the log that the real one has to write. */
class Model {
  readonly log: string[] = [];
  readonly #restarts: readonly Restart[];
  readonly #strategy: Strategy;
  readonly #maxRestarts: number;
  readonly #alive: boolean[];
  /** Counts up when the supervisor stops or starts a child: an end of before is old news then. */
  readonly #generation: number[];
  #restarted = 0;
  gaveUp = false;

  constructor(restarts: readonly Restart[], strategy: Strategy, maxRestarts: number) {
    this.#restarts = restarts;
    this.#strategy = strategy;
    this.#maxRestarts = maxRestarts;
    this.#alive = restarts.map(() => false);
    this.#generation = restarts.map(() => 0);
    for (const index of restarts.keys()) this.#start(index);
  }

  strike(blow: Blow): void {
    if (this.gaveUp) return;
    const ends: { index: number; ending: Ending; generation: number }[] = [];
    for (const { index, ending } of blow) {
      if (!this.#alive[index]) continue;
      this.#alive[index] = false;
      ends.push({ index, ending, generation: this.#generation[index] ?? 0 });
    }
    for (const { index, ending, generation } of ends) {
      if (this.gaveUp || this.#generation[index] !== generation) continue;
      const restart = this.#restarts[index];
      if (restart === "permanent" || (restart === "transient" && ending === "crash")) this.#restart(index);
    }
  }

  #restart(index: number): void {
    if (++this.#restarted > this.#maxRestarts) {
      this.gaveUp = true;
      return this.#stop([...this.#restarts.keys()]);
    }
    const affected = [...this.#restarts.keys()].filter(
      (other) =>
        other === index || this.#strategy === "one_for_all" || (this.#strategy === "rest_for_one" && other > index),
    );
    this.#stop(affected);
    for (const other of affected) if (this.#restarts[other] !== "temporary") this.#start(other);
  }

  #start(index: number): void {
    this.#alive[index] = true;
    this.#generation[index] = (this.#generation[index] ?? 0) + 1;
    this.log.push(`start ${index}`);
  }

  #stop(indices: readonly number[]): void {
    for (const index of indices.toReversed()) {
      if (this.#alive[index]) this.log.push(`stop ${index}`);
      this.#alive[index] = false;
      this.#generation[index] = (this.#generation[index] ?? 0) + 1;
    }
  }
}

function loggingChild(log: string[], index: number, restart: Restart): ChildSpec {
  return {
    id: `${index}`,
    restart,
    start: (node) =>
      node.spawn(
        `child ${index}`,
        (process) => {
          log.push(`start ${index}`);
          return {
            receive({ event }) {
              if (event === "crash") throw new Error("struck");
              process.exit("normal");
            },
            terminate(reason) {
              if (reason === "shutdown") log.push(`stop ${index}`);
            },
          };
        },
        { name: `${index}` },
      ),
  };
}

const restartTypes = fc.array(fc.constantFrom<Restart>("permanent", "transient", "temporary"), {
  minLength: 1,
  maxLength: 5,
});
const blows = fc.array(
  fc.uniqueArray(fc.record({ index: fc.nat(4), ending: fc.constantFrom<Ending>("crash", "normal") }), {
    selector: ({ index }) => index,
    minLength: 1,
    maxLength: 3,
  }),
  { maxLength: 8 },
);

async function agrees(t: TestContext, strategy: Strategy): Promise<void> {
  t.mock.timers.enable({ apis: ["Date"] });
  await fc.assert(
    fc.asyncProperty(restartTypes, blows, fc.integer({ min: 0, max: 12 }), async (restarts, strikes, maxRestarts) => {
      const log: string[] = [];
      const node = createNode();
      const children = restarts.map((restart, index) => loggingChild(log, index, restart));
      const process = node.spawn("supervisor", supervisor({ children, strategy, maxRestarts }));
      await process.started();
      const model = new Model(restarts, strategy, maxRestarts);
      for (const blow of strikes) {
        model.strike(blow);
        for (const { index, ending } of blow) node.whereis(`${index}`)?.deliver(message(ending));
        await quiet(60);
        assert.deepEqual(log, model.log);
        assert.equal(process.ended, model.gaveUp);
      }
      process.exit("shutdown");
      await quiet(30);
      assert.equal(node.processCount, 0, "nothing is left behind");
    }),
    { numRuns: 60 },
  );
}

suite("supervision, whatever ends, does as the model says", () => {
  test("one_for_one", (t) => agrees(t, "one_for_one"));
  test("one_for_all", (t) => agrees(t, "one_for_all"));
  test("rest_for_one", (t) => agrees(t, "rest_for_one"));
});
