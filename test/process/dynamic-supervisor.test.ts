import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { MaxChildrenError } from "../../src/process/dynamic-supervisor/max-children-error.ts";
import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import {
  application,
  type ChildSpec,
  childRestart,
  createNode,
  type Node,
  type Process,
} from "../../src/process/index.ts";
import { child, tell } from "./children.ts";
import { ended, message, quiet, running } from "./support.ts";

const rooms = dynamicSupervisor({ name: "rooms" });

/** Starts a dynamic supervisor; the default is {@link rooms}. */
async function start(node: Node, spec: ChildSpec = rooms): Promise<Process> {
  const process = await spec.start(node);
  await process.started();
  return process;
}

function broken(error: string): ChildSpec {
  return { id: "broken", start: (node) => node.spawn("broken", () => Promise.reject(new Error(error))) };
}

suite("starting a child", () => {
  test("resolves with its process once it has started", async () => {
    const node = createNode();
    await start(node);
    const log: string[] = [];
    const process = await rooms.on(node).startChild(child(log, "a"));
    assert.equal(process, node.whereis("a"));
    assert.deepEqual(log, ["start a"]);
    assert.deepEqual(rooms.on(node).children(), [process]);
    assert.equal(rooms.on(node).count(), 1);
  });

  test("happens in the supervisor's process", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const process = await rooms.on(node).startChild(child([], "a"));
    assert.equal(process.parent, supervisor.pid);
  });

  test("waits for no other child, however slow", async () => {
    const node = createNode();
    await start(node);
    const gate = Promise.withResolvers<void>();
    const slowStart: ChildSpec = {
      id: "slow",
      start: (on) => on.spawn("slow", () => gate.promise.then(() => ({ receive() {} }))),
    };
    const slowSpec: ChildSpec = { id: "slower", start: (on) => gate.promise.then(() => running(on, {})) };
    const slow = [rooms.on(node).startChild(slowStart), rooms.on(node).startChild(slowSpec)];
    await rooms.on(node).startChild(child([], "quick"));
    assert.equal(rooms.on(node).count(), 3);
    gate.resolve();
    await Promise.all(slow);
    assert.equal(rooms.on(node).children().length, 3);
  });

  test("rejects with what its start threw, wherever it did, and leaves no child", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const throwing: ChildSpec = {
      id: "throwing",
      start() {
        throw new Error("no file");
      },
    };
    const late: ChildSpec = { id: "late", start: () => Promise.reject(new Error("no answer")) };
    await assert.rejects(rooms.on(node).startChild(broken("no port")), /no port/);
    await assert.rejects(rooms.on(node).startChild(throwing), /no file/);
    await assert.rejects(rooms.on(node).startChild(late), /no answer/);
    assert.equal(rooms.on(node).count(), 0);
    await quiet();
    assert.equal(supervisor.ended, false);
    assert.equal(node.processCount, 1);
  });

  test("rejects if the process that its spec promised has ended meanwhile", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const late = async (on: Node) => {
      const process = await running(on, {});
      process.exit(new Error("too early"));
      await ended(process);
      return process;
    };
    await assert.rejects(rooms.on(node).startChild({ id: "late", start: late }), /too early/);
    await quiet();
    assert.equal(rooms.on(node).count(), 0);
    assert.equal(supervisor.ended, false);
  });

  test("rejects if the supervisor is no more, or ends meanwhile", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const supervisor = await start(node);
    const children = rooms.on(node);
    const never: ChildSpec = { id: "never", start: (on) => on.spawn("never", () => new Promise(() => {})) };
    const waiting = assert.rejects(
      children.startChild(never),
      /rooms ended before it could start a child|never has ended/,
    );
    await quiet();
    const unheard = assert.rejects(children.startChild(child([], "a")), /rooms ended before it could start a child/);
    const end = ended(supervisor);
    supervisor.exit("shutdown");
    t.mock.timers.tick(5_000);
    await Promise.all([waiting, unheard, end]);
    await assert.rejects(children.startChild(child([], "a")), /rooms has ended: ask on\(node\)/);
    assert.equal(node.processCount, 0);
  });

  test("a process that comes when the supervisor has ended is ended too", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const gate = Promise.withResolvers<Process>();
    const refused = assert.rejects(rooms.on(node).startChild({ id: "late", start: () => gate.promise }));
    await quiet();
    const end = ended(supervisor);
    supervisor.exit("shutdown");
    await end;
    gate.resolve(await running(node, {}));
    await refused;
    await quiet();
    assert.equal(node.processCount, 0);
  });
});

