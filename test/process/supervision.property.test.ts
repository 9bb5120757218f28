import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import { type ChildSpec, createNode, type Node, supervisor } from "../../src/process/index.ts";
import { type Ending, type Member, Model, type Restart, type Shape, type StaticShape } from "./supervision-model.ts";
import { message, quiet } from "./support.ts";

const restart = fc.constantFrom<Restart>("permanent", "transient", "temporary");
const strategy = fc.constantFrom("one_for_one", "one_for_all", "rest_for_one");
const ending = fc.constantFrom<Ending>("crash", "crash", "normal");
const leaf: fc.Arbitrary<Shape> = fc.record({ kind: fc.constant("leaf"), restart });
const dynamic: fc.Arbitrary<Shape> = fc.record({ kind: fc.constant("dynamic"), restart, maxRestarts: fc.nat(3) });

function tree(depth: number): fc.Arbitrary<StaticShape> {
  const child: fc.Arbitrary<Shape> =
    depth === 0 ? leaf : fc.oneof({ arbitrary: leaf, weight: 2 }, dynamic, { arbitrary: tree(depth - 1), weight: 2 });
  const children = fc.array(child, { minLength: 1, maxLength: 4 });
  return fc.record({ kind: fc.constant("static"), restart, strategy, maxRestarts: fc.nat(4), children });
}

/** What happens next. Numbers choose among what there is then. */
type Step =
  | { readonly kind: "strike"; readonly supervisor: number; readonly victims: readonly Victim[] }
  | { readonly kind: "add"; readonly supervisor: number; readonly restart: Restart }
  | { readonly kind: "remove"; readonly supervisor: number; readonly child: number }
  | { readonly kind: "wait"; readonly milliseconds: number };
interface Victim {
  readonly child: number;
  readonly ending: Ending;
}

const victims = fc.array(fc.record({ child: fc.nat(9), ending }), { minLength: 1, maxLength: 4 });
const supervisorIndex = fc.nat(30);
const strike = fc.record({ kind: fc.constant("strike" as const), supervisor: supervisorIndex, victims });
const steps = fc.array(
  fc.oneof(
    { arbitrary: strike, weight: 5 },
    {
      arbitrary: fc.record({ kind: fc.constant("add" as const), supervisor: supervisorIndex, restart }),
      weight: 4,
    },
    fc.record({ kind: fc.constant("remove" as const), supervisor: supervisorIndex, child: fc.nat(9) }),
    fc.record({ kind: fc.constant("wait" as const), milliseconds: fc.constantFrom(1_000, 4_999, 5_000) }),
  ),
  { minLength: 1, maxLength: 12 },
);

/** The real thing of a shape. Processes are named by their path, so none can be there twice. */
function specOf(shape: Shape, path: string, log: string[]): ChildSpec {
  if (shape.kind === "leaf") return leafSpec(shape.restart, path, log);
  if (shape.kind === "dynamic") {
    const { restart, maxRestarts } = shape;
    return { ...dynamicSupervisor({ name: path, maxRestarts }), restart };
  }
  const { restart, strategy, maxRestarts } = shape;
  const children = shape.children.map((child, index) => specOf(child, `${path}.${index}`, log));
  const start = supervisor({ children, strategy, maxRestarts });
  return { id: path, restart, start: (node) => node.spawn(path, start, { name: path }) };
}

function leafSpec(restart: Restart, path: string, log: string[]): ChildSpec {
  return {
    id: path,
    restart,
    start: (node) =>
      node.spawn(
        path,
        (process) => {
          log.push(`start ${path}`);
          return {
            receive({ event }) {
              if (event === "crash") throw new Error("struck");
              process.exit("normal");
            },
            terminate: (reason) => void (reason === "shutdown" && log.push(`stop ${path}`)),
          };
        },
        { name: path },
      ),
  };
}

/** One of several, whatever the number. */
function pick<T>(candidates: readonly T[], index: number): T | undefined {
  return candidates[index % candidates.length];
}

function livingLeaves(member: Member): Member[] {
  return member.children.filter(({ alive, shape }) => alive && shape.kind === "leaf");
}

