import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import {
  type Behaviour,
  type ChildSpec,
  childRestart,
  createNode,
  type Node,
  type Process,
  type SupervisorOptions,
  supervisor,
} from "../../src/process/index.ts";
import { ended, message, quiet } from "./support.ts";

/** A child that logs its starts and ends, crashes on `crash` and ends on `normal`. */
function child(log: string[], id: string, more: Partial<ChildSpec & Behaviour> = {}): ChildSpec {
  const { restart, shutdown, ...behaviour } = more;
  return {
    id,
    ...(restart === undefined ? {} : { restart }),
    ...(shutdown === undefined ? {} : { shutdown }),
    start: (node) =>
      node.spawn(
        id,
        (process) => {
          log.push(`start ${id}`);
          return {
            receive({ event }) {
              if (event === "crash") throw new Error(`${id} crashed`);
              if (event === "normal") process.exit("normal");
            },
            terminate(reason) {
              if (reason === "shutdown") log.push(`stop ${id}`);
            },
            ...behaviour,
          };
        },
        { name: id },
      ),
  };
}

async function supervise(node: Node, options: SupervisorOptions): Promise<Process> {
  const process = node.spawn("supervisor", supervisor(options));
  await process.started();
  return process;
}

async function tell(node: Node, name: string, event: "crash" | "normal"): Promise<void> {
  node.whereis(name)?.deliver(message(event));
  await quiet();
}

suite("a supervisor", () => {
  test("starts its children in order, each after the one before it, and stops them in reverse", async () => {
    const log: string[] = [];
    const node = createNode();
    const slow: ChildSpec = {
      id: "slow",
      async start(on) {
        await new Promise(setImmediate);
        return on.spawn("slow", async () => {
          await new Promise(setImmediate);
          log.push("start slow");
          return { receive() {}, terminate: () => void log.push("stop slow") };
        });
      },
    };
    const process = await supervise(node, { children: [child(log, "a"), slow, child(log, "b")] });
    assert.deepEqual(log.splice(0), ["start a", "start slow", "start b"]);
    const end = ended(process);
    process.exit("shutdown");
    assert.equal(await end, "shutdown");
    assert.deepEqual(log, ["stop b", "stop slow", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("stops a child only when the one after it has ended, terminate included", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const process = await supervise(createNode(), {
      children: [child(log, "a"), child(log, "b", { terminate: () => gate.promise })],
    });
    process.exit("shutdown");
    await quiet();
    assert.ok(!log.includes("stop a"));
    const end = ended(process);
    gate.resolve();
    await end;
    assert.ok(log.includes("stop a"));
  });

  test("does not start if a child does not, and stops those before it", async () => {
    const log: string[] = [];
    const node = createNode();
    const broken = child(log, "broken");
    const options = {
      children: [
        child(log, "a"),
        { ...broken, start: (on: Node) => on.spawn("broken", () => Promise.reject(new Error("no port"))) },
        child(log, "never"),
      ],
    };
    await assert.rejects(supervise(node, options), /no port/);
    await quiet();
    assert.deepEqual(log, ["start a", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("does not start if a child crashes in its start, at once or not, whenever its spec hands it over", async () => {
    const start = (node: Node) =>
      node.spawn("broken", () => {
        throw new Error("no port");
      });
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start }] }), /no port/);
    const late = async (node: Node) => {
      const process = start(node);
      await quiet();
      return process;
    };
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start: late }] }), /no port/);
  });

  test("does not start either if a child's spec throws", async () => {
    const start = () => {
      throw new Error("no such file");
    };
    await assert.rejects(supervise(createNode(), { children: [{ id: "broken", start }] }), /no such file/);
  });

  test("reports a restart", async (t) => {
    const node = createNode("restarts");
    const events: unknown[] = [];
    t.after(childRestart.attach((event) => event.node === node.name && events.push(event)));
    await supervise(node, { children: [child([], "a")] });
    await tell(node, "a", "crash");
    assert.deepEqual(events, [{ node: "restarts", supervisor: "supervisor", child: "a", reason: "Error: a crashed" }]);
  });

  test("ignores messages that are none of its business", async () => {
    const node = createNode();
    const process = await supervise(node, { children: [child([], "a")] });
    process.deliver(message("hello"));
    process.deliver(message("DOWN", { reference: 99, pid: process.pid, reason: "normal" }));
    await quiet();
    assert.equal(process.ended, false);
  });

  test("restarts a child that crashes right after its start, even a transient one", async () => {
    const node = createNode();
    let starts = 0;
    const hasty: ChildSpec = {
      id: "hasty",
      restart: "transient",
      start: (on) =>
        on.spawn("hasty", () => {
          const broken = ++starts === 1;
          return {
            receive() {},
            settle() {
              if (broken) throw new Error("too hasty");
            },
          };
        }),
    };
    await supervise(node, { children: [hasty] });
    await quiet();
    assert.equal(starts, 2);
  });
});

