/** The example of the supervision guide: what a crash in one chat room means for the others. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dynamicSupervisor } from "../../src/process/dynamic-supervisor.ts";
import { reply } from "../../src/process/gen-server/outcome.ts";
import { genServer } from "../../src/process/gen-server.ts";
import { application, type Node, type Strategy } from "../../src/process/index.ts";
import { registry } from "../../src/process/registry.ts";
import { quiet, running } from "./support.ts";

const ChatRoom = genServer("chat_room")
  .init(({ room }: { room: string }) => ({ room, messages: [] as readonly string[] }))
  .call("post", (text: string, state) => {
    if (text === "/crash") throw new Error(`${state.room} has crashed`);
    return reply(state.messages.length + 1, { ...state, messages: [...state.messages, text] });
  })
  .call("history", (_nothing: void, state) => reply(state.messages));

const names = ["room 1", "room 2", "room 3"] as const;
type RoomName = (typeof names)[number];

function room(node: Node, name: RoomName) {
  return ChatRoom.at(node, name);
}

/** Three rooms under one supervisor, with a message in each. */
async function open(strategy: Strategy) {
  const children = names.map((name) => ChatRoom.child({ room: name }, { name }));
  const app = await application({ strategy, children }).start();
  for (const name of names) await room(app.node, name).call("post", `hello ${name}`);
  return app;
}

async function crash(node: Node, name: RoomName): Promise<void> {
  await assert.rejects(room(node, name).call("post", "/crash"), ({ cause }: Error) => {
    assert.equal((cause as Error).message, `${name} has crashed`);
    return true;
  });
  await quiet();
}

/** Which rooms still have their message. */
async function remembering(node: Node): Promise<RoomName[]> {
  const histories = await Promise.all(names.map((name) => room(node, name).call("history")));
  return names.filter((name, index) => histories[index]?.includes(`hello ${name}`));
}

suite("chat rooms in a supervisor", () => {
  const cases = [
    ["one_for_one", "room 1", ["room 2", "room 3"]],
    ["one_for_one", "room 2", ["room 1", "room 3"]],
    ["rest_for_one", "room 1", []],
    ["rest_for_one", "room 2", ["room 1"]],
    ["rest_for_one", "room 3", ["room 1", "room 2"]],
    ["one_for_all", "room 1", []],
    ["one_for_all", "room 3", []],
  ] as const;
  for (const [strategy, crashing, expected] of cases) {
    const kept = expected.length === 0 ? "nobody keeps its messages" : `${expected.join(" and ")} keep their messages`;
    test(`${strategy}: when ${crashing} crashes, ${kept}`, async () => {
      const app = await open(strategy);
      const before = names.map((name) => app.node.whereis(name));
      await crash(app.node, crashing);
      assert.deepEqual(await remembering(app.node), expected);
      const same = names.filter((name, index) => app.node.whereis(name) === before[index]);
      assert.deepEqual(same, expected, "only they are the same processes");
      assert.equal(await room(app.node, crashing).call("post", "back again"), 1);
      await app.stop();
    });
  }

  test("a room that keeps crashing takes the application down, when it is too much, and nothing is left", async (t) => {
    t.mock.timers.enable({ apis: ["Date"] });
    const app = await open("one_for_one");
    for (let crashes = 0; crashes < 3; crashes++) await crash(app.node, "room 1");
    assert.deepEqual(await remembering(app.node), ["room 2", "room 3"]);
    await crash(app.node, "room 1");
    assert.match(String(await app.ended), /its child "room 1" ended more than 3 times in 5 s/);
    assert.equal(app.node.processCount, 0);
  });
});

suite("chat rooms that are opened while the application runs", () => {
  const rooms = dynamicSupervisor(ChatRoom, { name: "rooms" });
  const members = registry<RoomName, string>({ name: "members", keys: "duplicate" });

  async function openRooms() {
    const app = await application({ strategy: "rest_for_one", children: [members, rooms] }).start();
    for (const name of names) {
      const opened = await rooms.on(app.node).startChild({ room: name }, { name });
      await opened.call("post", `hello ${name}`);
    }
    return app;
  }

  test("crash alone and come back empty", async () => {
    const { node, stop } = await openRooms();
    await crash(node, "room 1");
    assert.deepEqual(await remembering(node), ["room 2", "room 3"]);
    assert.equal(rooms.on(node).count(), 3);
    await stop();
    assert.equal(node.processCount, 0);
  });

  test("have members, who are gone from the room when they end", async () => {
    const { node, stop } = await openRooms();
    const ada = await running(node, {});
    const bob = await running(node, {});
    for (const name of names) members.on(node).register(ada, name, "ada");
    members.on(node).register(bob, "room 2", "bob");
    ada.exit(new Error("connection lost"));
    assert.deepEqual(
      members
        .on(node)
        .select()
        .map(({ key, value }) => [key, value]),
      [["room 2", "bob"]],
    );
    await stop();
  });

  test("are all closed when what they stand on crashes", async () => {
    const { node, stop } = await openRooms();
    node.whereis("members")?.exit(new Error("crash"));
    await quiet();
    assert.equal(rooms.on(node).count(), 0);
    assert.equal(members.on(node).count(), 0);
    await stop();
  });
});
