import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { CallContext, From } from "../../src/process/gen-server/context.ts";
import { CallFailed, CallTimeout, UnknownCall } from "../../src/process/gen-server/errors.ts";
import { noReply, reply, stop } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { createNode, type Node, type Process } from "../../src/process/index.ts";
import { collectGarbage, crashes, ended, message, quiet } from "./support.ts";

/** A desk at which people wait: every kind of answer, and none. */
const Desk = genServer("desk")
  .init(() => [] as readonly From<string>[])
  .call("wait", (_nothing, waiting, { from }: CallContext<string>) => noReply([...waiting, from]))
  .call("length", (_nothing, waiting) => reply(waiting.length))
  .call("never", (_payload: unknown) => noReply())
  .call("crash", () => {
    throw new Error("the desk fell over");
  })
  .call("crash_later", async () => {
    await quiet(2);
    throw new Error("the desk fell over");
  })
  .call("leave", () => stop("shutdown"))
  .call("nothing", () => reply(undefined))
  .cast("serve", (text: string, [first, ...rest]) => {
    first?.reply(text);
    return rest;
  });

/** What becomes of a promise: watched, so that a rejection is nobody's surprise. */
function outcome<T>(promise: Promise<T>): { value: T | Error | "pending" } {
  const seen: { value: T | Error | "pending" } = { value: "pending" };
  promise.then(
    (value) => (seen.value = value),
    (error: Error) => (seen.value = error),
  );
  return seen;
}

/** A process that does `work` when it starts, and what comes of it. */
function inProcess<T>(
  node: Node,
  work: () => Promise<T>,
): { process: Process; seen: { value: T | Error | "pending" } } {
  let seen: { value: T | Error | "pending" } = { value: "pending" };
  const process = node.spawn("caller", () => {
    seen = outcome(work());
    return { receive() {} };
  });
  return {
    process,
    get seen() {
      return seen;
    },
  };
}

function processOf(ref: { readonly process: Process | undefined }): Process {
  assert.ok(ref.process);
  return ref.process;
}

suite("a call that is answered later", () => {
  test("waits for it, while the server goes on", async () => {
    const desk = await Desk.start(createNode());
    const ada = desk.call("wait");
    const bob = desk.call("wait");

    assert.equal(await desk.call("length"), 2);
    desk.cast("serve", "tea");
    desk.cast("serve", "coffee");

    assert.deepEqual([await ada, await bob], ["tea", "coffee"]);
    assert.equal(await desk.call("length"), 0);
  });

  test("may be answered from anywhere, once, and as long as the server lives", async () => {
    const held: From<number>[] = [];
    const server = await genServer("holding")
      .call("hold", (_nothing, _state, { from }: CallContext<number>) => {
        held.push(from);
        return noReply();
      })
      .start(createNode());
    const first = server.call("hold");
    const second = server.call("hold").catch((error: Error) => error);
    await quiet();

    held[0]?.reply(1);
    held[0]?.reply(2);
    processOf(server).exit("shutdown");
    held[1]?.reply(3);

    assert.equal(await first, 1);
    assert.ok((await second) instanceof CallFailed);
  });

  test("knows the process that asks, and none where none does", async () => {
    const node = createNode();
    const server = await genServer("asking")
      .call("who", (_nothing, _state, { from }) => reply(from.pid))
      .start(node);
    const asking = inProcess(node, () => server.call("who"));
    await quiet();

    assert.equal(asking.seen.value, asking.process.pid);
    assert.equal(await server.call("who"), undefined);
  });
});