suite("maxChildren", () => {
  const two = dynamicSupervisor({ name: "two", maxChildren: 2 });

  test("refuses one too many, and says what to do", async () => {
    const node = createNode();
    await start(node, two);
    await two.on(node).startChild(child([], "a"));
    await two.on(node).startChild(child([], "b"));
    await assert.rejects(two.on(node).startChild(child([], "c")), (error) => {
      assert.ok(error instanceof MaxChildrenError);
      assert.match(error.message, /^two already has 2 children, as many as its maxChildren allows: stop one/);
      return true;
    });
    assert.equal(node.whereis("c"), undefined);
  });

  test("counts those whose process is still to come", async () => {
    const node = createNode();
    await start(node, two);
    const gate = Promise.withResolvers<Process>();
    const coming = two.on(node).startChild({ id: "coming", start: () => gate.promise });
    await two.on(node).startChild(child([], "a"));
    await assert.rejects(two.on(node).startChild(child([], "b")), MaxChildrenError);
    gate.reject(new Error("not coming"));
    await assert.rejects(coming, /not coming/);
    await two.on(node).startChild(child([], "b"));
  });

  test("leaves room again when a child has ended or was stopped", async () => {
    const node = createNode();
    await start(node, two);
    const first = await two.on(node).startChild(child([], "a"));
    await two.on(node).startChild(child([], "b", { restart: "temporary" }));
    await two.on(node).stopChild(first);
    await tell(node, "b", "crash");
    await two.on(node).startChild(child([], "c"));
    await two.on(node).startChild(child([], "d"));
    assert.equal(two.on(node).count(), 2);
  });

  test("keeps the place of a child that is started again", async () => {
    const node = createNode();
    await start(node, two);
    await two.on(node).startChild(child([], "a"));
    await two.on(node).startChild(child([], "b"));
    node.whereis("a")?.deliver(message("crash"));
    await assert.rejects(two.on(node).startChild(child([], "c")), MaxChildrenError);
    await quiet();
    assert.ok(node.whereis("a"));
  });
});

suite("a child that ends", () => {
  const cases = [
    ["permanent", "crash", true],
    ["permanent", "normal", true],
    ["transient", "crash", true],
    ["transient", "normal", false],
    ["temporary", "crash", false],
    ["temporary", "normal", false],
  ] as const;
  for (const [restart, event, again] of cases) {
    test(`${restart}: after ${event === "crash" ? "a crash" : "a normal end"} ${again ? "started again" : "forgotten"}`, async () => {
      const log: string[] = [];
      const node = createNode();
      await start(node);
      await rooms.on(node).startChild(child(log, "a", { restart }));
      await tell(node, "a", event);
      assert.deepEqual(log, again ? ["start a", "start a"] : ["start a"]);
      assert.equal(rooms.on(node).count(), again ? 1 : 0);
    });
  }

  test("is started again if it is transient and was killed, or crashed right after its start", async () => {
    const node = createNode();
    await start(node);
    let starts = 0;
    const hasty: ChildSpec = {
      id: "hasty",
      restart: "transient",
      start: (on) =>
        on.spawn("hasty", () => {
          const first = ++starts === 1;
          return {
            receive() {},
            settle() {
              if (first) throw new Error("too hasty");
            },
          };
        }),
    };
    await rooms.on(node).startChild(hasty);
    await quiet();
    assert.equal(starts, 2);
    rooms.on(node).children()[0]?.exit("killed");
    await quiet();
    assert.equal(starts, 3);
  });

  test("is started again alone, and that is reported", async (t) => {
    const log: string[] = [];
    const node = createNode("alone");
    const events: unknown[] = [];
    t.after(childRestart.attach((event) => event.node === node.name && events.push(event)));
    await start(node);
    for (const id of ["a", "b", "c"]) await rooms.on(node).startChild(child(log, id));
    log.length = 0;
    await tell(node, "b", "crash");
    assert.deepEqual(log, ["start b"]);
    const supervisor = "dynamic supervisor rooms";
    assert.deepEqual(events, [{ node: "alone", supervisor, child: "b", reason: "Error: b crashed" }]);
  });

  test("may be linked to the supervisor as well", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const linked: ChildSpec = {
      id: "linked",
      start: (on) => on.spawn("linked", () => ({ receive() {} }), { link: supervisor, name: "linked" }),
    };
    await rooms.on(node).startChild(linked);
    node.whereis("linked")?.exit(new Error("crash"));
    await quiet();
    assert.equal(supervisor.ended, false);
    assert.equal(rooms.on(node).count(), 1);
  });
});