/** Does a step to the model and to the node. */
async function take(step: Step, model: Model, node: Node, log: string[], t: TestContext): Promise<void> {
  const living = model.root.living();
  if (step.kind === "wait") {
    t.mock.timers.tick(step.milliseconds);
    model.now += step.milliseconds;
    return;
  }
  if (step.kind === "strike") {
    const struck = pick(
      living.filter((member) => livingLeaves(member).length > 0),
      step.supervisor,
    );
    if (struck === undefined) return;
    const chosen = new Map<Member, Ending>();
    for (const { child, ending } of step.victims) chosen.set(pick(livingLeaves(struck), child) as Member, ending);
    for (const [{ path }, ending] of chosen) node.whereis(path)?.deliver(message(ending));
    return model.strike(
      struck,
      Array.from(chosen, ([child, ending]) => ({ child, ending })),
    );
  }
  const dynamics = living.filter(({ shape }) => shape.kind === "dynamic");
  const chosen = pick(dynamics, step.supervisor);
  if (chosen === undefined) return;
  const children = dynamicSupervisor({ name: chosen.path }).on(node);
  if (step.kind === "add") {
    const { path } = model.add(chosen, step.restart);
    await children.startChild(leafSpec(step.restart, path, log));
    return;
  }
  const child = pick(livingLeaves(chosen), step.child);
  if (child === undefined) return;
  const process = node.whereis(child.path);
  model.remove(child);
  assert.ok(process !== undefined && (await children.stopChild(process)));
}

function namesOf(node: Node): string[] {
  return node
    .list()
    .map(({ name }) => name ?? "")
    .toSorted();
}

suite("a tree of supervisors, whatever ends", () => {
  test("does as the model says when children of one of them end, also at the same moment", async (t) => {
    t.mock.timers.enable({ apis: ["Date", "setTimeout"] });
    await fc.assert(
      fc.asyncProperty(tree(2), steps, async (shape, happenings) => {
        const log: string[] = [];
        const node = createNode();
        const root = await specOf(shape, "0", log).start(node);
        await root.started();
        const model = new Model(shape);
        for (const step of happenings) {
          if (model.gaveUp) break;
          await take(step, model, node, log, t);
          await quiet(60);
          assert.deepEqual(log, model.log);
          assert.deepEqual(
            namesOf(node),
            model.root
              .living()
              .map(({ path }) => path)
              .toSorted(),
          );
        }
        assert.equal(root.ended, model.gaveUp);
        root.exit("shutdown");
        await quiet(60);
        assert.equal(node.processCount, 0, "nothing is left behind");
      }),
      { numRuns: 150 },
    );
  });

  test("is whole again, or gone, after ends all over it at the same moment", async (t) => {
    t.mock.timers.enable({ apis: ["Date", "setTimeout"] });
    const ends = fc.array(fc.array(fc.record({ child: fc.nat(60), ending }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(tree(2), ends, async (shape, blows) => {
        const log: string[] = [];
        const node = createNode();
        const root = await specOf(shape, "0", log).start(node);
        await root.started();
        for (const blow of blows) {
          const leaves = node.list().filter(({ name }) => isLeaf(shape, name ?? ""));
          if (leaves.length === 0) break;
          for (const { child, ending } of blow)
            node.send((pick(leaves, child) as { pid: typeof root.pid }).pid, message(ending));
          await quiet(80);
          if (root.ended) assert.equal(node.processCount, 0);
          else assertWhole(shape, "0", node);
        }
        assertAlternates(log);
        root.exit("shutdown");
        await quiet(60);
        assert.equal(node.processCount, 0, "nothing is left behind");
      }),
      { numRuns: 100 },
    );
  });
});

function shapeAt(shape: Shape, path: string): Shape | undefined {
  const [, ...indices] = path.split(".");
  return indices.reduce<Shape | undefined>(
    (found, index) => (found?.kind === "static" ? found.children[Number(index)] : undefined),
    shape,
  );
}

function isLeaf(shape: Shape, path: string): boolean {
  return shapeAt(shape, path)?.kind === "leaf";
}

/** What is permanent lives as long as its supervisor; what has no supervisor does not live. */
function assertWhole(shape: Shape, path: string, node: Node): void {
  if (shape.kind !== "static") return;
  const alive = node.whereis(path) !== undefined;
  for (const [index, child] of shape.children.entries()) {
    const below = `${path}.${index}`;
    const childAlive = node.whereis(below) !== undefined;
    if (!alive) assert.equal(childAlive, false, `${below} outlives its supervisor`);
    else if (child.restart === "permanent") assert.ok(childAlive, `${below} was not started again`);
    assertWhole(child, below, node);
  }
}

/** No child is stopped twice without a start in between. */
function assertAlternates(log: readonly string[]): void {
  const stopped = new Set<string>();
  for (const line of log) {
    const [what, path] = line.split(" ") as [string, string];
    if (what === "start") stopped.delete(path);
    else {
      assert.ok(!stopped.has(path), `${path} is stopped twice`);
      stopped.add(path);
    }
  }
}
