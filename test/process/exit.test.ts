import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode, type ExitReason } from "../../src/process/index.ts";
import { crashes, ended, message, quiet, recorder, running } from "./support.ts";

suite("exit", () => {
  for (const reason of ["normal", "shutdown", new Error("told to crash")] as const) {
    test(`ends an idle process with ${reason}, and calls terminate with it`, async () => {
      const reasons: ExitReason[] = [];
      const process = await running(createNode(), { terminate: (why) => void reasons.push(why) });
      await quiet();
      const end = ended(process);
      process.exit(reason);
      assert.equal(await end, reason);
      assert.deepEqual(reasons, [reason]);
      assert.equal(process.ended, true);
    });
  }

  test("by killing calls no terminate", async () => {
    let terminated = false;
    const process = await running(createNode(), {
      terminate() {
        terminated = true;
      },
    });
    const end = ended(process);
    process.exit("killed");
    assert.equal(await end, "killed");
    assert.equal(terminated, false);
  });

  test("from within lets the handler finish, and nothing after it", async () => {
    const log: string[] = [];
    const process = await running(createNode(), {
      receive({ event }) {
        process.exit("normal");
        log.push(event);
      },
      settle: () => void log.push("settle"),
    });
    await quiet();
    log.length = 0;
    process.deliver(message("a"));
    process.deliver(message("b"));
    assert.equal(await ended(process), "normal");
    assert.deepEqual(log, ["a"]);
  });

  test("in peace waits for a handler that awaits", async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const process = await running(createNode(), {
      async receive() {
        await gate.promise;
        log.push("finished");
      },
      terminate: () => void log.push("terminated"),
    });
    process.deliver(message("a"));
    await quiet();
    process.exit("shutdown");
    await quiet();
    assert.deepEqual(log, []);
    assert.equal(process.ended, false);
    const end = ended(process);
    gate.resolve();
    assert.equal(await end, "shutdown");
    assert.deepEqual(log, ["finished", "terminated"]);
  });

  for (const reason of ["killed", new Error("crashed from outside")] as const) {
    test(`with ${reason} does not wait for a handler that awaits`, async () => {
      const gate = Promise.withResolvers<void>();
      const process = await running(createNode(), { receive: () => gate.promise });
      process.deliver(message("a"));
      await quiet();
      const end = ended(process);
      process.exit(reason);
      assert.equal(await end, reason);
      gate.reject(new Error("what the handler still does goes nowhere"));
      await quiet();
    });
  }

  test("with an error, asked for before the handler awaits, does not wait for it either", async () => {
    const process = await running(createNode(), {
      receive() {
        process.exit(new Error("gave up"));
        return new Promise(() => {});
      },
    });
    process.deliver(message("a"));
    assert.match(String(await ended(process)), /gave up/);
  });

  test("by killing beats a peaceful one that is under way", async () => {
    let terminated = false;
    const process = await running(createNode(), {
      receive() {
        process.exit("shutdown");
        process.exit("killed");
      },
      terminate() {
        terminated = true;
      },
    });
    process.deliver(message("a"));
    assert.equal(await ended(process), "killed");
    assert.equal(terminated, false);
  });

  test("drops what waits in the mailbox", async () => {
    const { process, received } = await recorder(createNode());
    process.deliver(message("a"));
    process.exit("normal");
    process.deliver(message("b"));
    await quiet();
    assert.deepEqual(received, []);
    assert.equal(process.mailboxLength, 0);
  });

  test("ends a process that has not begun: its start function never runs", async () => {
    let began = false;
    const process = createNode().spawn("late", () => {
      began = true;
      return { receive() {} };
    });
    process.exit("shutdown");
    assert.equal(await ended(process), "noproc");
    await quiet();
    assert.equal(began, false);
  });

  test("while the start awaits waits for it, then terminates what it made", async () => {
    const gate = Promise.withResolvers<void>();
    const reasons: ExitReason[] = [];
    const process = createNode().spawn("starting", async () => {
      await gate.promise;
      return { receive() {}, terminate: (reason) => void reasons.push(reason) };
    });
    await quiet();
    process.exit("shutdown");
    const end = ended(process);
    gate.resolve();
    assert.equal(await end, "shutdown");
    assert.deepEqual(reasons, ["shutdown"]);
  });

  test("is heard once: the first reason stays", async () => {
    const gate = Promise.withResolvers<void>();
    const reasons: ExitReason[] = [];
    const process = await running(createNode(), {
      terminate(reason) {
        reasons.push(reason);
        return gate.promise;
      },
    });
    const end = ended(process);
    process.exit("shutdown");
    process.exit(new Error("too late"));
    gate.resolve();
    assert.equal(await end, "shutdown");
    assert.deepEqual(reasons, ["shutdown"]);
  });
});

