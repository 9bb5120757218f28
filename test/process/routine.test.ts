import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createNode, type Message, type Process } from "../../src/process/index.ts";
import { type Routine, routine } from "../../src/process/routine.ts";
import { crashes, ended, message, quiet } from "./support.ts";

/** A matcher for messages of this event. */
function event(name: string): (message: Message) => boolean {
  return (message) => message.event === name;
}

/** A routine that runs. */
function start(run: (self: Routine) => Promise<void>, node = createNode()): Process {
  return node.spawn("tested", routine(run));
}

function deliver(process: Process, ...events: string[]): void {
  for (const name of events) process.deliver(message(name));
}

suite("a routine", () => {
  test("receives the oldest message first", async () => {
    const received: string[] = [];
    const process = start(async (self) => {
      for (let count = 0; count < 3; count++) received.push((await self.receive()).event);
    });
    deliver(process, "a", "b", "c");
    assert.equal(await ended(process), "normal");
    assert.deepEqual(received, ["a", "b", "c"]);
  });

  test("waits for a message that matches, and keeps the others in order", async () => {
    const received: string[] = [];
    const process = start(async (self) => {
      received.push((await self.receive(event("c"))).event);
      received.push((await self.receive(event("b"))).event);
      for (let count = 0; count < 3; count++) received.push((await self.receive()).event);
    });
    deliver(process, "a", "b");
    await quiet();
    assert.deepEqual(received, []);
    deliver(process, "c", "d", "e");
    await ended(process);
    assert.deepEqual(received, ["c", "b", "a", "d", "e"]);
  });

  test("gets what came while it worked", async () => {
    const gate = Promise.withResolvers<void>();
    const received: string[] = [];
    const process = start(async (self) => {
      received.push((await self.receive()).event);
      await gate.promise;
      received.push((await self.receive(event("c"))).event, (await self.receive()).event);
    });
    deliver(process, "a", "b", "c");
    await quiet();
    gate.resolve();
    await ended(process);
    assert.deepEqual(received, ["a", "c", "b"]);
  });

  test("has started while it waits", async () => {
    const process = start(async (self) => void (await self.receive()));
    await process.started();
    assert.equal(process.ended, false);
  });

  test("knows who it is", async () => {
    const node = createNode();
    const seen: unknown[] = [];
    const process = start(async (self) => void seen.push(self.process, self.node, self.pid), node);
    await ended(process);
    assert.deepEqual(seen, [process, node, process.pid]);
  });

  test("crashes with what it throws, at any time", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const first = new Error("at once");
    const later = new Error("later");
    const one = start(async () => {
      throw first;
    }, node);
    const other = start(async (self) => {
      await self.receive();
      throw later;
    }, node);
    deliver(other, "go");
    assert.deepEqual(await Promise.all([ended(one), ended(other)]), [first, later]);
    assert.deepEqual(errors, [first, later]);
  });

  test("gets what its matcher throws, and the message stays", async () => {
    const failure = new Error("no such field");
    const seen: unknown[] = [];
    const process = start(async (self) => {
      const match = () => {
        throw failure;
      };
      await self.receive(match).catch((error) => seen.push(error));
      await self.receive(match).catch((error) => seen.push(error));
      seen.push((await self.receive()).event);
    });
    deliver(process, "a");
    await ended(process);
    assert.deepEqual(seen, [failure, failure, "a"]);
  });

  test("cannot receive twice at once", async () => {
    const process = start(async (self) => {
      void self.receive();
      await self.receive();
    });
    const reason = await ended(process);
    assert.match(String(reason), /tested is receiving already/);
  });
});