suite("restart", () => {
  const cases = [
    ["permanent", "crash", true],
    ["permanent", "normal", true],
    ["transient", "crash", true],
    ["transient", "normal", false],
    ["temporary", "crash", false],
    ["temporary", "normal", false],
  ] as const;
  for (const [restart, event, again] of cases) {
    test(`${restart}: after ${event === "crash" ? "a crash" : "a normal end"} ${again ? "started again" : "left alone"}`, async () => {
      const log: string[] = [];
      const node = createNode();
      await supervise(node, { children: [child(log, "a", { restart })] });
      await tell(node, "a", event);
      assert.deepEqual(log, again ? ["start a", "start a"] : ["start a"]);
    });
  }

  test("temporary: not started again for a sibling's sake either", async () => {
    const log: string[] = [];
    const node = createNode();
    const children = [child(log, "a"), child(log, "b", { restart: "temporary" })];
    await supervise(node, { strategy: "one_for_all", children });
    await tell(node, "a", "crash");
    assert.deepEqual(log, ["start a", "start b", "stop b", "start a"]);
  });
});

suite("strategy", () => {
  const cases = [
    ["one_for_one", ["start b"]],
    ["one_for_all", ["stop c", "stop a", "start a", "start b", "start c"]],
    ["rest_for_one", ["stop c", "start b", "start c"]],
  ] as const;
  for (const [strategy, expected] of cases) {
    test(`${strategy}: ${expected.join(", ")} when b of a, b, c crashes`, async () => {
      const log: string[] = [];
      const node = createNode();
      await supervise(node, { strategy, children: ["a", "b", "c"].map((id) => child(log, id)) });
      log.length = 0;
      await tell(node, "b", "crash");
      assert.deepEqual(log, expected);
    });
  }

  test("one_for_all waits for a sibling that is already ending before it starts that one again", async () => {
    const log: string[] = [];
    const gate = Promise.withResolvers<void>();
    const node = createNode();
    const children = [child(log, "a"), child(log, "b", { terminate: () => gate.promise })];
    await supervise(node, { strategy: "one_for_all", children });
    await tell(node, "b", "normal");
    await tell(node, "a", "crash");
    assert.deepEqual(log.splice(0), ["start a", "start b"]);
    gate.resolve();
    await quiet();
    assert.deepEqual(log, ["start a", "start b"]);
  });
});