suite("a call's timeout", () => {
  test("is five seconds, and names server, call and milliseconds", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = createNode();
    await Desk.start(node, undefined, { name: "front" });
    const seen = outcome(Desk.at(node, "front").call("never", 1));

    t.mock.timers.tick(4_999);
    await quiet();
    assert.equal(seen.value, "pending");
    t.mock.timers.tick(1);
    await quiet();

    const error: unknown = seen.value;
    assert.ok(error instanceof CallTimeout);
    assert.match(error.message, /^desk "front" did not answer the call "never" within 5000 ms/);
    const { server, call, milliseconds } = error;
    assert.deepEqual({ server, call, milliseconds }, { server: 'desk "front"', call: "never", milliseconds: 5_000 });
  });

  test("is the one that the call gives, and may be none", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const desk = await Desk.start(createNode());
    const short = outcome(desk.call("wait", undefined, { timeout: 10 }));
    const endless = outcome(desk.call("wait", undefined, { timeout: Infinity }));

    t.mock.timers.tick(10);
    await quiet();
    assert.ok(short.value instanceof CallTimeout);
    t.mock.timers.tick(2 ** 31 - 1);
    desk.cast("serve", "too late for the first");
    desk.cast("serve", "tea");
    await quiet();

    assert.ok(short.value instanceof CallTimeout);
    assert.equal(endless.value, "tea");
  });

  test("is over with the answer, and with the end of the server", async () => {
    const before = timers();
    const desk = await Desk.start(createNode());

    await desk.call("length");
    assert.equal(timers(), before);
    const waiting = outcome(desk.call("never", 1));
    assert.equal(timers(), before + 1);
    processOf(desk).exit("shutdown");
    await quiet();

    assert.equal(timers(), before);
    assert.ok(waiting.value instanceof CallFailed);
  });

  for (const timeout of [-1, Number.NaN, 2 ** 31]) {
    test(`cannot be ${timeout}`, async () => {
      const desk = await Desk.start(createNode());

      await assert.rejects(desk.call("length", undefined, { timeout }), RangeError);
    });
  }
});

suite("a call whose server ends", () => {
  test("rejects with the crash as its cause, like all that wait", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const desk = await Desk.start(node);
    const process = processOf(desk);
    const seen = [desk.call("wait"), desk.call("crash"), desk.call("length")].map((call) => outcome<unknown>(call));
    await ended(process);
    await quiet(1);

    const [error] = errors;
    assert.deepEqual(
      seen.map(({ value }) => (value instanceof CallFailed ? [value.call, value.cause, value.reason] : value)),
      [
        ["wait", error, error],
        ["crash", error, error],
        ["length", error, error],
      ],
    );
    assert.match(
      String(seen[0]?.value),
      /desk <anqa\.1> ended before it answered the call "wait": Error: the desk fell/,
    );
  });

  test("rejects when an async handler rejects", async (t) => {
    const node = createNode();
    crashes(t, node);
    const desk = await Desk.start(node);

    await assert.rejects(desk.call("crash_later"), (error: CallFailed) => {
      assert.equal((error.cause as Error).message, "the desk fell over");
      return true;
    });
  });

  test("rejects when it stops without an answer, or is killed", async () => {
    const desk = await Desk.start(createNode());
    await assert.rejects(desk.call("leave"), { name: "CallFailed", reason: "shutdown", cause: "shutdown" });

    const other = await Desk.start(createNode());
    const waiting = outcome(other.call("wait"));
    await quiet();
    processOf(other).exit("killed");
    await quiet(1);
    assert.equal((waiting.value as CallFailed).reason, "killed");
  });

  test("rejects when it never starts", async (t) => {
    const node = createNode();
    crashes(t, node);
    const broken = genServer("broken")
      .init(async () => {
        await quiet(2);
        throw new Error("no disk");
      })
      .call("anything", () => reply(1));
    const process = await broken.child(undefined).start(node);

    await assert.rejects(broken.ref(node, process.pid).call("anything"), (error: CallFailed) => {
      assert.equal((error.cause as Error).message, "no disk");
      return true;
    });
  });

  test("rejects at once when there is none, and a cast goes nowhere", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    processOf(desk).exit("normal");

    desk.cast("serve", "nobody");
    await assert.rejects(desk.call("length"), { name: "CallFailed", reason: "noproc", cause: "noproc" });
    await assert.rejects(Desk.at(node, "front").call("length"), {
      message: 'the call "length" reached nobody: desk "front" does not run',
    });
    await assert.rejects(Desk.at(createNode(), "front").call("length"), CallFailed);
  });

  test("rejects when its mailbox is full", async () => {
    const desk = await Desk.start(createNode(), undefined, { mailbox: { limit: 2, overflow: "refuse" } });
    const taken = [desk.call("length"), desk.call("length")];

    await assert.rejects(desk.call("length"), { name: "CallFailed", reason: "overloaded" });
    assert.deepEqual(await Promise.all(taken), [0, 0]);
  });

  test("rejects when it is dropped for newer messages", async () => {
    const desk = await Desk.start(createNode(), undefined, { mailbox: { limit: 1, overflow: "drop_oldest" } });
    const [dropped, taken] = [desk.call("length"), desk.call("length")];

    await assert.rejects(dropped, { name: "CallFailed", reason: "overloaded" });
    assert.equal(await taken, 0);
  });
});