suite("a receive with a time-out", () => {
  test("resolves to undefined when the time is over", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const received: unknown[] = [];
    const process = start(async (self) => {
      received.push(await self.receive(event("wanted"), { timeout: 1_000 }));
      received.push((await self.receive()).event);
    });
    deliver(process, "other");
    await quiet();
    t.mock.timers.tick(999);
    await quiet();
    assert.deepEqual(received, []);
    t.mock.timers.tick(1);
    await ended(process);
    assert.deepEqual(received, [undefined, "other"]);
  });

  test("takes a message that comes in time, and leaves no timer", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const received: unknown[] = [];
    const process = start(async (self) => {
      received.push((await self.receive(undefined, { timeout: 1_000 }))?.event);
      received.push((await self.receive(event("late")))?.event);
    });
    await quiet();
    deliver(process, "in time");
    await quiet();
    t.mock.timers.tick(2_000);
    await quiet();
    deliver(process, "late");
    await ended(process);
    assert.deepEqual(received, ["in time", "late"]);
  });

  test("looks at all that has come before it gives up", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const received: unknown[] = [];
    const process = start(async (self) => {
      received.push((await self.receive(event("wanted"), { timeout: 1_000 }))?.event);
    });
    await quiet();
    for (let count = 0; count < 200; count++) deliver(process, "other");
    deliver(process, "wanted");
    t.mock.timers.tick(1_000);
    await ended(process);
    assert.deepEqual(received, ["wanted"]);
  });

  test("of 0 takes what is there, or nothing", async () => {
    const received: unknown[] = [];
    const process = start(async (self) => {
      await self.receive(event("go"));
      received.push((await self.receive(event("wanted"), { timeout: 0 }))?.event);
      received.push((await self.receive(event("wanted"), { timeout: 0 }))?.event);
    });
    for (let count = 0; count < 200; count++) deliver(process, "other");
    deliver(process, "go", "wanted");
    await ended(process);
    assert.deepEqual(received, ["wanted", undefined]);
  });

  test("of Infinity waits", async () => {
    const process = start(async (self) => void (await self.receive(undefined, { timeout: Number.POSITIVE_INFINITY })));
    await quiet();
    deliver(process, "a");
    assert.equal(await ended(process), "normal");
  });

  test("leaves no timer when the process is killed", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const tested = start(async (self) => void (await self.receive(undefined, { timeout: 600_000 })));
    await quiet();
    assert.equal(timers(), before + 1);
    tested.exit("killed");
    assert.equal(timers(), before);
  });
});

suite("the end of a routine from outside", () => {
  test("comes at once while it waits for a message", async () => {
    const log: string[] = [];
    const process = start(async (self) => {
      await self.receive();
      log.push("went on");
    });
    await quiet();
    const end = ended(process);
    process.exit("shutdown");
    assert.equal(await end, "shutdown");
    deliver(process, "a");
    await quiet();
    assert.deepEqual(log, []);
  });

  test("in peace waits until it receives again", async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const process = start(async (self) => {
      await self.receive();
      await gate.promise;
      log.push("finished");
      await self.receive(undefined, { timeout: 1 });
      log.push("went on");
    });
    const end = ended(process).then((reason) => log.push(`ended ${reason}`));
    deliver(process, "a", "b");
    await quiet();
    process.exit("shutdown");
    await quiet();
    assert.deepEqual(log, []);
    gate.resolve();
    await end;
    await quiet();
    assert.deepEqual(log, ["finished", "ended shutdown"]);
  });

  test("in peace waits until it is done", async () => {
    const gate = Promise.withResolvers<void>();
    const process = start(() => gate.promise);
    await quiet();
    const end = ended(process);
    process.exit("shutdown");
    gate.resolve();
    assert.equal(await end, "shutdown");
  });

  for (const reason of ["killed", new Error("from outside")] as const) {
    test(`with ${reason} does not wait`, async () => {
      const process = start(() => new Promise(() => {}));
      await quiet();
      const end = ended(process);
      process.exit(reason);
      assert.equal(await end, reason);
    });
  }

  test("aborts its signal, and what follows from that is no crash", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const process = start(async ({ signal }) => {
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }, node);
    await quiet();
    const end = ended(process);
    process.exit("shutdown");
    assert.equal(await end, "shutdown");
    assert.deepEqual(errors, []);
  });

  test("reports what it throws instead", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const failure = new Error("could not clean up");
    const process = start(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw failure;
    }, node);
    await quiet();
    const end = ended(process);
    process.exit("shutdown");
    assert.equal(await end, "shutdown");
    assert.deepEqual(errors, [failure]);
  });

  test("aborts its signal also if it is killed", async () => {
    let seen: AbortSignal | undefined;
    const process = start(async ({ signal }) => {
      seen = signal;
      await new Promise(() => {});
    });
    await quiet();
    assert.equal(seen?.aborted, false);
    process.exit("killed");
    assert.equal(seen?.aborted, true);
  });
});

test("a routine that waits costs little, its process and its function included", async () => {
  const program = fileURLToPath(new URL("./routine-memory.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=anqa-source", program]);
  const bytes = Number(stdout);
  assert.ok(bytes > 0 && bytes < 1_300, `${stdout} bytes each`);
});
