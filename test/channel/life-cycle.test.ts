import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { accept, channel, refuse, reply, replyError, stop } from "../../src/channel/index.ts";
import type { ProcessTree } from "../../src/process/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { RawClient, startChannels } from "./support.ts";

const Room = channel("room:*")
  .join(({ rest }, _params, socket) => {
    if (rest === "closed") return refuse({ reason: "unauthorized" });
    if (rest === "broken") throw new Error("join is broken on purpose");
    socket.push("welcome", { to: rest });
    return accept(socket.assign({ room: rest, heard: 0 }), { room: rest });
  })
  .on("echo", (payload) => reply(payload as object))
  .on("fail", () => replyError({ reason: "no" }))
  .on("silence", () => {})
  .on("shout", (payload, socket) => socket.broadcast("shout", payload as object))
  .on("tell_others", (payload, socket) => socket.broadcastFrom("told", payload as object))
  .on("slow", async (payload) => {
    await new Promise((resolve) => setImmediate(resolve));
    return reply(payload as object);
  })
  .on("count", (_payload, socket) => {
    socket.assign({ heard: socket.assigns.heard + 1 });
    return reply({ room: socket.assigns.room, heard: socket.assigns.heard });
  })
  .on("typed", z.object({ body: z.string().min(1) }), ({ body }) => reply({ upper: body.toUpperCase() }))
  .on("crash", () => {
    throw new Error("crash on purpose");
  })
  .on("crash_later", () => Promise.reject(new Error("rejection on purpose")))
  .on("bye", () => stop(reply({ bye: true })))
  .info("news", (payload, socket) => socket.push("news", payload as object));

test("a heartbeat is answered", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.send(null, "7", "phoenix", "heartbeat", {});
  assert.deepEqual(await client.next(), [null, "7", "phoenix", "phx_reply", { status: "ok", response: {} }]);
});

test("the answer to a join comes before what was pushed during it", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.send("4", "4", "room:a", "phx_join", {});
  assert.deepEqual(await client.next(), ["4", "4", "room:a", "phx_reply", { status: "ok", response: { room: "a" } }]);
  assert.deepEqual(await client.next(), ["4", null, "room:a", "welcome", { to: "a" }]);
});

test("joins are refused for topics without a channel, by the application, and when the join throws", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.send("1", "1", "elsewhere", "phx_join", {});
  assert.deepEqual(await client.next(), [
    null,
    "1",
    "elsewhere",
    "phx_reply",
    { status: "error", response: { reason: "unmatched topic" } },
  ]);
  client.send("2", "2", "room:closed", "phx_join", {});
  assert.deepEqual(await client.next(), [
    "2",
    "2",
    "room:closed",
    "phx_reply",
    { status: "error", response: { reason: "unauthorized" } },
  ]);
  client.send("3", "3", "room:broken", "phx_join", {});
  assert.deepEqual(await client.next(), [
    "3",
    "3",
    "room:broken",
    "phx_reply",
    { status: "error", response: { reason: "join crashed" } },
  ]);
  client.send("2", "9", "room:closed", "echo", {});
  assert.deepEqual((await client.next())[4], { status: "error", response: { reason: "unmatched topic" } });
});

test("replies of every kind refer to their message", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  await client.next();
  client.send("1", "2", "room:a", "echo", { hello: "world" });
  assert.deepEqual(await client.next(), [
    "1",
    "2",
    "room:a",
    "phx_reply",
    { status: "ok", response: { hello: "world" } },
  ]);
  client.send(null, "3", "room:a", "fail", {});
  assert.deepEqual(await client.next(), [
    "1",
    "3",
    "room:a",
    "phx_reply",
    { status: "error", response: { reason: "no" } },
  ]);
  client.send("1", "4", "room:a", "silence", {});
  client.send("1", "5", "room:a", "typed", { body: "x" });
  assert.deepEqual(await client.next(), ["1", "5", "room:a", "phx_reply", { status: "ok", response: { upper: "X" } }]);
});

test("messages are handled one at a time and in order, awaits included", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  await client.next();
  client.send("1", "2", "room:a", "slow", { n: 1 });
  client.send("1", "3", "room:a", "echo", { n: 2 });
  client.send("1", "4", "room:a", "slow", { n: 3 });
  const answers = [await client.next(), await client.next(), await client.next()];
  assert.deepEqual(
    answers.map(([, ref]) => ref),
    ["2", "3", "4"],
  );
});

test("assigns stay with the channel from one message to the next", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  await client.next();
  client.send("1", "2", "room:a", "count", {});
  client.send("1", "3", "room:a", "count", {});
  await client.next();
  assert.deepEqual((await client.next())[4], { status: "ok", response: { room: "a", heard: 2 } });
});

