import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { application, createNode, type Node, type Process } from "../../src/process/index.ts";
import { AlreadyRegisteredError } from "../../src/process/registry/already-registered-error.ts";
import { via } from "../../src/process/registry/via.ts";
import { type Registry, registry } from "../../src/process/registry.ts";
import { ended, quiet, running } from "./support.ts";

const rooms = registry<string, string | undefined>({ name: "rooms", keys: "unique" });
const topics = registry<string, number | undefined>({ name: "topics", keys: "duplicate" });

async function started<Key, Value>(
  handle: typeof rooms | typeof topics,
): Promise<{ node: Node; process: Process; entries: Registry<Key, Value> }> {
  const node = createNode();
  const process = await handle.start(node);
  await process.started();
  return { node, process, entries: handle.on(node) as unknown as Registry<Key, Value> };
}
const uniqueOne = () => started<string, string | undefined>(rooms);
const duplicateOne = () => started<string, number | undefined>(topics);

suite("a registry of unique keys", () => {
  test("finds a process by its key, with its value", async () => {
    const { node, entries } = await uniqueOne();
    const process = await running(node, {});
    entries.register(process, "lobby", "ada");
    assert.equal(entries.whereis("lobby"), process);
    assert.deepEqual(entries.lookup("lobby"), [{ process, key: "lobby", value: "ada" }]);
    assert.equal(entries.whereis("attic"), undefined);
    assert.deepEqual(entries.lookup("attic"), []);
  });

  test("refuses a key that is another's, and names the owner", async () => {
    const { node, entries } = await uniqueOne();
    const owner = await running(node, {});
    entries.register(owner, "lobby");
    const other = await running(node, {});
    assert.throws(
      () => entries.register(other, "lobby"),
      (error) => {
        assert.ok(error instanceof AlreadyRegisteredError);
        assert.equal(error.message, `registry rooms: key 'lobby' belongs to tested <anqa.${owner.pid.id}>`);
        assert.equal(error.owner, owner);
        return true;
      },
    );
    assert.deepEqual(entries.keys(other), []);
  });

  test("replaces the value when the owner registers again", async () => {
    const { node, entries } = await uniqueOne();
    const process = await running(node, {});
    entries.register(process, "lobby", "ada");
    entries.register(process, "lobby", "bob");
    assert.deepEqual(
      entries.lookup("lobby").map(({ value }) => value),
      ["bob"],
    );
    assert.equal(entries.count(), 1);
  });

  test("lets a process have many keys", async () => {
    const { node, entries } = await uniqueOne();
    const process = await running(node, {});
    for (const key of ["a", "b", "c"]) entries.register(process, key);
    assert.deepEqual(entries.keys(process), ["a", "b", "c"]);
    entries.unregister(process, "b");
    entries.unregister(process, "nothing");
    assert.deepEqual(entries.keys(process), ["a", "c"]);
  });

  test("tells keys apart as a Map does", async () => {
    const node = createNode();
    const handle = registry<unknown>({ name: "any", keys: "unique" });
    await (await handle.start(node)).started();
    const process = await running(node, {});
    const keys = ["1", 1, true, null, undefined, Number.NaN, 1n, Symbol("key"), {}, {}];
    for (const key of keys) handle.on(node).register(process, key);
    assert.equal(handle.on(node).count(), keys.length);
    assert.equal(handle.on(node).count(undefined), 1);
    for (const key of keys) handle.on(node).unregister(process, key);
    assert.equal(handle.on(node).count(), 0);
  });

  test("does not let others unregister a process from its key", async () => {
    const { node, entries } = await uniqueOne();
    const [owner, other] = [await running(node, {}), await running(node, {})];
    entries.register(owner, "lobby");
    entries.unregister(other, "lobby");
    assert.equal(entries.whereis("lobby"), owner);
  });
});

suite("a registry of duplicate keys", () => {
  test("finds everyone under a key, oldest first", async () => {
    const { node, entries } = await duplicateOne();
    const [one, two] = [await running(node, {}), await running(node, {})];
    entries.register(two, "news", 2);
    entries.register(one, "news", 1);
    entries.register(two, "news", 3);
    assert.deepEqual(
      entries.lookup("news").map(({ value }) => value),
      [2, 1, 3],
    );
    assert.equal(entries.whereis("news"), two);
    assert.deepEqual(entries.keys(two), ["news", "news"]);
    assert.equal(entries.count("news"), 3);
    entries.unregister(two, "news");
    assert.deepEqual(entries.lookup("news"), [{ process: one, key: "news", value: 1 }]);
  });

  test("dispatches to everyone who was there, whatever they do", async () => {
    const { node, entries } = await duplicateOne();
    const processes = [await running(node, {}), await running(node, {}), await running(node, {})];
    for (const [index, process] of processes.entries()) entries.register(process, "news", index);
    const told: unknown[] = [];
    entries.dispatch("news", (process, value) => {
      told.push(value);
      entries.register(process, "news", 9);
      entries.unregister(process, "news");
    });
    assert.deepEqual(told, [0, 1, 2]);
    assert.equal(entries.count(), 0);
  });

  test("selects by key, value and process", async () => {
    const { node, entries } = await duplicateOne();
    const [one, two] = [await running(node, {}), await running(node, {})];
    entries.register(one, "a", 1);
    entries.register(two, "a", 2);
    entries.register(two, "b", 3);
    assert.equal(entries.select().length, 3);
    assert.deepEqual(
      entries.select(({ value }) => (value ?? 0) > 1).map(({ key }) => key),
      ["a", "b"],
    );
  });
});

