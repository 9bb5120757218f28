import assert from "node:assert/strict";
import { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { channel } from "../../src/channel/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { RawClient, startChannels } from "./support.ts";

const Room = channel("room:*")
  .on("many", (_payload, socket) => {
    for (let number = 1; number <= 10; number++) socket.push("one_of_many", { number });
  })
  .on("shout", (payload, socket) => socket.broadcast("shout", payload as object));

/** Counts what the server of `port` writes to its sockets from now on. */
function countWrites(t: TestContext, port: number): { count: number } {
  const writes = { count: 0 };
  const { write } = Socket.prototype;
  t.mock.method(Socket.prototype, "write", function (this: Socket, ...given: unknown[]) {
    if (this.localPort === port) writes.count++;
    return Reflect.apply(write, this, given);
  });
  return writes;
}

test("ten pushes of one handler leave in one write, and arrive as ten messages", async (t) => {
  const { url, port } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  const writes = countWrites(t, port);
  client.send("1", null, "room:a", "many", {});
  for (let number = 1; number <= 10; number++) {
    assert.deepEqual(await client.next(), ["1", null, "room:a", "one_of_many", { number }]);
  }
  assert.equal(writes.count, 1);
});

test("broadcasts of one tick leave in one write for each member", async (t) => {
  const { url, port, running } = await startChannels(t, [Room]);
  const members = [await RawClient.open(t, url), await RawClient.open(t, url), await RawClient.open(t, url)];
  for (const member of members) await member.join("room:a");
  const writes = countWrites(t, port);
  for (let number = 1; number <= 10; number++) pubSubOf(running.node).broadcast("room:a", "news", { number });
  for (const member of members) {
    for (let number = 1; number <= 10; number++) {
      assert.deepEqual(await member.next(), [null, null, "room:a", "news", { number }]);
    }
  }
  assert.equal(writes.count, members.length);
});
