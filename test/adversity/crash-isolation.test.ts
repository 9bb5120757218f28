/** What application code can do wrong: it costs the one view or channel where it happens, and nobody else. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { channel, processKilled, reply } from "../../src/channel/index.ts";
import { html, liveView } from "../../src/live/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { RawClient } from "../channel/support.ts";
import { Browser, record } from "../live/support.ts";
import { assertUnheard, idle, Neighbours, startTown, type Town } from "./town.ts";

const never = new Promise<void>(() => {});

/** Ways to fail, by name. */
const failures: Readonly<Record<string, () => unknown>> = {
  throw: () => {
    throw new Error("thrown on purpose");
  },
  reject: () => Promise.reject(new Error("rejected on purpose")),
  "throw a text": () => {
    throw "a text";
  },
  "throw nothing": () => {
    throw undefined;
  },
  "reject with null": async () => {
    await nextTurn();
    throw null;
  },
  "throw a frozen object with a trap": () => {
    throw new Proxy(Object.freeze({}), {
      get() {
        throw new Error("not even readable");
      },
    });
  },
};

/** Fails at the place that its params name: in which callback, and in which mode. */
const FragileLive = liveView("fragile")
  .mount((params, _session, socket) => {
    const { connected } = socket;
    if (params.at === (connected ? "connected mount" : "dead mount")) failures[String(params.how)]?.();
    if (params.at === "endless mount" && connected) return never.then(() => socket.assign({ broken: false }));
    return socket.subscribe("fragile").assign({ broken: false });
  })
  .handleParams((params, _url, socket) => {
    if (params.at === "params") failures[String(params.how)]?.();
    return socket;
  })
  .event("fail", async (params) => void (await failures[String(params.how)]?.()))
  .event("fail at once", (params) => void failures[String(params.how)]?.())
  .event("break render", (_params, socket) => socket.assign({ broken: true }))
  .event("wait for ever", () => never)
  .event("fine", (_params, socket) => socket.pushEvent("fine"))
  .info("break render", (_payload, socket) => socket.assign({ broken: true }))
  .info("fail", (how) => void failures[String(how)]?.())
  .terminate((_reason, socket) => {
    const at = socket.uri.searchParams.get("at");
    if (at === "terminate") throw new Error("terminate failed on purpose");
    if (at === "endless terminate") return never;
  })
  .render(({ broken }) => {
    if (broken) throw new Error("render failed on purpose");
    return html`<p>fine</p>`;
  });

const FragileChannel = channel("fragile:*")
  .join(({ rest }, _params, socket) => {
    if (rest === "endless") return never.then(() => socket);
    failures[rest]?.();
    return socket;
  })
  .on("fail", async (how) => void (await failures[String(how)]?.()))
  .on("fail at once", (how) => void failures[String(how)]?.())
  .on("wait for ever", () => never)
  .on("fine", () => reply())
  .terminate((socket) => {
    if (socket.topic === "fragile:last words") throw new Error("terminate failed on purpose");
    if (socket.topic === "fragile:endless last words") return never;
  });

async function startFragileTown(t: TestContext): Promise<[Town, Neighbours]> {
  const town = await startTown(t, { views: { "/fragile": FragileLive }, channels: [FragileChannel] });
  return [town, await Neighbours.moveIn(t, town)];
}

for (const how of Object.keys(failures)) {
  test(`a view and a channel that ${how} end alone, and come back`, async (t) => {
    const [town, neighbours] = await startFragileTown(t);
    const crashes = record(t, processCrash);
    const viewer = await new Browser(town).open(t, "/fragile");
    const member = await RawClient.open(t, town.socketUrl);
    let ref = 10;
    for (const event of ["fail", "fail at once"]) {
      if (event === "fail at once" && /^reject/.test(how)) continue;
      viewer.send("5", "event", { type: "click", event, value: { how } });
      assert.deepEqual((await viewer.next()).slice(3), ["phx_error", { reason: "channel_crash" }]);
      assert.equal((await viewer.join({ params: { _mounts: 1 } }, String(ref++))).status, "ok");
      await member.join("fragile:a");
      member.send("1", "2", "fragile:a", event, how);
      assert.deepEqual(await member.next(), ["1", "1", "fragile:a", "phx_error", { reason: "channel_crash" }]);
    }
    assert.equal(crashes.length, /^reject/.test(how) ? 2 : 4);
    for (const { error } of crashes) assert.ok(error instanceof Error);
    assert.deepEqual((await viewer.event("fine")).status, "ok");
    await neighbours.noticeNothing();
  });
}