test("a payload that its schema refuses is answered with the fields' errors", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  await client.next();
  client.send("1", "2", "room:a", "typed", { body: 5 });
  const [, , , , answer] = await client.next();
  const { status, response } = answer as {
    status: string;
    response: { reason: string; errors: Record<string, string[]> };
  };
  assert.equal(status, "error");
  assert.equal(response.reason, "invalid payload");
  assert.deepEqual(Object.keys(response.errors), ["body"]);
});

test("an event without a handler is answered, and the channel goes on", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  await client.next();
  client.send("1", "2", "room:a", "nonsense", {});
  assert.deepEqual((await client.next())[4], {
    status: "error",
    response: { reason: 'no handler for event "nonsense"' },
  });
  client.send("1", "3", "room:a", "echo", {});
  assert.deepEqual((await client.next())[4], { status: "ok", response: {} });
});

test("a broadcast reaches all members, one from a sender all the others", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const [first, second] = [await RawClient.open(t, url), await RawClient.open(t, url)];
  for (const client of [first, second]) {
    await client.join("room:a");
    await client.next();
  }
  first.send("1", null, "room:a", "shout", { n: 1 });
  for (const client of [first, second])
    assert.deepEqual(await client.next(), [null, null, "room:a", "shout", { n: 1 }]);
  first.send("1", null, "room:a", "tell_others", { n: 2 });
  assert.deepEqual(await second.next(), [null, null, "room:a", "told", { n: 2 }]);
  pubSubOf(running.node).broadcast("room:a", "outside", { n: 3 });
  for (const client of [first, second])
    assert.deepEqual(await client.next(), [null, null, "room:a", "outside", { n: 3 }]);
});

test("a crash ends that channel only, and tells its client", async (t) => {
  for (const event of ["crash", "crash_later"]) {
    const { url } = await startChannels(t, [Room]);
    const client = await RawClient.open(t, url);
    await client.join("room:a", "1");
    await client.next();
    await client.join("room:b", "2");
    await client.next();
    client.send("1", "3", "room:a", event, {});
    assert.deepEqual(await client.next(), ["1", "1", "room:a", "phx_error", { reason: "channel_crash" }]);
    client.send("2", "4", "room:b", "echo", {});
    assert.deepEqual((await client.next())[4], { status: "ok", response: {} });
    await client.join("room:a", "5");
  }
});

test("leaving is answered, then the channel is closed and hears nothing more", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a", "1");
  await client.next();
  client.send("1", "2", "room:a", "phx_leave", {});
  assert.deepEqual(await client.next(), ["1", "2", "room:a", "phx_reply", { status: "ok", response: {} }]);
  assert.deepEqual(await client.next(), ["1", "1", "room:a", "phx_close", {}]);
  assert.equal(pubSubOf(running.node).subscriberCount("room:a"), 0);
  client.send("1", "3", "room:a", "phx_leave", {});
  assert.deepEqual((await client.next())[4], { status: "ok", response: {} });
});

test("a channel that stops by itself answers, then closes", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a", "1");
  await client.next();
  client.send("1", "2", "room:a", "bye", {});
  assert.deepEqual(await client.next(), ["1", "2", "room:a", "phx_reply", { status: "ok", response: { bye: true } }]);
  assert.deepEqual(await client.next(), ["1", "1", "room:a", "phx_close", {}]);
});

test("joining a topic again closes the first instance under its own ref", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a", "1");
  await client.next();
  client.send("5", "5", "room:a", "phx_join", {});
  assert.deepEqual(await client.next(), ["1", "1", "room:a", "phx_close", {}]);
  assert.deepEqual((await client.next()).slice(0, 4), ["5", "5", "room:a", "phx_reply"]);
  await client.next();
  assert.equal(pubSubOf(running.node).subscriberCount("room:a"), 1);
  client.send("1", "6", "room:a", "echo", { stale: true });
  assert.deepEqual(await client.heardUntilNow(), [], "a message of the old instance is dropped");
});

test("more channels than allowed are refused", async (t) => {
  const { url } = await startChannels(t, [Room], { maxChannels: 2 });
  const client = await RawClient.open(t, url);
  for (const ref of ["1", "2"]) {
    await client.join(`room:${ref}`, ref);
    await client.next();
  }
  client.send("3", "3", "room:3", "phx_join", {});
  assert.deepEqual((await client.next())[4], { status: "error", response: { reason: "too many channels joined" } });
});