suite("giving up", () => {
  const strict = dynamicSupervisor({ name: "strict", maxRestarts: 2, maxSeconds: 5 });

  function mockTime(t: TestContext): void {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  }

  test("after more restarts than allowed, of whichever children, with the reason and the rest stopped", async (t) => {
    mockTime(t);
    const log: string[] = [];
    const node = createNode();
    const process = await start(node, strict);
    for (const id of ["a", "b"]) await strict.on(node).startChild(child(log, id));
    const end = ended(process);
    await tell(node, "a", "crash");
    await tell(node, "b", "crash");
    await tell(node, "a", "crash");
    const error = await end;
    assert.ok(error instanceof Error);
    assert.equal(error.message, 'dynamic supervisor strict gives up: its child "a" ended more than 2 times in 5 s');
    assert.match(String(error.cause), /a crashed/);
    assert.deepEqual(log, ["start a", "start b", "start a", "start b", "stop b"]);
    assert.equal(node.processCount, 0);
  });

  test("not if they are spread over time", async (t) => {
    mockTime(t);
    const node = createNode();
    const process = await start(node, strict);
    await strict.on(node).startChild(child([], "a"));
    for (let crash = 0; crash < 8; crash++) {
      await tell(node, "a", "crash");
      t.mock.timers.tick(2_500);
    }
    assert.equal(process.ended, false);
  });

  for (const where of ["the spec", "the promise of the spec", "the process"] as const) {
    test(`also when a child cannot be started again: ${where} fails`, async (t) => {
      mockTime(t);
      const node = createNode();
      const process = await start(node, strict);
      let starts = 0;
      const once: ChildSpec = {
        id: "once",
        start(on) {
          const again = ++starts > 1;
          const error = new Error("only once");
          if (again && where === "the spec") throw error;
          if (again && where === "the promise of the spec") return Promise.reject(error);
          return on.spawn("once", () => {
            if (again) throw error;
            return { receive() {} };
          });
        },
      };
      const first = await strict.on(node).startChild(once);
      const end = ended(process);
      first.exit(new Error("crash"));
      assert.match(String(((await end) as Error).cause), /only once/);
      assert.equal(starts, 3);
    });
  }

  test("reaches the supervisor above, which starts an empty one", async (t) => {
    mockTime(t);
    const { node, stop } = await application({ children: [strict] }).start();
    const before = strict.on(node);
    await before.startChild(child([], "a"));
    for (let crash = 0; crash < 3; crash++) await tell(node, "a", "crash");
    assert.notEqual(strict.on(node), before);
    assert.equal(strict.on(node).count(), 0);
    await assert.rejects(before.startChild(child([], "a")), /has ended/);
    await strict.on(node).startChild(child([], "a"));
    await stop();
    assert.equal(node.processCount, 0);
  });
});

suite("stopping a child", () => {
  for (const by of ["process", "pid", "ref"] as const) {
    test(`by its ${by}: it ends in peace and is not started again`, async () => {
      const log: string[] = [];
      const node = createNode();
      await start(node);
      const process = await rooms.on(node).startChild(child(log, "a"));
      const named = { process, pid: process.pid, ref: { process } }[by];
      assert.equal(await rooms.on(node).stopChild(named), true);
      assert.equal(rooms.on(node).count(), 0);
      await quiet();
      assert.deepEqual(log, ["start a", "stop a"]);
      assert.equal(await rooms.on(node).stopChild(named), false);
    });
  }

  test("is false for what is no child: strangers, those of other nodes, refs to nobody", async () => {
    const node = createNode();
    const other = createNode();
    await start(node);
    await start(other);
    await rooms.on(node).startChild(child([], "a"));
    const stranger = await running(node, {});
    const same = await rooms.on(other).startChild(child([], "a"));
    for (const no of [stranger, stranger.pid, same, same.pid, { process: undefined }]) {
      assert.equal(await rooms.on(node).stopChild(no), false);
    }
    assert.equal(stranger.ended || same.ended, false);
  });

  test("asked twice, and while it is on its way out, waits for its end", async () => {
    const node = createNode();
    await start(node);
    const gate = Promise.withResolvers<void>();
    const process = await rooms.on(node).startChild(child([], "a", { terminate: () => gate.promise }));
    const first = rooms.on(node).stopChild(process);
    await quiet();
    const second = rooms.on(node).stopChild(process.pid);
    await quiet();
    assert.equal(process.ended, true);
    assert.deepEqual(rooms.on(node).children(), []);
    assert.equal(rooms.on(node).count(), 1);
    gate.resolve();
    assert.deepEqual(await Promise.all([first, second]), [true, true]);
    await rooms.on(node).startChild(child([], "a"));
  });

  test("that is just crashing keeps it from being started again", async () => {
    const log: string[] = [];
    const node = createNode();
    await start(node);
    const process = await rooms.on(node).startChild(child(log, "a"));
    const stopped = rooms.on(node).stopChild(process);
    process.exit(new Error("crash"));
    assert.equal(await stopped, true);
    await quiet();
    assert.deepEqual(log, ["start a"]);
    assert.equal(rooms.on(node).count(), 0);
  });

  test("that has not started yet makes its start fail", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const never: ChildSpec = {
      id: "never",
      start: (on) => on.spawn("never", () => new Promise(() => {}), { name: "never" }),
    };
    const refused = assert.rejects(rooms.on(node).startChild(never));
    await quiet();
    node.whereis("never")?.exit("killed");
    await refused;
    await quiet();
    assert.equal(rooms.on(node).count(), 0);
    assert.equal(supervisor.ended, false);
  });

  test("kills it when its time is over", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    await start(node);
    const stuck = child([], "stuck", { shutdown: 1_000, terminate: () => new Promise(() => {}) });
    const process = await rooms.on(node).startChild(stuck);
    const end = ended(process);
    const stopped = rooms.on(node).stopChild(process);
    await quiet();
    t.mock.timers.tick(999);
    await quiet();
    assert.equal(rooms.on(node).count(), 1);
    t.mock.timers.tick(1);
    assert.equal(await stopped, true);
    assert.equal(await end, "killed");
  });
});