test("a view that throws in render, asked by its client or not, ends alone and comes back", async (t) => {
  const [town, neighbours] = await startFragileTown(t);
  const viewer = await new Browser(town).open(t, "/fragile");
  viewer.send("5", "event", { type: "click", event: "break render", value: {} });
  assert.equal((await viewer.next())[3], "phx_error");
  assert.equal((await viewer.join({ params: { _mounts: 1 } }, "6")).status, "ok");
  pubSubOf(town.node).broadcast("fragile", "break render", {});
  assert.equal((await viewer.next())[3], "phx_error");
  assert.equal((await viewer.join({ params: { _mounts: 2 } }, "7")).status, "ok");
  pubSubOf(town.node).broadcast("fragile", "fail", "throw");
  assert.equal((await viewer.next())[3], "phx_error");
  assert.equal((await viewer.join({ params: { _mounts: 3 } }, "8")).status, "ok");
  await neighbours.noticeNothing();
});

for (const how of Object.keys(failures).filter((name) => !/reject/.test(name))) {
  test(`a mount or handleParams that ${how} is a 500 for the page and a crashed join for the socket`, async (t) => {
    const [town, neighbours] = await startFragileTown(t);
    for (const at of ["dead mount", "params"]) {
      const path = `/fragile?${new URLSearchParams({ at, how })}`;
      assert.equal((await new Browser(town).get(path)).status, 500, at);
    }
    const browser = await new Browser(town).get("/fragile");
    const client = await browser.connect(t);
    for (const at of ["connected mount", "params"]) {
      const url = `${town.url}/fragile?${new URLSearchParams({ at, how })}`;
      assert.deepEqual(await client.join({ url }), { status: "error", response: { reason: "join crashed" } });
    }
    assert.equal((await client.join()).status, "ok");
    client.send("5", "live_patch", { url: `${town.url}/fragile?${new URLSearchParams({ at: "params", how })}` });
    assert.equal((await client.next())[3], "phx_error");
    const member = await RawClient.open(t, town.socketUrl);
    member.send("1", "1", `fragile:${how}`, "phx_join", {});
    assert.deepEqual((await member.next())[4], { status: "error", response: { reason: "join crashed" } });
    await neighbours.noticeNothing();
  });
}

test("a terminate that throws is reported, and the end goes on", async (t) => {
  const [town, neighbours] = await startFragileTown(t);
  const crashes = record(t, processCrash);
  const viewer = await new Browser(town).open(t, "/fragile?at=terminate");
  viewer.send("5", "phx_leave", {});
  assert.deepEqual([(await viewer.next())[3], (await viewer.next())[3]], ["phx_reply", "phx_close"]);
  const member = await RawClient.open(t, town.socketUrl);
  await member.join("fragile:last words");
  member.send("1", "2", "fragile:last words", "phx_leave", {});
  assert.deepEqual([(await member.next())[3], (await member.next())[3]], ["phx_reply", "phx_close"]);

  assert.equal(crashes.length, 2);
  assertUnheard(town, ["fragile", "fragile:last words"]);
  await neighbours.noticeNothing();
});

/** Ends of a client, by name. */
const ends = {
  "its client leaves": async (client: RawClient, topic: string) => {
    client.send("1", "9", topic, "phx_leave", {});
    await client.heardUntilNow();
  },
  "its client joins again": async (client: RawClient, topic: string) => {
    client.send("20", "20", topic, "phx_join", {});
    await client.heardUntilNow();
  },
  "its client closes the connection": async (client: RawClient) => {
    client.webSocket.close();
    await client.closed();
  },
  "its connection breaks": async (client: RawClient) => {
    client.webSocket.terminate();
    await client.closed();
  },
};

