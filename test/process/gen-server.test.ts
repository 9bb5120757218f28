import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { messageUnhandled } from "../../src/process/gen-server/events.ts";
import { continueWith, hibernate, noReply, reply, stop } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { createNode, type ExitReason, type Node, type Process, supervisor } from "../../src/process/index.ts";
import { crashes, ended, message, quiet } from "./support.ts";

interface Post {
  readonly id: number;
  readonly text: string;
}

const ChatRoom = genServer("chat_room")
  .init(({ room }: { room: string }) => ({ room, posts: [] as readonly Post[] }))
  .call("post", (post: Post, state) => reply(post.id, { ...state, posts: [...state.posts, post] }))
  .call("history", (_nothing, state) => reply(state.posts.map(({ text }) => text)))
  .call("room", (_nothing, state) => reply(state.room))
  .cast("clear", (_nothing, state) => ({ ...state, posts: [] }))
  .cast("crash", () => {
    throw new Error("the room is on fire");
  });

/** A counter whose every reaction can be told to it. */
const Counter = genServer("counter")
  .init((start: number) => start)
  .call("get", (_nothing, count) => reply(count))
  .cast("set", (count: number) => count)
  .cast("leave", () => {});

/** The process behind a ref. */
function processOf(ref: { readonly process: Process | undefined }): Process {
  assert.ok(ref.process);
  return ref.process;
}

suite("a gen server", () => {
  test("answers calls with its state, which replies and casts replace", async () => {
    const room = await ChatRoom.start(createNode(), { room: "lobby" });

    assert.equal(await room.call("post", { id: 1, text: "hello" }), 1);
    assert.equal(await room.call("post", { id: 2, text: "world" }), 2);
    assert.deepEqual(await room.call("history"), ["hello", "world"]);
    room.cast("clear");
    assert.deepEqual(await room.call("history"), []);
    assert.equal(await room.call("room"), "lobby");
  });

  test("keeps its state when a handler gives back nothing", async () => {
    const counter = await Counter.start(createNode(), 7);

    counter.cast("leave");

    assert.equal(await counter.call("get"), 7);
  });

  test("takes a falsy state for a state", async () => {
    const counter = await Counter.start(createNode(), 7);

    counter.cast("set", 0);

    assert.equal(await counter.call("get"), 0);
  });

  test("handles one message at a time, awaits included", async () => {
    const slow = genServer("slow")
      .init(() => [] as readonly string[])
      .call("slowly", async (text: string, log) => {
        await quiet(3);
        return reply(log.length, [...log, text]);
      })
      .cast("slower", async (text: string, log) => {
        await quiet(6);
        return [...log, text];
      })
      .call("log", (_nothing, log) => reply(log));
    const server = await slow.start(createNode());

    const first = server.call("slowly", "first");
    server.cast("slower", "second");
    const third = server.call("slowly", "third");
    assert.deepEqual(await server.call("log"), ["first", "second", "third"]);

    assert.deepEqual([await first, await third], [0, 2]);
  });

  test("answers within the turn in which it handles, without a promise in between", async () => {
    const node = createNode();
    const counter = await Counter.start(node, 1);
    let answered = false;

    counter.call("get").then(() => (answered = true));
    processOf(counter).takeTurn();
    await Promise.resolve().then(() => {});

    assert.equal(answered, true);
  });

  test("knows its process and node in every handler", async () => {
    const node = createNode();
    const seen: unknown[] = [];
    const see = ({ process, node }: { process: Process; node: Node }) => void seen.push(process, node);
    const curious = genServer("curious")
      .init((_nothing: void, context) => see(context))
      .call("call", (_nothing, _state, context) => reply(see(context)))
      .cast("cast", (_nothing, _state, context) => see(context))
      .info("info", (_payload, _state, context) => see(context))
      .cast("go on", () => continueWith("continue"))
      .continue("continue", (_argument, _state, context) => see(context))
      .terminate((_reason, _state, context) => see(context));
    const server = await curious.start(node);
    const process = processOf(server);

    await server.call("call");
    server.cast("cast");
    server.cast("go on");
    process.deliver(message("info"));
    await quiet();
    process.exit("normal");

    assert.deepEqual(new Set(seen), new Set([process, node]));
    assert.equal(seen.length, 12);
  });

  test("without an init has no state and starts with nothing", async () => {
    const echo = genServer("echo").call("echo", (text: string, state) => reply({ text, state }));

    assert.deepEqual(await (await echo.start(createNode())).call("echo", "hi"), { text: "hi", state: undefined });
  });

  test("is one after every link of the chain, which the next link does not change", async () => {
    const base = genServer("base").init(() => 1);
    const left = base.call("which", () => reply("left"));
    const right = base.call("which", () => reply("right"));
    const node = createNode();

    assert.equal(await (await left.start(node)).call("which"), "left");
    assert.equal(await (await right.start(node)).call("which"), "right");
    await base.start(node);
    assert.equal(base.name, "base");
  });

  test("refuses a second handler of the same kind and name", () => {
    const server = genServer("server")
      .call("one", () => reply(1))
      .cast("one", () => {})
      .info("one", () => {})
      .continue("one", () => {});

    assert.throws(() => server.call("one", () => reply(2)), { message: /gen server server .* the call "one" twice/ });
    assert.throws(() => server.cast("one", () => {}), { message: /the cast "one" twice/ });
    assert.throws(() => server.info("one", () => {}), { message: /the info "one" twice/ });
    assert.throws(() => server.continue("one", () => {}), { message: /the continue "one" twice/ });
  });
});