suite("stopping the supervisor", () => {
  test("stops all children at the same time, each within its own time", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const supervisor = await start(node);
    const stuck = () => new Promise<void>(() => {});
    const ends: string[] = [];
    for (const [id, shutdown] of [
      ["a", 3_000],
      ["b", 1_000],
      ["c", undefined],
      ["d", "brutal_kill"],
    ] as const) {
      const spec = child([], id, { terminate: stuck, ...(shutdown !== undefined && { shutdown }) });
      const process = await rooms.on(node).startChild(spec);
      process.onExit((reason) => ends.push(`${id} ${String(reason)}`));
    }
    await rooms.on(node).startChild(child([], "e"));
    const end = ended(supervisor);
    supervisor.exit("shutdown");
    await quiet();
    assert.equal(node.whereis("e"), undefined);
    assert.deepEqual(ends.splice(0), ["d killed"]);
    for (const expected of [["b killed"], [], ["a killed"], [], ["c killed"]]) {
      t.mock.timers.tick(1_000);
      await quiet();
      assert.deepEqual(ends.splice(0), expected);
    }
    assert.equal(await end, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("needs one timer for all, and leaves none behind", async (t) => {
    const node = createNode();
    const supervisor = await start(node);
    for (const id of ["a", "b", "c"]) await rooms.on(node).startChild(child([], id));
    const set = t.mock.method(globalThis, "setTimeout");
    const clear = t.mock.method(globalThis, "clearTimeout");
    const end = ended(supervisor);
    supervisor.exit("shutdown");
    await end;
    assert.deepEqual(
      set.mock.calls.map(({ result }) => result),
      clear.mock.calls.map(({ arguments: [timer] }) => timer),
    );
    assert.equal(set.mock.callCount(), 1);
  });

  test("does not wait for a child whose end it has not handled yet", async () => {
    const node = createNode();
    const supervisor = await start(node);
    const process = await rooms.on(node).startChild(child([], "a"));
    process.exit(new Error("crash"));
    const end = ended(supervisor);
    supervisor.exit("shutdown");
    assert.equal(await end, "shutdown");
    assert.equal(node.processCount, 0);
  });

  test("by killing it takes the children with it", async () => {
    const node = createNode();
    const supervisor = await start(node);
    for (const id of ["a", "b"]) await rooms.on(node).startChild(child([], id));
    supervisor.exit("killed");
    await quiet();
    assert.equal(node.processCount, 0);
  });

  test("follows from the end of the one above", async () => {
    const log: string[] = [];
    const node = createNode();
    const supervisor = await start(node);
    const above = await running(node, {});
    above.link(supervisor);
    await rooms.on(node).startChild(child(log, "a"));
    above.exit("killed");
    await quiet();
    assert.deepEqual(log, ["start a", "stop a"]);
    assert.equal(node.processCount, 0);
  });

  test("has as much time as the children need", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const app = await application({ children: [rooms] }).start();
    const slow = child([], "slow", { shutdown: 60_000, terminate: () => new Promise(() => {}) });
    const process = await rooms.on(app.node).startChild(slow);
    let over = false;
    process.onExit(() => {
      over = true;
    });
    const stopped = app.stop();
    await quiet();
    t.mock.timers.tick(59_999);
    await quiet();
    assert.equal(over, false);
    t.mock.timers.tick(1);
    await stopped;
    assert.equal(over, true);
  });
});

suite("finding it", () => {
  test("on a node where it does not run says what to do", () => {
    assert.throws(
      () => rooms.on(createNode("bare")),
      /node bare has no dynamic supervisor "rooms" running: add it to the application's children/,
    );
  });

  test("goes by its name, on each node for itself", async () => {
    const [one, two] = [createNode("one"), createNode("two")];
    await start(one);
    await start(two);
    await rooms.on(one).startChild(child([], "a"));
    assert.equal(dynamicSupervisor({ name: "rooms" }).on(one).count(), 1);
    assert.equal(rooms.on(two).count(), 0);
    assert.ok(one.whereis("rooms"));
  });
});
