import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createNode, type Message, type Node, type Process } from "../../src/process/index.ts";
import { type Broadcast, PubSub, pubSubOf, topic, type } from "../../src/pubsub/index.ts";

const Chat = topic("chat:*", { said: type<{ text: string }>() });

async function listener(node: Node): Promise<{ process: Process; received: Message[] }> {
  const received: Message[] = [];
  const process = node.spawn("listener", () => ({ receive: (message) => void received.push(message) }));
  await process.started();
  return { process, received };
}

/** A subscriber that is no process: it gets broadcasts on the stack of who sends them. */
function fastLane(owner: object = {}): { owner: object; received: Broadcast[]; deliver(broadcast: Broadcast): void } {
  const received: Broadcast[] = [];
  return { owner, received, deliver: (broadcast) => void received.push(broadcast) };
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

suite("a broadcast", () => {
  test("reaches the mailboxes of all subscribers of its topic, and no others", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const [one, two, other] = [await listener(node), await listener(node), await listener(node)];
    pubSub.subscribe(one.process, "room:1");
    pubSub.subscribe(two.process, "room:1");
    pubSub.subscribe(other.process, "room:2");
    pubSub.broadcast("room:1", "said", { text: "hi" });
    await quiet();
    const expected = { topic: "room:1", event: "said", payload: { text: "hi" } };
    assert.deepEqual([one.received, two.received, other.received], [[expected], [expected], []]);
  });

  test("is one frozen object for all of them, and carries the payload that was given", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const { process, received } = await listener(node);
    const fast = fastLane();
    pubSub.subscribe(process, "t");
    pubSub.add(fast, "t");
    const payload = { text: "hi" };
    pubSub.broadcast("t", "said", payload);
    await quiet();
    assert.equal(received[0], fast.received[0]);
    assert.equal(received[0]?.payload, payload);
    assert.ok(Object.isFrozen(received[0]));
  });

  test("keeps its order", async () => {
    const node = createNode();
    const { process, received } = await listener(node);
    pubSubOf(node).subscribe(process, "t");
    for (let count = 0; count < 5; count++) pubSubOf(node).broadcast("t", `${count}`, null);
    await quiet();
    assert.deepEqual(
      received.map(({ event }) => event),
      ["0", "1", "2", "3", "4"],
    );
  });

  test("without subscribers goes nowhere", () => {
    new PubSub().broadcast("nobody", "said", {});
  });

  test("goes to typed addresses and to their names alike", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const { process, received } = await listener(node);
    pubSub.subscribe(process, Chat("lobby"));
    pubSub.broadcast("chat:lobby", "said", { text: "by name" });
    pubSub.broadcast(Chat("lobby"), "said", { text: "by address" });
    pubSub.broadcast(Chat("hall"), "said", { text: "elsewhere" });
    await quiet();
    assert.deepEqual(
      received.map(({ payload }) => (payload as { text: string }).text),
      ["by name", "by address"],
    );
  });
});

suite("broadcastFrom", () => {
  test("leaves out all subscriptions of one owner", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const [sender, other] = [await listener(node), await listener(node)];
    const fastOfSender = fastLane(sender.process);
    const fast = fastLane();
    pubSub.subscribe(sender.process, "t");
    pubSub.subscribe(sender.process, "t");
    pubSub.add(fastOfSender, "t");
    pubSub.subscribe(other.process, "t");
    pubSub.add(fast, "t");
    pubSub.broadcastFrom(sender.process, "t", "said", {});
    await quiet();
    assert.deepEqual(
      [sender, fastOfSender, other, fast].map(({ received }) => received.length),
      [0, 0, 1, 1],
    );
  });

  test("reaches everybody if its owner has no subscription", async () => {
    const pubSub = new PubSub();
    const fast = fastLane();
    pubSub.add(fast, Chat("lobby"));
    pubSub.broadcastFrom({}, Chat("lobby"), "said", { text: "hi" });
    assert.equal(fast.received.length, 1);
  });
});

suite("a subscription", () => {
  test("delivers as often as it was made, and ends one by one", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const { process, received } = await listener(node);
    const end = pubSub.subscribe(process, "t");
    pubSub.subscribe(process, "t");
    pubSub.broadcast("t", "twice", null);
    end();
    end();
    pubSub.broadcast("t", "once", null);
    await quiet();
    assert.deepEqual(
      received.map(({ event }) => event),
      ["twice", "twice", "once"],
    );
  });

  test("ends with its process, and nothing is kept of the topic", async () => {
    const node = createNode();
    const pubSub = pubSubOf(node);
    const { process } = await listener(node);
    pubSub.subscribe(process, "t");
    pubSub.subscribe(process, "t");
    assert.equal(pubSub.subscriberCount("t"), 2);
    process.exit(new Error("boom"));
    assert.equal(pubSub.subscriberCount("t"), 0);
  });

  test("of a process that has ended is none", async () => {
    const node = createNode();
    const { process } = await listener(node);
    process.exit("normal");
    pubSubOf(node).subscribe(process, "t")();
    assert.equal(pubSubOf(node).subscriberCount("t"), 0);
  });

  test("that has ended leaves nothing with the process", async (t) => {
    const node = createNode();
    const { process } = await listener(node);
    const taken = t.mock.method(process, "offExit");
    pubSubOf(node).subscribe(process, "t")();
    assert.equal(taken.mock.callCount(), 1);
  });

  test("of the fast lane gets broadcasts at once, and ends when it says so", () => {
    const pubSub = new PubSub();
    const fast = fastLane();
    const end = pubSub.add(fast, "t");
    pubSub.broadcast("t", "said", 1);
    assert.equal(fast.received.length, 1);
    end();
    pubSub.broadcast("t", "said", 2);
    assert.equal(fast.received.length, 1);
  });

  test("is not ended by the handle of an earlier one of the same subscriber", () => {
    const pubSub = new PubSub();
    const fast = fastLane();
    const end = pubSub.add(fast, "t");
    end();
    pubSub.add(fast, "t");
    end();
    assert.equal(pubSub.subscriberCount("t"), 1);
  });

  test("may end itself, or another one, while a broadcast is on its way", () => {
    const pubSub = new PubSub();
    const log: string[] = [];
    const ends = new Map<string, () => void>();
    for (const name of ["a", "b", "c"]) {
      const deliver = () => {
        log.push(name);
        if (name !== "a") return;
        ends.get("a")?.();
        ends.get("b")?.();
      };
      ends.set(name, pubSub.add({ owner: {}, deliver }, "t"));
    }
    pubSub.broadcast("t", "said", null);
    assert.deepEqual(log, ["a", "c"]);
  });
});

suite("the PubSub of a node", () => {
  test("is one, and another node's is another", () => {
    const node = createNode();
    assert.equal(pubSubOf(node), pubSubOf(node));
    assert.notEqual(pubSubOf(node), pubSubOf(createNode()));
  });
});
