/** Ten thousand crashes in a row leave nothing behind. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import { type ChildSpec, createNode, type Node, type Process, supervisor } from "../../src/process/index.ts";
import { registry } from "../../src/process/registry.ts";
import { collectGarbage, message, quiet, recorder, running } from "./support.ts";

const crashes = 10_000;
/** How many crash before the turn of the next ones. */
const atOnce = 100;
/** Bytes that the heap may grow by: 25 for each crash, less than what an entry of a map needs. */
const tolerance = 256 * 1_024;

const entries = registry<string, number>({ name: "entries", keys: "unique" });
const topics = registry<string>({ name: "topics", keys: "duplicate" });
const children = dynamicSupervisor({ name: "children", maxRestarts: Number.POSITIVE_INFINITY });

/** A child that registers itself everywhere, and crashes at any message. */
function crasher(id: string): ChildSpec {
  return {
    id,
    start: (node) =>
      node.spawn(
        "crasher",
        (process) => {
          entries.on(node).register(process, id, 1);
          for (const key of ["all", id]) topics.on(node).register(process, key);
          process.sendAfter(message("too late"), 60_000);
          return {
            receive() {
              throw new Error("crash");
            },
          };
        },
        { name: id },
      ),
  };
}

function ids(): string[] {
  return Array.from({ length: atOnce }, (_, index) => `child ${index}`);
}

/** What a node holds, as numbers and names. */
function inventory(node: Node) {
  const listed = node.list();
  return {
    processes: node.processCount,
    names: listed.flatMap(({ name }) => name ?? []).toSorted(),
    links: listed.reduce((sum, { pid }) => sum + (node.inspect(pid)?.links.length ?? 0), 0),
    waiting: listed.reduce((sum, { mailboxLength }) => sum + mailboxLength, 0),
    entries: entries.on(node).count(),
    topics: topics.on(node).count(),
    everyone: topics.on(node).lookup("all").length,
  };
}

/** Runs a round of crashes many times, and compares what there is before and after. */
async function leaksNothing(t: TestContext, node: Node, round: () => Promise<void>): Promise<void> {
  t.mock.timers.enable({ apis: ["Date"] });
  t.after(() => {
    for (const one of node.processes()) one.exit("killed");
  });
  const rounds = async (number: number) => {
    for (let count = 0; count < number; count++) {
      await round();
      await quiet(10);
      t.mock.timers.tick(1_000);
    }
    t.mock.timers.tick(60_000);
    await round();
    await quiet(40);
    return settledHeap();
  };
  const heapBefore = await rounds(40);
  const before = inventory(node);
  const heapAfter = await rounds(crashes / atOnce);
  assert.deepEqual(inventory(node), before);
  const grown = heapAfter - heapBefore;
  assert.ok(grown < tolerance, `the heap has grown by ${grown} bytes`);
}

/** Bytes in use when there is no more garbage: what is finalised in one collection is freed by a later one. */
async function settledHeap(): Promise<number> {
  const sizes: number[] = [];
  for (let collection = 0; collection < 5; collection++) {
    collectGarbage();
    await quiet(2);
    sizes.push(process.memoryUsage().heapUsed);
  }
  return Math.min(...sizes);
}

async function registries(node: Node): Promise<void> {
  for (const spec of [entries, topics]) await (await spec.start(node)).started();
}

function strike(node: Node, names: readonly string[]): void {
  for (const name of names) node.whereis(name)?.deliver(message("crash"));
}

suite(`after ${crashes} crashes everything is as it was`, () => {
  test("in a supervisor", async (t) => {
    const node = createNode();
    await registries(node);
    const start = supervisor({ children: ids().map(crasher), maxRestarts: Number.POSITIVE_INFINITY });
    await node.spawn("supervisor", start).started();
    await leaksNothing(t, node, async () => {
      strike(node, ids());
      await quiet(atOnce * 3);
    });
  });

  test("in a dynamic supervisor", async (t) => {
    const node = createNode();
    await registries(node);
    await (await children.start(node)).started();
    await Promise.all(ids().map((id) => children.on(node).startChild(crasher(id))));
    await leaksNothing(t, node, async () => strike(node, ids()));
    assert.equal(children.on(node).count(), atOnce);
  });

  test("of children that are started and forgotten, or fail to start", async (t) => {
    const node = createNode();
    await registries(node);
    await (await children.start(node)).started();
    await leaksNothing(t, node, async () => {
      const specs = ids().map((id) => ({ ...crasher(id), restart: "temporary" as const }));
      await Promise.all(specs.slice(0, atOnce / 2).map((spec) => children.on(node).startChild(spec)));
      strike(node, ids());
      const refused = specs.slice(atOnce / 2).map(({ id }) => {
        const start = (on: Node) => on.spawn(id, () => Promise.reject(new Error("no start")), { name: id });
        return assert.rejects(children.on(node).startChild({ id, start }), /no start/);
      });
      await Promise.all(refused);
    });
    assert.equal(children.on(node).count(), 0);
  });

  test("of processes linked to and watched by one that lives", async (t) => {
    const node = createNode();
    await registries(node);
    const { process: watcher, received } = await recorder(node);
    watcher.trapExit = true;
    await leaksNothing(t, node, async () => {
      const watched: Process[] = [];
      for (let count = 0; count < atOnce; count++) {
        const one = await running(node, {});
        watcher.link(one);
        node.monitor(watcher, one.pid);
        watched.push(one);
      }
      for (const one of watched) one.exit(new Error("crash"));
      await quiet(10);
      assert.equal(received.length, atOnce * 2);
      received.length = 0;
    });
    assert.deepEqual(watcher.links, []);
  });

  test("of processes that watch and are linked to one that lives", async (t) => {
    const node = createNode();
    await registries(node);
    const centre = await running(node, {});
    centre.trapExit = true;
    await leaksNothing(t, node, async () => {
      for (let count = 0; count < atOnce; count++) {
        const one = await running(node, {});
        node.monitor(one, centre.pid);
        one.link(centre);
        one.exit(new Error("crash"));
      }
    });
    assert.deepEqual(centre.links, []);
  });
});

suite("after hundreds of supervisors gave up everything is as it was", () => {
  test("with all below them, static or dynamic", async (t) => {
    const node = createNode();
    await registries(node);
    const strict: ChildSpec = {
      id: "strict",
      start: (on) => on.spawn("strict", supervisor({ maxRestarts: 0, children: ids().slice(0, 10).map(crasher) })),
    };
    const dynamic = dynamicSupervisor({ name: "dynamic", maxRestarts: 0 });
    const top = supervisor({ children: [strict, dynamic], maxRestarts: Number.POSITIVE_INFINITY });
    await node.spawn("top", top).started();
    await leaksNothing(t, node, async () => {
      await Promise.all(["a", "b"].map((id) => dynamic.on(node).startChild(crasher(id))));
      strike(node, ["a", "child 5"]);
      await quiet(60);
    });
  });
});