test("a lost connection ends its channels and subscriptions", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const idle = running.node.processCount;
  const [leaving, watching] = [await RawClient.open(t, url), await RawClient.open(t, url)];
  await leaving.join("room:a");
  await watching.join("room:b");
  const process = [...running.node.processes()].find(({ label }) => label === "channel room:*");
  const ended = new Promise((resolve) => process?.onExit(resolve));
  leaving.webSocket.terminate();
  assert.equal(await ended, "shutdown");
  assert.equal(pubSubOf(running.node).subscriberCount("room:a"), 0);
  assert.equal(running.node.processCount, idle + 1);
});

test("everything that lives stands in one tree", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  const draw = ({ label, children }: ProcessTree): unknown => [label, ...children.map(draw)];
  assert.deepEqual(running.node.tree().map(draw), [
    ["application", ["endpoint", ["socket /socket", ["channel room:*"]]], ["pubsub"]],
  ]);
});

test("a killed endpoint takes its sockets and channels with it, and starts again", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  const closed = client.closed();
  const channel = [...running.node.processes()].find(({ label }) => label === "channel room:*");
  const ended = new Promise((resolve) => channel?.onExit(resolve));
  const first = running.node.whereis("endpoint");
  first?.exit("killed");
  await closed;
  assert.equal(await ended, "shutdown");
  while ([undefined, first].includes(running.node.whereis("endpoint"))) await new Promise(setImmediate);
  await running.node.whereis("endpoint")?.started();
  const labels = running.node.list().map(({ label }) => label);
  assert.deepEqual(labels.toSorted(), ["application", "endpoint", "pubsub", "socket /socket"]);
});

test("stopping the application closes connections with 1012", async (t) => {
  const { url, running } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  await client.join("room:a");
  const closed = client.closed();
  await running.stop();
  assert.equal((await closed).code, 1012);
});

/** A channel whose joins wait until they are let in. */
function waitingChannel() {
  const gate = Promise.withResolvers<void>();
  const Waiting = channel("waiting:*")
    .join(async ({ rest }, _params, socket) => {
      await gate.promise;
      return rest === "nobody" ? refuse({ reason: "unauthorized" }) : socket;
    })
    .on("echo", (payload) => reply(payload as object));
  return { Waiting, letIn: () => gate.resolve() };
}

test("what a client says before its join is answered waits, and is refused with the join", async (t) => {
  const { Waiting, letIn } = waitingChannel();
  const { url } = await startChannels(t, [Waiting]);
  const client = await RawClient.open(t, url);
  for (const topic of ["waiting:a", "waiting:nobody"]) {
    client.send("1", "1", topic, "phx_join", {});
    client.send("1", "2", topic, "echo", { n: 1 });
    client.send("1", "3", topic, "phx_leave", {});
  }
  assert.deepEqual(await client.heardUntilNow(), []);
  letIn();
  const heard: Record<string, unknown[]> = { "waiting:a": [], "waiting:nobody": [] };
  for (let frames = 0; frames < 7; frames++) {
    const [, ref, topic, event, payload] = await client.next();
    heard[topic]?.push([ref, event, (payload as { status?: string }).status]);
  }
  assert.deepEqual(heard, {
    "waiting:a": [
      ["1", "phx_reply", "ok"],
      ["2", "phx_reply", "ok"],
      ["3", "phx_reply", "ok"],
      ["1", "phx_close", undefined],
    ],
    "waiting:nobody": [
      ["1", "phx_reply", "error"],
      ["2", "phx_reply", "error"],
      ["3", "phx_reply", "ok"],
    ],
  });
});

test("joins of one topic, each of which replaces the one before, count until their processes have ended", async (t) => {
  const { Waiting, letIn } = waitingChannel();
  const { url, running } = await startChannels(t, [Waiting], { maxChannels: 3 });
  const client = await RawClient.open(t, url);
  const before = running.node.processCount;
  const answers: unknown[] = [];
  for (let ref = 1; ref <= 6; ref++) {
    client.send(String(ref), String(ref), "waiting:a", "phx_join", {});
    for (const [, answered, , , payload] of await client.heardUntilNow()) {
      answers.push([answered, (payload as { response: { reason: string } }).response.reason]);
    }
  }
  assert.equal(running.node.processCount, before + 3);
  assert.deepEqual(answers, [
    ["1", "duplicate join"],
    ["2", "duplicate join"],
    ["3", "duplicate join"],
    ["4", "too many channels joined"],
    ["5", "too many channels joined"],
    ["6", "too many channels joined"],
  ]);
  letIn();
  while (running.node.processCount > before) await new Promise((resolve) => setImmediate(resolve));
  await client.join("waiting:a", "51");
});

test("the answer to a join refers to the ref of the join, whatever its join_ref", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.send("7", "8", "room:a", "phx_join", {});
  assert.deepEqual((await client.next()).slice(0, 2), ["7", "8"]);
});