suite("giving up", () => {
  function mockTime(t: TestContext): void {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  }

  test("after more restarts than allowed, with the child's reason, and its children stopped", async (t) => {
    mockTime(t);
    const log: string[] = [];
    const node = createNode();
    const process = await supervise(node, { maxRestarts: 2, children: [child(log, "a"), child(log, "b")] });
    const end = ended(process);
    for (let crash = 0; crash < 3; crash++) await tell(node, "b", "crash");
    const error = await end;
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'supervisor gives up: its child "b" ended more than 2 times in 5 s');
    assert.match(String(error.cause), /b crashed/);
    assert.deepEqual(log, ["start a", "start b", "start b", "start b", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("not if they are spread over time", async (t) => {
    mockTime(t);
    const node = createNode();
    const process = await supervise(node, { maxRestarts: 1, maxSeconds: 5, children: [child([], "a")] });
    for (let crash = 0; crash < 5; crash++) {
      await tell(node, "a", "crash");
      t.mock.timers.tick(5_000);
    }
    assert.equal(process.ended, false);
  });

  test("also when the child cannot be started again", async (t) => {
    mockTime(t);
    const node = createNode();
    let starts = 0;
    const once: ChildSpec = {
      id: "once",
      start: (on) =>
        on.spawn(
          "once",
          () => {
            if (++starts > 1) throw new Error("only once");
            return {
              receive() {
                throw new Error("crash");
              },
            };
          },
          { name: "once" },
        ),
    };
    const process = await supervise(node, { children: [once] });
    const end = ended(process);
    await tell(node, "once", "crash");
    assert.match(String(((await end) as Error).cause), /only once/);
    assert.equal(starts, 4);
  });

  test("reaches the supervisor above, which starts the one below anew", async (t) => {
    mockTime(t);
    const log: string[] = [];
    const node = createNode();
    const below: ChildSpec = {
      id: "below",
      start: (on) => on.spawn("below", supervisor({ maxRestarts: 1, children: [child(log, "a")] })),
    };
    const top = await supervise(node, { maxRestarts: 1, children: [below] });
    await tell(node, "a", "crash");
    await tell(node, "a", "crash");
    assert.deepEqual(log, ["start a", "start a", "start a"]);
    assert.equal(top.ended, false);
    const end = ended(top);
    await tell(node, "a", "crash");
    await tell(node, "a", "crash");
    assert.match(String(await end), /its child "below" ended more than 1 times/);
    assert.equal(node.processCount, 0);
  });
});

suite("stopping", () => {
  test("kills a child that does not finish its message in time", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const busy = child([], "busy", { shutdown: 1_000, receive: () => new Promise(() => {}) });
    const process = await supervise(node, { children: [busy] });
    const inner = node.whereis("busy");
    assert.ok(inner);
    inner.deliver(message("work"));
    await quiet();
    const reason = ended(inner);
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    t.mock.timers.tick(999);
    await quiet();
    assert.equal(process.ended && node.processCount === 0, false);
    assert.equal(inner.ended, false);
    t.mock.timers.tick(1);
    assert.equal(await reason, "killed");
    assert.equal(await end, "shutdown");
  });

  test("kills a child whose terminate does not finish, after 5 s if nothing is said", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const process = await supervise(node, {
      children: [child([], "stuck", { terminate: () => new Promise(() => {}) })],
    });
    const end = ended(process);
    process.exit("shutdown");
    await quiet();
    t.mock.timers.tick(4_999);
    await quiet();
    let over = false;
    end.then(() => {
      over = true;
    });
    await quiet();
    assert.equal(over, false);
    t.mock.timers.tick(1);
    assert.equal(await end, "shutdown");
  });

  test("kills at once what is to be killed brutally", async () => {
    const log: string[] = [];
    const node = createNode();
    const process = await supervise(node, { children: [child(log, "a", { shutdown: "brutal_kill" })] });
    const end = ended(process);
    process.exit("shutdown");
    await end;
    assert.deepEqual(log, ["start a"]);
  });

  test("leaves no timer behind", async (t) => {
    const set = t.mock.method(globalThis, "setTimeout");
    const clear = t.mock.method(globalThis, "clearTimeout");
    const process = await supervise(createNode(), { children: [child([], "a"), child([], "b")] });
    const end = ended(process);
    process.exit("shutdown");
    await end;
    assert.equal(set.mock.callCount(), 2);
    const cleared = clear.mock.calls.map((call) => call.arguments[0]);
    for (const call of set.mock.calls) assert.ok(cleared.includes(call.result));
  });
});

suite("a supervisor that is killed", () => {
  test("takes its children with it", async () => {
    const node = createNode();
    const process = await supervise(node, { children: [child([], "a"), child([], "b")] });
    process.exit("killed");
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("takes the supervisors below with it, and they stop their children in order", async () => {
    const log: string[] = [];
    const node = createNode();
    const children = [child(log, "a"), child(log, "b")];
    const below: ChildSpec = { id: "below", start: (on) => on.spawn("below", supervisor({ children })) };
    const process = await supervise(node, { children: [below] });
    process.exit("killed");
    await quiet();
    assert.deepEqual(log, ["start a", "start b", "stop b", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("while a child is starting leaves none behind", async () => {
    const node = createNode();
    const gate = Promise.withResolvers<Process>();
    const process = node.spawn(
      "supervisor",
      supervisor({ children: [child([], "a"), { id: "b", start: () => gate.promise }] }),
    );
    const refused = assert.rejects(process.started());
    await quiet();
    process.exit("killed");
    gate.resolve(node.spawn("b", () => ({ receive() {} })));
    await refused;
    await quiet();
    assert.equal(node.processCount, 0);
  });
});
