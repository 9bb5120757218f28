/** Messages of the server: one render for all that wait, and when it is sent (PROTOCOL section 37). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { html, infoUnhandled, liveView } from "../../src/live/index.ts";
import { pubSubOf, topic, type } from "../../src/pubsub/index.ts";
import { Browser, record, serve } from "./support.ts";

const Numbers = topic("numbers:*", { added: type<number>(), ignored: type<null>() });
let renders = 0;

const ListLive = liveView("list")
  .mount((_params, _session, socket) => {
    socket.subscribe(Numbers("all")).subscribe(Numbers("all")).subscribe("plain");
    return socket.assign({ numbers: [] as number[] });
  })
  .event("add", (_params, socket) => socket.broadcast(Numbers("all"), "added", 7))
  .event("add from", (_params, socket) => socket.broadcastFrom(Numbers("all"), "added", 8))
  .event("deaf", (_params, socket) => socket.unsubscribe(Numbers("all")))
  .event("later", (_params, socket) => void socket.sendAfter("timer", 9, 0))
  .event("never", (_params, socket) => socket.sendAfter("timer", 9, 0)())
  .event("send unknown", (_params, socket) => void socket.sendAfter("unknown", null, 0))
  .event("noop", () => {})
  .info(Numbers, "added", (number, socket) => socket.assign({ numbers: [...socket.assigns.numbers, number] }))
  .info("added", (_payload, socket) => socket.assign({ numbers: [-1] }))
  .info("timer", async (payload, socket) => {
    await null;
    return socket.assign({ numbers: [Number(payload)] });
  })
  .info("same", (_payload, socket) => socket.assign({ numbers: socket.assigns.numbers }))
  .info("notify", (_payload, socket) => void socket.pushEvent("notified", {}))
  .info("crash", () => {
    throw new Error("info failed");
  })
  .render(({ numbers }) => {
    renders++;
    return html`<i>${numbers.join(" ")}</i>`;
  });

async function open(test: Parameters<typeof serve>[0]) {
  const server = await serve(test, { "/": ListLive });
  const client = await new Browser(server).open(test, "/");
  renders = 0;
  return { client, pubSub: pubSubOf(server.node), server };
}

test("many messages, one render, one diff", async (test) => {
  const { client, pubSub } = await open(test);

  for (let number = 1; number <= 20; number++) pubSub.broadcast(Numbers("all"), "added", number);
  const text = `${Array.from({ length: 20 }, (_, index) => index + 1).join(" ")}`;
  assert.equal(await client.nextText(), `["4",null,"${client.topic}","diff",{"0":"${text}"}]`);
  assert.equal(renders, 1);
  assert.deepEqual(await client.heardUntilNow(), []);
});

test("messages that change nothing are neither rendered nor sent", async (test) => {
  const { client, pubSub } = await open(test);

  pubSub.broadcast("plain", "same", null);
  pubSub.broadcast(Numbers("all"), "ignored", null);
  assert.deepEqual(await client.heardUntilNow(), []);
  assert.equal(renders, 0);
});

test("the handler of a topic comes before the one for any; other topics go to the latter", async (test) => {
  const { client, pubSub } = await open(test);

  pubSub.broadcast("plain", "added", null);
  assert.deepEqual((await client.next())[4], { "0": "-1" });
});

test("an event that broadcasts to itself is answered first", async (test) => {
  const { client } = await open(test);

  assert.deepEqual(await client.event("add"), { status: "ok", response: {} });
  assert.deepEqual((await client.next()).slice(3), ["diff", { "0": "7" }]);
  await client.event("add from");
  assert.deepEqual(await client.heardUntilNow(), []);
});

test("broadcastFrom reaches the others", async (test) => {
  const { client, server } = await open(test);
  const other = await new Browser(server).open(test, "/");

  await client.event("add from");
  assert.deepEqual((await other.next()).slice(3), ["diff", { "0": "8" }]);
});

test("after unsubscribe nothing comes any more; subscribing twice had been once", async (test) => {
  const { client, pubSub } = await open(test);

  assert.equal(pubSub.subscriberCount(Numbers("all")), 1);
  await client.event("deaf");
  assert.equal(pubSub.subscriberCount(Numbers("all")), 0);
  assert.equal(pubSub.subscriberCount("plain"), 1);
});

test("subscriptions end with the view", async (test) => {
  const { client, pubSub } = await open(test);

  client.send("5", "phx_leave", {});
  await client.next();
  await client.next();
  assert.equal(pubSub.subscriberCount("plain"), 0);
});

test("sendAfter comes back as a message, unless it is cancelled", async (test) => {
  const { client } = await open(test);

  await client.event("never");
  await client.event("later");
  assert.deepEqual((await client.next()).slice(3), ["diff", { "0": "9" }]);
});

test("an event that arrives while messages wait carries what all of them changed", async (test) => {
  const { client, pubSub, server } = await open(test);

  // A message is delivered the moment the event is being handled: they share a turn.
  const view = [...server.node.processes()].find(({ label }) => label === "live list");
  const { deliver } = Object.getPrototypeOf(view) as { deliver(message: { event: string }): void };
  test.mock.method(view as { deliver: typeof deliver }, "deliver", function (this: object, message: { event: string }) {
    if (message.event === "event") pubSub.broadcast(Numbers("all"), "added", 1);
    deliver.call(this, message);
  });
  assert.deepEqual((await client.event("noop")).response, { diff: { "0": "1" } });
  assert.deepEqual(await client.heardUntilNow(), []);
  assert.equal(renders, 1);
});

test("pushed events go out without a render", async (test) => {
  const { client, pubSub } = await open(test);

  pubSub.broadcast("plain", "notify", null);
  assert.deepEqual((await client.next()).slice(3), ["diff", { e: [["notified", {}]] }]);
  assert.equal(renders, 0);
});

test("a message of its own that a view has no handler for is reported", async (test) => {
  const unhandled = record(test, infoUnhandled);
  const { client, pubSub } = await open(test);

  pubSub.broadcast("plain", "unknown", null);
  await client.event("send unknown");
  await client.event("later");
  await client.next();
  assert.deepEqual(
    unhandled.map(({ view, event }) => [view, event]),
    [["list", "unknown"]],
  );
});

test("an info handler that throws ends the view", async (test) => {
  const { client, pubSub } = await open(test);

  pubSub.broadcast("plain", "crash", null);
  assert.equal((await client.next())[3], "phx_error");
});