suite("the start of a gen server", () => {
  test("resolves when an async init is done", async () => {
    const slow = genServer("slow")
      .init(async (count: number) => {
        await quiet(3);
        return count;
      })
      .call("get", (_nothing, count) => reply(count));

    assert.equal(await (await slow.start(createNode(), 3)).call("get"), 3);
  });

  test("fails when its init throws, and leaves no process", async () => {
    const node = createNode();
    const broken = genServer("broken").init(() => {
      throw new Error("no disk");
    });

    await assert.rejects(broken.start(node), { message: "no disk" });
    assert.equal(node.processCount, 0);
  });

  test("fails when its init rejects, and leaves no process", async () => {
    const node = createNode();
    const broken = genServer("broken").init(() => Promise.reject(new Error("no disk")));

    await assert.rejects(broken.start(node), { message: "no disk" });
    assert.equal(node.processCount, 0);
  });

  test("registers a name, under which at finds whoever bears it", async () => {
    const node = createNode();
    const lobby = ChatRoom.at(node, "lobby");
    assert.equal(lobby.process, undefined);

    const started = await ChatRoom.start(node, { room: "lobby" }, { name: "lobby" });

    assert.equal(lobby.process, started.process);
    assert.equal(await lobby.call("room"), "lobby");
    await assert.rejects(ChatRoom.start(node, { room: "other" }, { name: "lobby" }), /named "lobby" is already/);
  });

  test("links it", async () => {
    const node = createNode();
    const owner = await Counter.start(node, 1);
    const owned = await Counter.start(node, 2, { link: processOf(owner) });

    processOf(owner).exit("shutdown");

    assert.equal(owned.process, undefined);
  });

  test("by a pid gives the same server", async () => {
    const node = createNode();
    const counter = await Counter.start(node, 4);

    assert.equal(await Counter.ref(node, structuredClone(processOf(counter).pid)).call("get"), 4);
  });
});

suite("a supervised gen server", () => {
  test("starts again with what it was started with", async (t) => {
    const node = createNode();
    crashes(t, node);
    const root = node.spawn("root", supervisor({ children: [ChatRoom.child({ room: "lobby" }, { name: "lobby" })] }));
    await root.started();
    const lobby = ChatRoom.at(node, "lobby");
    await lobby.call("post", { id: 1, text: "hello" });
    const before = processOf(lobby);

    lobby.cast("crash");
    await quiet();

    assert.notEqual(processOf(lobby), before);
    assert.deepEqual(await lobby.call("history"), []);
    assert.equal(await lobby.call("room"), "lobby");
  });

  test("is described by its child spec", () => {
    const plain = ChatRoom.child({ room: "lobby" });
    const named = ChatRoom.child({ room: "lobby" }, { name: "lobby" });
    const full = ChatRoom.child({ room: "x" }, { id: "id", name: "y", restart: "transient", shutdown: "brutal_kill" });

    assert.deepEqual([plain.id, plain.restart, plain.shutdown], ["chat_room", "permanent", 5_000]);
    assert.equal(named.id, "lobby");
    assert.deepEqual([full.id, full.restart, full.shutdown], ["id", "transient", "brutal_kill"]);
  });

  test("that traps exits ends with who started it, though not by being told", async () => {
    const node = createNode();
    const ends: ExitReason[] = [];
    const seen: unknown[] = [];
    const trapping = genServer("trapping")
      .init((_nothing: void, { process }) => {
        process.trapExit = true;
      })
      .info("EXIT", (payload) => void seen.push(payload))
      .terminate((reason) => void ends.push(reason));
    const root = node.spawn("root", supervisor({ children: [trapping.child(undefined, { name: "child" })] }));
    await root.started();
    const child = processOf(trapping.at(node, "child"));
    const friend = await Counter.start(node, 1, { link: child });

    processOf(friend).exit("shutdown");
    await quiet();
    assert.equal(seen.length, 1);
    root.exit("killed");
    await quiet();

    assert.deepEqual(ends, ["shutdown"]);
    assert.equal(seen.length, 1);
  });
});

