/** Connections that end where it hurts most, and clients that do not read. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { channel, connectionDropped } from "../../src/channel/index.ts";
import { endpointStop } from "../../src/endpoint/index.ts";
import { html, liveView } from "../../src/live/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { RawClient } from "../channel/support.ts";
import { upgradeRequest } from "../endpoint/support.ts";
import { Browser, record } from "../live/support.ts";
import { assertUnheard, idle, Neighbours, startTown, type Town } from "./town.ts";

/** What handlers wait for until a test opens it, by name. */
class Gates {
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();

  /** Resolves when the test opens the gate. */
  async pass(name: string): Promise<void> {
    const gate = this.#gate(name);
    this.#gate(`${name} reached`).resolve();
    await gate.promise;
  }

  reached(name: string): Promise<void> {
    return this.#gate(`${name} reached`).promise;
  }

  open(name: string): void {
    this.#gate(name).resolve();
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const present = this.#gates.get(name);
    if (present !== undefined) return present;
    const gate = Promise.withResolvers<void>();
    this.#gates.set(name, gate);
    return gate;
  }
}

function slowParts(gates: Gates) {
  const SlowLive = liveView("slow")
    .mount(async (_params, _session, socket) => {
      if (socket.connected) await gates.pass("mount");
      return socket.subscribe("slow").assign({ done: false });
    })
    .event("work", async (_params, socket) => {
      await gates.pass("event");
      socket.subscribe("worked").assign({ done: true });
    })
    .event("fail", async () => {
      await gates.pass("event");
      throw new Error("failed on purpose, when nobody listened any more");
    })
    .render(({ done }) => html`${String(done)}`);
  const SlowChannel = channel("slow:*")
    .join(async (_topic, _params, socket) => {
      await gates.pass("join");
      return socket;
    })
    .on("work", async (_payload, socket) => {
      await gates.pass("event");
      socket.broadcast("worked", {});
    });
  return { views: { "/slow": SlowLive }, channels: [SlowChannel] };
}

async function startSlowTown(t: TestContext): Promise<{ town: Town; gates: Gates; neighbours: Neighbours }> {
  const gates = new Gates();
  const town = await startTown(t, slowParts(gates));
  return { town, gates, neighbours: await Neighbours.moveIn(t, town) };
}

/** Ends a TCP connection without a word: with a reset, so that it is gone at once. */
function reset(client: { webSocket: unknown }): void {
  (client.webSocket as { _socket: Socket })._socket.resetAndDestroy();
}

for (const moment of ["before", "after"]) {
  test(`a connection that breaks while a mount or join waits leaves nothing behind (${moment} it goes on)`, async (t) => {
    const { town, gates, neighbours } = await startSlowTown(t);
    const crashes = record(t, processCrash);
    const page = await new Browser(town).get("/slow");
    const viewer = await page.connect(t);
    viewer.send("4", "phx_join", viewer.joinPayload());
    const member = await RawClient.open(t, town.socketUrl);
    member.send("1", "1", "slow:a", "phx_join", {});
    await Promise.all([gates.reached("mount"), gates.reached("join")]);
    reset(viewer);
    reset(member);
    if (moment === "after") for (let turn = 0; turn < 20; turn++) await nextTurn();
    gates.open("mount");
    gates.open("join");

    await neighbours.noticeNothing();
    neighbours.leave();
    await idle(town);
    assertUnheard(town, ["slow", "slow:a"]);
    assert.deepEqual(crashes, []);
  });
}

for (const event of ["work", "fail"]) {
  test(`a connection that breaks while a handler waits lets it finish (${event})`, async (t) => {
    const { town, gates, neighbours } = await startSlowTown(t);
    const crashes = record(t, processCrash);
    gates.open("mount");
    gates.open("join");
    const viewer = await new Browser(town).open(t, "/slow");
    viewer.send("5", "event", { type: "click", event, value: {} });
    const member = await RawClient.open(t, town.socketUrl);
    await member.join("slow:a");
    member.send("1", "2", "slow:a", "work", {});
    await gates.reached("event");
    reset(viewer);
    reset(member);
    while (pubSubOf(town.node).subscriberCount("slow:a") > 0) await nextTurn();
    gates.open("event");

    await neighbours.noticeNothing();
    neighbours.leave();
    await idle(town);
    assertUnheard(town, ["slow", "worked", "slow:a"]);
    assert.equal(crashes.length, event === "fail" ? 1 : 0);
  });
}

