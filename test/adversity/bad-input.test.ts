/** What clients must not send: each gets a clear answer, a line in the log, and nobody else notices anything. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import { connectionDropped, connectRefused, messageRefused } from "../../src/channel/index.ts";
import { endpointStop, originRefused } from "../../src/endpoint/index.ts";
import { joinRefused } from "../../src/live/index.ts";
import { forgeryRefused, sessionRejected } from "../../src/plug/index.ts";
import { processCrash } from "../../src/process/index.ts";
import { RawClient } from "../channel/support.ts";
import { Browser, record } from "../live/support.ts";
import { Neighbours, startTown, type Town, type TownOptions } from "./town.ts";

async function startQuietTown(t: TestContext, options?: TownOptions): Promise<[Town, Neighbours]> {
  const town = await startTown(t, options);
  return [town, await Neighbours.moveIn(t, town)];
}

for (const mount of ["/socket", "/live"]) {
  for (const [what, frame, code] of [
    ["text that is no JSON", "hello", 1002],
    ["an object", '{"topic":"room:a","event":"phx_join","payload":{},"ref":"1"}', 1002],
    ["a frame with a number as its topic", '["1","1",7,"phx_join",{}]', 1002],
    ["a frame with a number as its ref", '["1",1,"room:a","phx_join",{}]', 1002],
    ["text that is no UTF-8", Buffer.from([0x22, 0xff, 0x22]), 1007],
    ["more than is allowed", `["1","1","room:a","phx_join","${"x".repeat(2_000)}"]`, 1009],
  ] as const) {
    test(`${what} closes the connection to ${mount} with ${code}, once, and is reported`, async (t) => {
      const limits = { maxFrameBytes: 1_000 };
      const [town, neighbours] = await startQuietTown(t, { socket: limits });
      const small = mount === "/live" && code === 1009 ? 1024 * 1024 : 0;
      const dropped = record(t, connectionDropped);
      const client = await RawClient.open(t, town.socketUrl.replace("/socket", mount));

      for (let time = 0; time < 3; time++)
        client.webSocket.send(small === 0 ? frame : "x".repeat(small + 1), { binary: false });

      assert.equal((await client.closed()).code, code);
      assert.deepEqual(
        dropped.map((report) => [report.mount, report.code]),
        [[mount, code]],
      );
      await neighbours.noticeNothing();
    });
  }
}

test("a binary frame closes the connection with 1003 and is reported", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const dropped = record(t, connectionDropped);
  const client = await RawClient.open(t, town.socketUrl);
  client.webSocket.send(Buffer.from([0, 1, 1, 1, 1]));

  assert.equal((await client.closed()).code, 1003);
  assert.equal(dropped[0]?.code, 1003);
  await neighbours.noticeNothing();
});

test("after a close nothing of the same client is handled any more", async (t) => {
  const [town] = await startQuietTown(t);
  const client = await RawClient.open(t, town.socketUrl);
  const before = town.node.processCount;
  client.webSocket.send("nonsense");
  client.send("1", "1", "room:late", "phx_join", {});
  await client.closed();

  assert.equal(town.node.processCount, before);
});

test("a topic that no channel serves gets an error and is reported", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, messageRefused);
  const answer = { status: "error", response: { reason: "unmatched topic" } };
  for (const mount of ["socket", "live"]) {
    const client = await RawClient.open(t, town.socketUrl.replace("socket", mount));
    for (const topic of ["nowhere", "", "__proto__", "rooms", "\ud800"]) {
      client.send("1", "1", topic, "phx_join", {});
      assert.deepEqual((await client.next())[4], answer);
      client.send("1", "2", topic, "hello", {});
      assert.deepEqual((await client.next())[4], answer);
    }
  }
  assert.equal(refused.length, 20);
  await neighbours.noticeNothing();
});

test("a channel answers an event that it does not handle with an error, reports it, and goes on", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, messageRefused);
  const client = await RawClient.open(t, town.socketUrl);
  await client.join("room:a");
  for (const event of ["nonsense", "constructor", "phx_join_", "phx_reply", "phx_error"]) {
    client.send("1", "2", "room:a", event, {});
    assert.deepEqual((await client.next())[4], {
      status: "error",
      response: { reason: `no handler for event "${event}"` },
    });
  }
  assert.deepEqual(
    refused.map(({ topic, event }) => [topic, event]),
    ["nonsense", "constructor", "phx_join_", "phx_reply", "phx_error"].map((event) => ["room:a", event]),
  );
  client.send("1", "3", "room:a", "echo", 1);
  assert.deepEqual((await client.next())[4], { status: "ok", response: { payload: 1 } });
  await neighbours.noticeNothing();
});

test("a view that gets an event without a handler crashes alone, is reported, and comes back", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const crashes = record(t, processCrash);
  const client = await new Browser(town).open(t, "/");
  await client.event("increment");
  client.send("5", "event", { type: "click", event: "nonsense", value: {} });

  assert.equal((await client.next())[3], "phx_error");
  assert.match(String(crashes[0]?.error.message), /no handler for the event "nonsense"/);
  assert.equal((await client.join({ params: { _mounts: 1 } }, "6")).status, "ok");
  assert.deepEqual((await client.event("increment")).response, { diff: { "1": "1" } });
  await neighbours.noticeNothing();
});

test("a body over the limit is a 413, for forms and for JSON, announced or not", async (t) => {
  const [town, neighbours] = await startQuietTown(t, { endpoint: { maxBodyBytes: 1_000 } });
  const stopped = record(t, endpointStop);
  const long = "x".repeat(2_000);
  const post = async (type: string, body: string | ReadableStream, options: object = {}) => {
    const headers = { "content-type": type };
    return (await fetch(`${town.url}/form`, { method: "POST", headers, body, ...options })).status;
  };

  assert.equal(await post("application/x-www-form-urlencoded", `name=${long}`), 413);
  assert.equal(await post("application/json", JSON.stringify({ name: long })), 413);
  const unannounced = new Blob([`name=${long}`]).stream();
  assert.equal(await post("application/x-www-form-urlencoded", unannounced, { duplex: "half" }), 413);
  while (stopped.length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    stopped.map(({ path, status }) => [path, status]),
    Array(3).fill(["/form", 413]),
  );
  await neighbours.noticeNothing();
});

test("a form with a missing, wrong or foreign CSRF token, or without its session, is a 403 and reported", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, forgeryRefused);
  const browser = await new Browser(town).get("/");
  const stranger = await new Browser(town).get("/");
  const post = async (token: string | undefined, cookie: string) => {
    const body = new URLSearchParams({ name: "Ann", ...(token === undefined ? {} : { _csrf_token: token }) });
    return (await fetch(`${town.url}/form`, { method: "POST", headers: { cookie }, body })).status;
  };

  assert.equal(await post(undefined, browser.cookieHeader), 403);
  assert.equal(await post("", browser.cookieHeader), 403);
  assert.equal(await post("A".repeat(48), browser.cookieHeader), 403);
  assert.equal(await post(stranger.csrf, browser.cookieHeader), 403);
  assert.equal(await post(browser.csrf, ""), 403);
  assert.equal(await post(browser.csrf, `${browser.cookieHeader}x`), 403);
  assert.equal(refused.length, 6);
  assert.equal(await post(browser.csrf, browser.cookieHeader), 200);
  await neighbours.noticeNothing();
});

test("a session cookie that is not genuine is reported, and its visitor starts afresh", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const rejected = record(t, sessionRejected);
  const response = await fetch(`${town.url}/`, { headers: { cookie: "_anqa_key=forged.session" } });

  assert.equal(response.status, 200);
  assert.deepEqual(
    rejected.map(({ reason }) => reason),
    ["invalid"],
  );
  await neighbours.noticeNothing();
});

test("a live socket without its session or with a wrong CSRF token can join nothing, and is reported", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, joinRefused);
  const stale = { status: "error", response: { reason: "stale" } };
  const browser = await new Browser(town).get("/");
  const stranger = await new Browser(town).get("/");
  for (const token of ["", "A".repeat(48), stranger.csrf]) {
    assert.deepEqual(await (await browser.connect(t, token)).join(), stale);
  }
  const [name = ""] = browser.cookies.keys();
  browser.cookies.set(name, `${browser.cookies.get(name)}x`);
  assert.deepEqual(await (await browser.connect(t)).join(), stale);
  browser.cookies.clear();
  assert.deepEqual(await (await browser.connect(t)).join(), stale);

  assert.equal(refused.length, 5);
  for (const { reason } of refused) assert.match(reason, /^stale: the socket came without a session/);
  await neighbours.noticeNothing();
});

/** Opens a socket that is expected to be refused; resolves with the status. */
async function refusal(url: string, origin?: string): Promise<number> {
  const webSocket = new WebSocket(url, origin === undefined ? {} : { origin });
  webSocket.on("error", () => {});
  webSocket.on("open", () => webSocket.emit("unexpected-response", undefined, { statusCode: 101 }));
  const [, response] = await once(webSocket, "unexpected-response");
  webSocket.terminate();
  return response.statusCode;
}

test("sockets of other origins are refused with 403 and reported", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, originRefused);
  for (const origin of ["http://evil.example", "http://127.0.0.1.evil.example", "null", "127.0.0.1"]) {
    for (const mount of ["socket", "live"]) {
      assert.equal(await refusal(`${town.url.replace("http", "ws")}/${mount}/websocket?vsn=2.0.0`, origin), 403);
    }
  }
  assert.equal(refused.length, 8);
  await neighbours.noticeNothing();
});

test("connect params that cannot be read are refused with 400 and reported, and are no crash", async (t) => {
  const [town, neighbours] = await startQuietTown(t);
  const refused = record(t, connectRefused);
  for (const query of ["vsn=2.0.0&a=%zz", `vsn=2.0.0&${"a".padEnd(121, "[c]")}=1`, "&a=1".repeat(2_000)]) {
    assert.equal(await refusal(`${town.socketUrl}/websocket?${query}`), 400, query);
  }
  assert.deepEqual(
    refused.map(({ mount, status }) => [mount, status]),
    Array(3).fill(["/socket", 400]),
  );
  await neighbours.noticeNothing();
});