suite("an info", () => {
  test("is given the payload, the state and the whole message", async () => {
    const ticking = genServer("ticking")
      .init(() => [] as readonly unknown[])
      .info("tick", (payload: number, log, _context, { topic }) => [...log, payload, topic])
      .call("log", (_nothing, log) => reply(log));
    const server = await ticking.start(createNode());

    processOf(server).deliver({ event: "tick", payload: 7, topic: "clock" });

    assert.deepEqual(await server.call("log"), [7, "clock"]);
  });

  test("is not mistaken for a cast of the same name", async () => {
    const server = await genServer("both")
      .init(() => "neither")
      .cast("ping", () => "cast")
      .info("ping", () => "info")
      .call("last", (_nothing, last) => reply(last))
      .start(createNode());

    processOf(server).deliver(message("ping"));
    assert.equal(await server.call("last"), "info");
    server.cast("ping");
    assert.equal(await server.call("last"), "cast");
  });

  test("that nobody handles is reported, as is such a cast, and the server goes on", async (t) => {
    const node = createNode("reported");
    const seen: unknown[] = [];
    t.after(messageUnhandled.attach(({ pid: _pid, ...rest }) => void seen.push(rest)));
    const counter = await Counter.start(node, 5);
    // A newer release may cast what an older server does not know.
    const newer = Counter.cast("add", (by: number, count) => count + by).ref(node, processOf(counter).pid);

    processOf(counter).deliver(message("surprise"));
    newer.cast("add", 1);

    assert.equal(await counter.call("get"), 5);
    assert.deepEqual(seen, [
      { node: "reported", server: "counter", kind: "info", event: "surprise" },
      { node: "reported", server: "counter", kind: "cast", event: "add" },
    ]);
  });
});

suite("continueWith", () => {
  const Loader = genServer("loader")
    .init((ids: readonly string[]) => continueWith("load", ids, [] as readonly string[]))
    .continue("load", ([id, ...rest]: readonly string[], log) => {
      if (id === undefined) return;
      return continueWith("load", rest, [...log, id]);
    })
    .continue("slowly", async (id: string, log) => {
      await quiet(3);
      return [...log, id];
    })
    .cast("append", (id: string, log) => [...log, id])
    .cast("load", (ids: readonly string[]) => continueWith<readonly string[]>("load", ids))
    .call("reload", (id: string, log) => reply(log.length, continueWith("slowly", id, log)))
    .call("log", (_nothing, log) => reply(log));

  test("from init does the rest before the first message, after the start", async () => {
    const node = createNode();
    const spec = Loader.child(["a", "b"], { name: "loader" });
    const process = await spec.start(node);
    const loader = Loader.ref(node, process.pid);

    loader.cast("append", "c");

    assert.deepEqual(await loader.call("log"), ["a", "b", "c"]);
  });

  test("from init runs without any message", async () => {
    const done: string[] = [];
    await genServer("alone")
      .init(() => continueWith("work", "it", null))
      .continue("work", (what: string) => void done.push(what))
      .start(createNode());
    await quiet();

    assert.deepEqual(done, ["it"]);
  });

  test("from a handler comes before what waits in the mailbox", async () => {
    const loader = await Loader.start(createNode(), []);

    loader.cast("load", ["x", "y"]);
    loader.cast("append", "z");

    assert.deepEqual(await loader.call("log"), ["x", "y", "z"]);
  });

  test("from a call answers first and then holds others up, asynchronously too", async () => {
    const loader = await Loader.start(createNode(), []);

    const answered = loader.call("reload", "slow");
    loader.cast("append", "after");

    assert.equal(await answered, 0);
    assert.deepEqual(await loader.call("log"), ["slow", "after"]);
  });

  test("that stops the server leaves the next message unhandled", async () => {
    const handled: string[] = [];
    const server = await genServer("stopping")
      .init(() => 1)
      .cast("go", () => continueWith("stop"))
      .cast("late", () => void handled.push("late"))
      .continue("stop", () => stop("normal"))
      .start(createNode());
    const process = processOf(server);

    server.cast("go");
    server.cast("late");
    await ended(process);

    assert.deepEqual(handled, []);
  });

  test("to a name that is not declared ends the server and says so", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const server = await genServer("lost")
      .init(() => 1)
      .cast("go", () => continueWith("nowhere"))
      .start(node);

    server.cast("go");
    await quiet();

    assert.match(errors[0]?.message ?? "", /lost was to continue with "nowhere".*add \.continue\("nowhere"/);
  });
});

