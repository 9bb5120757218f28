import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Channel as ClientChannel, Socket } from "phoenix";
import { channel, refuse, reply, socket } from "../../src/channel/index.ts";
import { startChannels, startSocket } from "./support.ts";

const Lobby = channel("room:*")
  .join(({ rest }, _params, socket) => (rest === "lobby" ? socket : refuse({ reason: "unauthorized" })))
  .on("new_msg", (payload, socket) => socket.broadcast("new_msg", payload as object))
  .on("double", (payload) => reply({ n: (payload as { n: number }).n * 2 }))
  .on("crash", () => {
    throw new Error("crash on purpose");
  });

/** Milliseconds that a push waits for an answer which is not to come; the client's timer would hold up the end of the tests. */
const unanswered = 100;

/** A connection of the npm package `phoenix`, reconnecting quickly. */
function connect(test: TestContext, url: string): Socket {
  const client = new Socket(url, { transport: WebSocket, reconnectAfterMs: () => 10, rejoinAfterMs: () => 10 });
  client.connect();
  test.after(() => client.disconnect());
  return client;
}

function joined(member: ClientChannel): Promise<unknown> {
  return new Promise((resolve, reject) => member.join().receive("ok", resolve).receive("error", reject));
}

function heard(member: ClientChannel, event: string): Promise<unknown> {
  return new Promise((resolve) => member.on(event, resolve));
}

test("the official client joins, pushes, gets replies and broadcasts, and leaves", async (t) => {
  const { url } = await startChannels(t, [Lobby]);
  const [ann, bob] = [connect(t, url).channel("room:lobby"), connect(t, url).channel("room:lobby")];
  await joined(ann);
  await joined(bob);
  const bobHears = heard(bob, "new_msg");
  ann.push("new_msg", { body: "hello — ✓" }, unanswered);
  assert.deepEqual(await bobHears, { body: "hello — ✓" });
  assert.deepEqual(await new Promise((resolve) => ann.push("double", { n: 21 }).receive("ok", resolve)), { n: 42 });
  await new Promise((resolve) => ann.leave().receive("ok", resolve));
});

test("the official client is told why it may not join", async (t) => {
  const { url } = await startChannels(t, [Lobby]);
  const member = connect(t, url).channel("room:private");
  await assert.rejects(joined(member), (response) => {
    assert.deepEqual(response, { reason: "unauthorized" });
    return true;
  });
  await new Promise((resolve) => member.leave().receive("ok", resolve));
});

test("the official client joins again after a crash", async (t) => {
  const { url } = await startChannels(t, [Lobby]);
  const member = connect(t, url).channel("room:lobby");
  let joins = 0;
  const again = new Promise<void>((resolve) => {
    member.join().receive("ok", () => {
      joins++;
      if (joins === 2) resolve();
      else member.push("crash", {}, unanswered);
    });
  });
  await again;
});

test("the official client comes back when the server was away", async (t) => {
  const mount = socket().channel(Lobby);
  const { running, url, port } = await startSocket(t, mount);
  const client = connect(t, url);
  const member = client.channel("room:lobby");
  let joins = 0;
  let back: () => void = () => {};
  const again = new Promise<void>((resolve) => (back = resolve));
  await new Promise<void>((resolve) => {
    member.join().receive("ok", () => {
      joins++;
      if (joins === 1) resolve();
      else back();
    });
  });
  await running.stop();
  await startSocket(t, mount, port);
  await again;
  assert.deepEqual(await new Promise((resolve) => member.push("double", { n: 1 }).receive("ok", resolve)), { n: 2 });
});