suite("the entries of a process that ends", () => {
  for (const make of [uniqueOne, duplicateOne] as const) {
    test(`vanish, all of them (${make === uniqueOne ? "unique" : "duplicate"})`, async () => {
      const { node, entries } = await make();
      const [process, other] = [await running(node, {}), await running(node, {})];
      for (const key of ["a", "b"]) entries.register(process, key);
      entries.register(other, "c");
      process.exit(new Error("crash"));
      assert.deepEqual([entries.count(), entries.keys(process), entries.whereis("a")], [1, [], undefined]);
      entries.register(other, "a");
      assert.equal(entries.whereis("a"), other);
    });
  }

  test("are not found while it is ending, but its keys are not free yet", async () => {
    const { node, entries } = await uniqueOne();
    const gate = Promise.withResolvers<void>();
    const process = await running(node, { terminate: () => gate.promise });
    entries.register(process, "lobby");
    const end = ended(process);
    process.exit("shutdown");
    assert.deepEqual([entries.whereis("lobby"), entries.lookup("lobby"), entries.select()], [undefined, [], []]);
    const other = await running(node, {});
    assert.throws(() => entries.register(other, "lobby"), /belongs to tested <anqa\.\d+>, which is ending/);
    gate.resolve();
    await end;
    entries.register(other, "lobby");
  });

  test("need one exit callback, taken back with the last of them", async (t) => {
    const { node, entries } = await uniqueOne();
    const process = await running(node, {});
    const on = t.mock.method(process, "onExit");
    const off = t.mock.method(process, "offExit");
    for (const key of ["a", "b", "c"]) entries.register(process, key);
    for (const key of ["a", "b"]) entries.unregister(process, key);
    assert.deepEqual([on.mock.callCount(), off.mock.callCount()], [1, 0]);
    entries.unregister(process, "c");
    assert.equal(off.mock.callCount(), 1);
  });
});

suite("registering", () => {
  test("what has ended, or runs elsewhere, is refused", async () => {
    const { node, entries } = await uniqueOne();
    const dead = await running(node, {});
    dead.exit("normal");
    assert.throws(() => entries.register(dead, "a"), /registry rooms cannot list tested: it has ended/);
    const foreign = await running(createNode("elsewhere"), {});
    assert.throws(() => entries.register(foreign, "a"), /it runs on another node, elsewhere/);
    assert.equal(entries.count(), 0);
  });

  test("where no registry runs, or no longer, says so", async () => {
    assert.throws(() => rooms.on(createNode("bare")), /node bare has no registry "rooms" running/);
    const { node, process, entries } = await uniqueOne();
    const listed = await running(node, {});
    entries.register(listed, "a");
    process.exit("shutdown");
    assert.equal(entries.count(), 0);
    assert.throws(() => entries.register(listed, "a"), /registry rooms has ended/);
    assert.throws(() => rooms.on(node), /has no registry/);
    listed.exit("normal");
    await quiet();
  });

  test("with a registry that was started again begins with nothing", async () => {
    const { node, stop } = await application({ children: [rooms] }).start();
    const before = rooms.on(node);
    before.register(await running(node, {}), "a");
    node.whereis("rooms")?.exit(new Error("crash"));
    await quiet();
    assert.notEqual(rooms.on(node), before);
    assert.equal(rooms.on(node).count(), 0);
    await stop();
  });
});

suite("via", () => {
  test("is a name: registered, found, refused when taken", async () => {
    const { node, entries } = await uniqueOne();
    const process = await running(node, {});
    const name = via(rooms, "lobby", "ada");
    assert.equal(name.whereis(node), undefined);
    name.register(process);
    assert.equal(name.whereis(node), process);
    assert.equal(entries.lookup("lobby")[0]?.value, "ada");
    const other = await running(node, {});
    assert.throws(() => name.register(other), AlreadyRegisteredError);
    assert.equal(String(name), "'lobby' in rooms");
  });

  test("needs unique keys", () => {
    assert.throws(() => via(topics, "news"), /registry topics has duplicate keys, which name nobody/);
  });
});