suite("the end of a gen server", () => {
  /** A server that tells how it ended. */
  function ending(ends: unknown[]) {
    return genServer("ending")
      .init(() => "first")
      .call("finish", () => stop("normal", "bye", "last"))
      .cast("stop", () => stop("shutdown"))
      .cast("fail", async () => {
        await quiet(1);
        return stop(new Error("enough"), undefined, "failed");
      })
      .cast("continue", () => continueWith("never", undefined, "continuing"))
      .cast("exit", (_nothing, _state, { process }) => {
        process.exit("shutdown");
        return continueWith("never", undefined, "leaving");
      })
      .continue("never", () => {})
      .terminate((reason, state) => void ends.push(reason, state));
  }

  test("runs terminate with the reason and the state", async () => {
    const ends: unknown[] = [];
    const server = await ending(ends).start(createNode());

    processOf(server).exit("shutdown");

    assert.deepEqual(ends, ["shutdown", "first"]);
  });

  test("by stop answers the call first, and gives terminate the last state", async () => {
    const ends: unknown[] = [];
    const server = await ending(ends).start(createNode());

    assert.equal(await server.call("finish"), "bye");

    assert.deepEqual(ends, ["normal", "last"]);
    assert.equal(server.process, undefined);
  });

  test("by stop without a state keeps the one that it had", async () => {
    const ends: unknown[] = [];
    const server = await ending(ends).start(createNode());

    server.cast("stop");
    await quiet();

    assert.deepEqual(ends, ["shutdown", "first"]);
  });

  test("by an error, from an async handler, is a crash", async (t) => {
    const node = createNode();
    const errors = crashes(t, node);
    const ends: unknown[] = [];
    const server = await ending(ends).start(node);

    server.cast("fail");
    await quiet();

    assert.deepEqual(ends, [new Error("enough"), "failed"]);
    assert.deepEqual(errors, [new Error("enough")]);
  });

  test("while something is still to be continued shows terminate the state of it", async () => {
    const ends: unknown[] = [];
    const server = await ending(ends).start(createNode());

    server.cast("exit");
    await quiet();

    assert.deepEqual(ends, ["shutdown", "leaving"]);
  });

  test("by kill runs no terminate", async () => {
    const ends: unknown[] = [];
    const server = await ending(ends).start(createNode());

    processOf(server).exit("killed");

    assert.deepEqual(ends, []);
  });
});

suite("hibernate", () => {
  const Sleepy = genServer("sleepy")
    .init(() => "awake")
    .cast("sleep", (state: string | undefined) => hibernate(state))
    .call("sleep", (_nothing, state) => reply(state, hibernate("called")))
    .call("wait", () => noReply(hibernate("waiting")))
    .call("state", (_nothing, state) => reply(state));

  test("sets the state, asleep or not yet", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const server = await Sleepy.start(createNode());

    server.cast("sleep", "dozing");
    assert.equal(await server.call("state"), "dozing");
    server.cast("sleep", undefined);
    assert.equal(await server.call("state"), "dozing");
    assert.equal(await server.call("sleep"), "dozing");
    t.mock.timers.tick(2_000);
    assert.equal(await server.call("state"), "called");
  });

  test("lets the process sleep at the next look instead of after fifteen seconds", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const node = createNode();
    const server = await Sleepy.start(node);
    const process = processOf(server);
    await quiet();

    t.mock.timers.tick(2_000);
    assert.equal(process.hibernateIfIdle(node.idleness.clock), false);
    server.cast("sleep", "dozing");
    await quiet();
    assert.equal(process.hibernateIfIdle(node.idleness.clock), true);

    assert.equal(await server.call("state"), "dozing");
    assert.equal(process.hibernateIfIdle(node.idleness.clock), false);
  });
});
