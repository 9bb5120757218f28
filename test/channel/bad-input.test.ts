import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { channel, connectionDropped, reply, socket } from "../../src/channel/index.ts";
import { RawClient, startChannels, startSocket } from "./support.ts";

const Room = channel("room:*").on("echo", (payload) => reply(payload as object));

/** Opens a socket that is expected to be refused; resolves with the status. */
async function refusal(url: string, headers: Record<string, string> = {}): Promise<number> {
  const webSocket = new WebSocket(url, { headers });
  webSocket.on("error", () => {});
  const [, response] = await once(webSocket, "unexpected-response");
  return response.statusCode;
}

for (const [what, frame] of [
  ["text that is no JSON", "hello"],
  ["JSON that is no array", "{}"],
  ["an array that is too short", '["1","2","room:a"]'],
  ["a topic that is a number", '["1","2",3,"echo",{}]'],
] as const) {
  test(`${what} closes that connection with 1002 and disturbs no other`, async (t) => {
    const { url } = await startChannels(t, [Room]);
    const [bad, good] = [await RawClient.open(t, url), await RawClient.open(t, url)];
    await good.join("room:a");
    const reports: string[] = [];
    t.after(connectionDropped.attach(({ reason }) => reports.push(reason)));
    bad.webSocket.send(frame);
    const { code, reason } = await bad.closed();
    assert.equal(code, 1002);
    assert.deepEqual(reports, [reason]);
    good.send("1", "2", "room:a", "echo", { fine: true });
    assert.deepEqual((await good.next())[4], { status: "ok", response: { fine: true } });
  });
}

test("a frame over the limit closes with 1009", async (t) => {
  const { url } = await startChannels(t, [Room], { maxFrameBytes: 1_000 });
  const client = await RawClient.open(t, url);
  client.send("1", "1", "room:a", "phx_join", { long: "x".repeat(1_000) });
  assert.equal((await client.closed()).code, 1009);
});

test("text that is no UTF-8 closes with 1007", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.webSocket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  assert.equal((await client.closed()).code, 1007);
});

test("a binary frame closes with 1003", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.webSocket.send(Buffer.from([0, 1, 2]));
  assert.equal((await client.closed()).code, 1003);
});

test("protocol versions that are not spoken here are refused with 403", async (t) => {
  const { url } = await startChannels(t, [Room]);
  for (const query of ["", "vsn=1.0.0", "vsn=3.0.0", "vsn=two", "vsn[]=2.0.0"]) {
    assert.equal(await refusal(`${url}/websocket?${query}`), 403, query);
  }
});

test("a page of another origin is refused with 403", async (t) => {
  const { url, port } = await startChannels(t, [Room]);
  assert.equal(await refusal(`${url}/websocket?vsn=2.0.0`, { origin: "http://evil.example" }), 403);
  const webSocket = new WebSocket(`${url}/websocket?vsn=2.0.0`, { headers: { origin: `http://127.0.0.1:${port}` } });
  await once(webSocket, "open");
  webSocket.terminate();
});

test("the application may refuse, at once or later, and a connect that throws refuses with 500", async (t) => {
  const picky = socket()
    .channel(Room)
    .connect(async ({ params }) => {
      await Promise.resolve();
      if (params.fail === "1") throw new Error("connect is broken on purpose");
      return params.token === "good" ? { assigns: { user: "ann" } } : false;
    });
  const { url } = await startSocket(t, picky);
  assert.equal(await refusal(`${url}/websocket?vsn=2.0.0&token=bad`), 403);
  assert.equal(await refusal(`${url}/websocket?vsn=2.0.0&fail=1`), 500);
  const client = await RawClient.open(t, url, "vsn=2.0.0&token=good");
  await client.join("room:a");
});

test("messages to the topic phoenix other than a heartbeat are refused", async (t) => {
  const { url } = await startChannels(t, [Room]);
  const client = await RawClient.open(t, url);
  client.send(null, "1", "phoenix", "nonsense", {});
  assert.deepEqual((await client.next())[4], { status: "error", response: { reason: "unmatched topic" } });
});

test("a connection that is still being decided on when the server stops is refused with 503", async (t) => {
  const asked = Promise.withResolvers<void>();
  const decision = Promise.withResolvers<object>();
  const slow = socket()
    .channel(Room)
    .connect(async () => {
      asked.resolve();
      return decision.promise;
    });
  const { running, url } = await startSocket(t, slow);
  const refused = refusal(`${url}/websocket?vsn=2.0.0`);
  await asked.promise;
  const stopped = running.stop();
  await new Promise((resolve) => setImmediate(resolve));
  decision.resolve({});
  assert.equal(await refused, 503);
  await stopped;
});
