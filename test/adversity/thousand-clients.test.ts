/** A thousand clients at once, and all of them gone at once. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { pubSubOf } from "../../src/pubsub/index.ts";
import { Browser, type Frame } from "../live/support.ts";
import { assertUnheard, idle, startTown } from "./town.ts";

const members = 1_000;
const viewers = 500;

/** A socket that keeps nothing of what it hears but the last frame. */
class Listener {
  readonly webSocket: WebSocket;

  constructor(url: string, cookie = "") {
    this.webSocket = new WebSocket(url, { headers: { cookie } });
  }

  /** Sends a frame once the socket is open, and resolves with the next that comes. */
  async ask(frame: unknown[]): Promise<Frame> {
    if (this.webSocket.readyState !== WebSocket.OPEN) await once(this.webSocket, "open");
    const heard = this.hear();
    this.webSocket.send(JSON.stringify(frame));
    return heard;
  }

  async hear(): Promise<Frame> {
    const [data] = await once(this.webSocket, "message");
    return JSON.parse(String(data)) as Frame;
  }
}

test("a thousand channels and five hundred views hear a broadcast, and leave nothing behind when all are cut off", async (t) => {
  const town = await startTown(t);
  const page = await new Browser(town).get("/");
  const liveUrl = `${town.url.replace("http", "ws")}/live/websocket?${new URLSearchParams({ _csrf_token: page.csrf, vsn: "2.0.0" })}`;
  const join = { url: `${town.url}/`, params: {}, session: page.session, static: page.statics };
  const channels = Array.from({ length: members }, () => new Listener(`${town.socketUrl}/websocket?vsn=2.0.0`));
  const views = Array.from({ length: viewers }, () => new Listener(liveUrl, page.cookieHeader));
  t.after(() => {
    for (const { webSocket } of [...channels, ...views]) webSocket.terminate();
  });
  const joined = await Promise.all([
    ...channels.map((client) => client.ask(["1", "1", "room:plaza", "phx_join", {}])),
    ...views.map((client) => client.ask(["1", "1", page.topic, "phx_join", join])),
  ]);
  for (const [, , , , payload] of joined) assert.equal(payload.status, "ok");
  assert.equal(town.node.processCount, town.idleProcesses + members + viewers);
  assert.equal(pubSubOf(town.node).subscriberCount("room:plaza"), members);
  assert.equal(pubSubOf(town.node).subscriberCount("town"), viewers);

  const heard = Promise.all(channels.map((client) => client.hear()));
  const seen = Promise.all(views.map((client) => client.hear()));
  pubSubOf(town.node).broadcast("room:plaza", "news", { body: "to all" });
  pubSubOf(town.node).broadcast("town", "count", 7);

  for (const frame of await heard) assert.deepEqual(frame, [null, null, "room:plaza", "news", { body: "to all" }]);
  for (const frame of await seen) assert.deepEqual(frame, ["1", null, page.topic, "diff", { "1": "7" }]);

  for (const { webSocket } of [...channels, ...views]) webSocket.terminate();
  await idle(town);
  assertUnheard(town, ["room:plaza", "town"]);
});