suite("who waits for an end", () => {
  test("is told when terminate is done, not before", async () => {
    const gate = Promise.withResolvers<void>();
    const process = await running(createNode(), { terminate: () => gate.promise });
    process.exit("shutdown");
    let told = false;
    const end = ended(process).then((reason) => {
      told = true;
      return reason;
    });
    await quiet();
    assert.equal(process.ended, true);
    assert.equal(told, false);
    gate.resolve();
    assert.equal(await end, "shutdown");
  });

  test("is told at once if terminate does not finish and the process is killed", async () => {
    const process = await running(createNode(), { terminate: () => new Promise(() => {}) });
    const end = ended(process);
    process.exit("shutdown");
    process.exit("killed");
    assert.equal(await end, "killed");
  });

  test("is told at once of a process that is no more", async () => {
    const process = await running(createNode(), {});
    process.exit("normal");
    assert.equal(await ended(process), "noproc");
  });

  test("can take it back", async () => {
    const process = await running(createNode(), {});
    let told = false;
    const callback = () => {
      told = true;
    };
    process.onExit(callback);
    process.offExit(callback);
    process.offExit(callback);
    process.exit("normal");
    assert.equal(told, false);
  });

  test("is told even if another one's callback throws, which is reported", async (t) => {
    const node = createNode("callbacks");
    const errors = crashes(t, node);
    const process = await running(node, {});
    process.onExit(() => {
      throw new Error("bad callback");
    });
    const end = ended(process);
    process.exit("normal");
    assert.equal(await end, "normal");
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["bad callback"],
    );
  });
});

suite("a terminate that does not come to its end", () => {
  const hangs = { receive: () => Promise.reject(new Error("crash")), terminate: () => new Promise<void>(() => {}) };

  test("holds up those who wait for the end of a crashed process for 5 seconds, and is reported", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    const reports = crashes(t, node);
    const process = await running(node, hangs);
    let reason: unknown;
    process.onExit((why) => (reason = why));
    process.deliver(message("go"));
    await quiet();
    t.mock.timers.tick(4_999);
    assert.equal(reason, undefined);
    t.mock.timers.tick(1);
    assert.equal(String(reason), "Error: crash");
    assert.match(String(reports[1]), /tested has crashed, and its terminate was not done 5000 ms later/);
  });

  test("gets the time that its behaviour says", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const process = await running(createNode(), { ...hangs, terminateTimeout: 100 });
    process.deliver(message("go"));
    await quiet();
    t.mock.timers.tick(99);
    assert.equal(process.status, "ending");
    t.mock.timers.tick(1);
    assert.equal(process.status, "ended");
  });

  test("leaves no timer when it is done in time", async (t) => {
    const set = t.mock.method(globalThis, "setTimeout");
    const clear = t.mock.method(globalThis, "clearTimeout");
    const process = await running(createNode(), { ...hangs, terminate: async () => {} });
    process.deliver(message("go"));
    await ended(process);
    assert.deepEqual(
      set.mock.calls.map(({ result }) => result),
      clear.mock.calls.map(({ arguments: [timer] }) => timer),
    );
  });

  test("of a process that was asked to end is the business of who asked", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const process = await running(createNode(), hangs);
    process.exit("shutdown");
    t.mock.timers.tick(60_000);
    assert.equal(process.status, "ending");
    process.exit("killed");
    assert.equal(process.status, "ended");
  });
});