/** A TCP connection to the server. */
async function dial(t: TestContext, town: Town): Promise<Socket> {
  const socket = connect(Number(new URL(town.url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

const frameHead = Buffer.from([0x81, 0xfe, 0x40, 0x00, 1, 2, 3, 4]);

for (const [what, bytes] of [
  ["right after the upgrade was asked for", Buffer.alloc(0)],
  ["in the head of a frame", frameHead.subarray(0, 3)],
  ["in the payload of a frame", Buffer.concat([frameHead, Buffer.alloc(100)])],
  ["between two fragments", Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x5b])],
] as const) {
  for (const way of ["end", "destroy", "resetAndDestroy"] as const) {
    test(`a socket that is cut off ${what} is forgotten (${way})`, async (t) => {
      const town = await startTown(t);
      const socket = await dial(t, town);
      socket.write(upgradeRequest("/socket/websocket?vsn=2.0.0"));
      if (bytes.length > 0) {
        await once(socket, "data");
        socket.write(bytes);
      }
      socket[way]();
      if (way === "end") {
        socket.resume();
        await once(socket, "close");
      }
      const neighbours = await Neighbours.moveIn(t, town);
      await neighbours.noticeNothing();
      neighbours.leave();
      await idle(town);
    });
  }
}

test("garbage after the head of an upgrade closes that socket only, and is reported", async (t) => {
  const town = await startTown(t);
  const neighbours = await Neighbours.moveIn(t, town);
  const dropped = record(t, connectionDropped);
  for (const garbage of ["garbage that is no frame", "\x81\x05hello", "\xff\xff\xff\xff", "GET / HTTP/1.1\r\n\r\n"]) {
    const socket = await dial(t, town);
    socket.write(upgradeRequest("/socket/websocket?vsn=2.0.0") + garbage, "latin1");
    socket.resume();
    await once(socket, "end");
    socket.destroy();
  }
  assert.deepEqual(
    dropped.map(({ code }) => code),
    [1002, 1002, 1002, 1002],
  );
  await neighbours.noticeNothing();
});

test("requests that break off in the head or body hurt nobody", async (t) => {
  const town = await startTown(t);
  const neighbours = await Neighbours.moveIn(t, town);
  const stopped = record(t, endpointStop);
  for (const text of [
    "POST /form HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nname=",
    'POST /form HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
    "POST /form HTTP/1.1\r\nhost: a\r\nconte",
  ]) {
    const socket = await dial(t, town);
    socket.write(text);
    await neighbours.noticeNothing();
    socket.resetAndDestroy();
  }
  while (stopped.length < 2) await nextTurn();
  assert.deepEqual(
    stopped.map(({ status }) => status),
    [499, 499],
  );
  await neighbours.noticeNothing();
});

test("a client that does not read is cut off when too much waits for it, and the others get everything", async (t) => {
  const town = await startTown(t, { socket: { maxBufferedBytes: 1_000_000 } });
  const neighbours = await Neighbours.moveIn(t, town);
  const dropped = record(t, connectionDropped);
  const [idler, reader] = [await RawClient.open(t, town.socketUrl), await RawClient.open(t, town.socketUrl)];
  await idler.join("room:loud");
  await reader.join("room:loud");
  idler.webSocket.pause();
  const body = "x".repeat(100_000);
  for (let number = 1; dropped.length === 0; number++) {
    assert.ok(number < 1_000, "the client was never cut off");
    pubSubOf(town.node).broadcast("room:loud", "noise", { number, body });
    assert.deepEqual((await reader.next())[4], { number, body });
  }
  assert.deepEqual(
    dropped.map(({ mount, code }) => [mount, code]),
    [["/socket", 1006]],
  );
  assert.equal(pubSubOf(town.node).subscriberCount("room:loud"), 1);
  await neighbours.noticeNothing();
});