for (const [end, bringAbout] of Object.entries(ends)) {
  for (const [topic, event] of [
    ["fragile:busy", "wait for ever"],
    ["fragile:endless", undefined],
    ["fragile:endless last words", undefined],
  ] as const) {
    test(`a channel that waits for ever (${topic}) is killed some time after ${end}`, async (t) => {
      const [town, neighbours] = await startFragileTown(t);
      const killed = record(t, processKilled);
      const client = await RawClient.open(t, town.socketUrl);
      t.mock.timers.enable({ apis: ["setTimeout"] });
      client.send("1", "1", topic, "phx_join", {});
      if (event !== undefined) client.send("1", "2", topic, event, {});
      await client.heardUntilNow();
      await bringAbout(client, topic);
      await neighbours.noticeNothing();
      assert.equal(killed.length, 0);
      while (killed.length === 0) await passSeconds(t);

      assert.equal(killed[0]?.topic, topic);
      if (end === "its client leaves") {
        const heard = await client.heardUntilNow();
        assert.equal(heard.filter(([, ref]) => ref === "9").length, 1);
      }
      client.webSocket.terminate();
      neighbours.leave();
      const endless = end === "its client joins again" && event === undefined ? 2 : 1;
      while (town.node.processCount !== town.idleProcesses || killed.length < endless) await passSeconds(t);
      assertUnheard(town, [topic]);
    });
  }
}

/** Lets the clock of timers run ahead, and the sockets be read. */
async function passSeconds(t: TestContext): Promise<void> {
  await nextTurn();
  t.mock.timers.tick(1_000);
}

test("a view that waits for ever holds up nobody, and is killed some time after its client has left", async (t) => {
  const [town, neighbours] = await startFragileTown(t);
  const killed = record(t, processKilled);
  const viewer = await new Browser(town).open(t, "/fragile");
  t.mock.timers.enable({ apis: ["setTimeout"] });
  viewer.send("5", "event", { type: "click", event: "wait for ever", value: {} });
  viewer.send("6", "event", { type: "click", event: "fine", value: {} });
  viewer.send("7", "phx_leave", {});
  assert.deepEqual(await viewer.heardUntilNow(), []);
  await neighbours.noticeNothing();
  t.mock.timers.tick(5_000);

  assert.deepEqual(
    killed.map(({ label, topic }) => [label, topic]),
    [["live fragile", viewer.topic]],
  );
  const heard = await viewer.heardUntilNow();
  assert.deepEqual(
    heard.map(([, ref, , event]) => [ref, event]),
    [
      ["4", "phx_close"],
      ["7", "phx_reply"],
    ],
  );
  assertUnheard(town, ["fragile"]);
  await neighbours.noticeNothing();
});

test("a view whose mount waits for ever answers its join when its client leaves", async (t) => {
  const [town, neighbours] = await startFragileTown(t);
  const browser = await new Browser(town).get("/fragile?at=endless+mount");
  const client = await browser.connect(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  client.send("4", "phx_join", client.joinPayload());
  client.send("5", "phx_leave", {});
  await client.heardUntilNow();
  t.mock.timers.tick(5_000);

  const heard = await client.heardUntilNow();
  assert.deepEqual(
    heard.map(([, ref, , event, payload]) => [ref, event, payload.status]),
    [
      ["4", "phx_reply", "error"],
      ["5", "phx_reply", "ok"],
    ],
  );
  await neighbours.noticeNothing();
});

const PingPongLive = liveView("ping pong")
  .mount((params, _session, socket) => socket.subscribe(`to ${params.me}`).assign({ me: String(params.me), hits: 0 }))
  .event("serve", (_params, socket) => socket.broadcast(`to ${socket.assigns.me}`, "ball", {}))
  .info("ball", (_payload, socket) => {
    socket.broadcast(socket.assigns.me === "ann" ? "to bob" : "to ann", "ball", {});
    socket.assign({ hits: socket.assigns.hits + 1 });
  })
  .render(({ hits }) => html`<p>${hits}</p>`);

test("two views that send to each other without end leave everybody else their turn", async (t) => {
  const town = await startTown(t, { views: { "/game": PingPongLive } });
  const neighbours = await Neighbours.moveIn(t, town);
  const ann = await new Browser(town).open(t, "/game?me=ann");
  const bob = await new Browser(town).open(t, "/game?me=bob");
  ann.send("5", "event", { type: "click", event: "serve", value: {} });
  for (let diffs = 0; diffs < 20; diffs++) assert.ok((await bob.next())[4]);

  await neighbours.noticeNothing();
  assert.equal((await fetch(town.url)).status, 200);
  const late = await Neighbours.moveIn(t, town);
  await late.noticeNothing();
  ann.webSocket.terminate();
  bob.webSocket.terminate();
  for (const neighbour of [neighbours, late]) neighbour.leave();
  await idle(town);
});