suite("a call that its server does not know", () => {
  test("rejects with those that it knows, and the server goes on", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    // A newer release may call what an older server does not know.
    const newer = Desk.call("dance", () => reply(1)).ref(node, processOf(desk).pid);

    await assert.rejects(newer.call("dance"), (error) => {
      assert.ok(error instanceof UnknownCall);
      assert.match(error.message, /^desk has no call "dance": it knows "wait", "length", "never"/);
      return true;
    });
    assert.equal(await desk.call("length"), 0);
  });

  test("says so of a server that knows none", async () => {
    const node = createNode();
    const mute = genServer("mute");
    const process = processOf(await mute.start(node));

    await assert.rejects(
      mute
        .call("speak", () => reply(1))
        .ref(node, process.pid)
        .call("speak"),
      /it knows none$/,
    );
  });

  test("is not an answer of the wrong kind, which ends the server with advice", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const server = await genServer("careless")
      .call("get", () => 7 as unknown as ReturnType<typeof reply<number>>)
      .start(node);

    await assert.rejects(server.call("get"), CallFailed);
    assert.match(errors[0]?.message ?? "", /the call "get" of careless gave back 7: give back reply\(…\)/);
  });
});

suite("a call from a process", () => {
  test("to itself is refused", async () => {
    const node = createNode();
    const server = genServer("narcissus")
      .init((_nothing: void) => null)
      .call("look", async (): Promise<ReturnType<typeof reply<string>>> => {
        const error: Error = await server
          .at(node, "me")
          .call("look")
          .then(assert.fail, (refusal) => refusal);
        return reply(error.message);
      });
    await server.start(node, undefined, { name: "me" });

    assert.match(
      await server.at(node, "me").call("look"),
      /^narcissus "me" calls itself with "look" and would wait for its own answer for ever/,
    );
  });

  test("is forgotten when that process ends", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    const before = timers();
    const caller = inProcess(node, () => desk.call("wait"));
    await quiet();
    assert.equal(await desk.call("length"), 1);
    assert.equal(timers(), before + 1);

    caller.process.exit("shutdown");
    assert.equal(timers(), before);
    desk.cast("serve", "tea");
    await quiet();

    assert.equal(caller.seen.value, "pending");
    assert.equal(await desk.call("length"), 0);
  });

  test("that ends leaves the calls of others alone", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    const leaving = inProcess(node, () => desk.call("wait"));
    const staying = inProcess(node, () => desk.call("wait"));
    await quiet();

    leaving.process.exit("killed");
    desk.cast("serve", "tea");
    desk.cast("serve", "coffee");
    await quiet();

    assert.deepEqual([leaving.seen.value, staying.seen.value], ["pending", "coffee"]);
  });

  test("that has ended but still runs asks for nothing", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    const caller = inProcess(node, async () => {
      await quiet(3);
      return desk.call("wait");
    });
    await quiet(1);
    caller.process.exit("killed");
    await quiet();

    assert.equal(await desk.call("length"), 0);
    assert.equal(caller.seen.value, "pending");
  });

  test("that awaits it lets its other messages wait", async () => {
    const node = createNode();
    const desk = await Desk.start(node);
    const log: string[] = [];
    const caller = node.spawn("caller", () => ({
      async receive({ event }) {
        log.push(`${event} begins`);
        log.push(await desk.call("wait"));
      },
    }));
    caller.deliver(message("first"));
    caller.deliver(message("second"));
    await quiet();
    desk.cast("serve", "tea");
    await quiet();
    desk.cast("serve", "coffee");
    await quiet();

    assert.deepEqual(log, ["first begins", "tea", "second begins", "coffee"]);
  });

  test("that rejects ends a process which does not catch it", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const desk = Desk.at(node, "nobody");
    const caller = node.spawn("caller", () => ({
      async receive() {
        await desk.call("length");
      },
    }));
    caller.deliver(message("go"));
    await ended(caller);

    assert.ok(errors[0] instanceof CallFailed);
  });
});

test("a call that is over is held by nobody", async () => {
  const node = createNode();
  const desk = await Desk.start(node);
  const held: WeakRef<object>[] = [];
  const never = (timeout: number) => {
    const payload = {};
    held.push(new WeakRef(payload));
    return desk.call("never", payload, { timeout });
  };

  await never(0).catch(() => {});
  const dying = inProcess(node, () => never(Infinity));
  await quiet();
  dying.process.exit("shutdown");
  await quiet();
  collectGarbage();

  assert.deepEqual(
    held.map((reference) => reference.deref()),
    [undefined, undefined],
  );
});

/** Timers that are set in this JavaScript process. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
