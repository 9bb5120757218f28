import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { drainTimedOut } from "../../src/endpoint/events.ts";
import { type SocketMount, socketMountCrash } from "../../src/endpoint/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import {
  acceptUpgrade,
  answer,
  openSocket,
  readToEnd,
  routerOf,
  startEndpoint,
  type TestApplication,
  upgradeRequest,
} from "./support.ts";

/** An action that answers when it is told to. */
function gatedAction() {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const action = async (conn: Conn) => {
    arrived.resolve();
    await gate.promise;
    conn.send(200, "finished");
  };
  return { action, arrived: arrived.promise, finish: gate.resolve };
}

/** Stops an endpoint and fails if it had to cut somebody off. */
async function stopInTime({ endpoint, stop }: TestApplication): Promise<void> {
  let cutOff = 0;
  const detach = drainTimedOut.attach(({ node, connections }) => {
    if (node === endpoint.node.name) cutOff += connections;
  });
  await stop();
  detach();
  assert.equal(cutOff, 0, "connections were cut off");
}

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

describe("an endpoint that stops", () => {
  test("lets a running request finish, and announces that the connection ends", async () => {
    const { action, arrived, finish } = gatedAction();
    const running = await startEndpoint({ router: routerOf({ "/": action }) });
    const response = fetch(running.base);
    await arrived;
    const stopped = stopInTime(running);
    await assert.rejects(once(connect(Number(new URL(running.base).port), "127.0.0.1"), "connect"), {
      code: "ECONNREFUSED",
    });
    finish();
    assert.equal((await response).headers.get("connection"), "close");
    assert.equal(await (await response).text(), "finished");
    await stopped;
  });

  test("ends connections that wait for their next request", async () => {
    const running = await startEndpoint({ router: routerOf({ "/": answer("hello") }) });
    const socket = await openSocket(running.base, get);
    await once(socket, "data");
    const closed = once(socket, "close");
    await stopInTime(running);
    await closed;
  });

  test("writes a large answer to the end, however slowly it is read", async () => {
    const size = 20_000_000;
    const answered = Promise.withResolvers<void>();
    const running = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.send(200, Buffer.alloc(size, "a"));
          answered.resolve();
        },
      }),
    });
    const socket = await openSocket(running.base, get);
    socket.pause();
    await answered.promise;
    const stopped = stopInTime(running);
    const received = await readToEnd(socket);
    await stopped;
    assert.equal(received.length - received.indexOf("\r\n\r\n") - 4, size);
  });

  test("does not keep a connection whose answer had begun before", async () => {
    const begun = Promise.withResolvers<Conn>();
    const running = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.response.writeHead(200, { "content-length": 8 }).write("half");
          begun.resolve(conn);
        },
      }),
    });
    const socket = await openSocket(running.base, get);
    const conn = await begun.promise;
    const stopped = stopInTime(running);
    conn.response.end("half");
    assert.match(await readToEnd(socket), /halfhalf$/);
    await stopped;
  });

  test("drains its mounts, each once, and waits for them", async () => {
    const gate = Promise.withResolvers<void>();
    const drained: string[] = [];
    const mount: SocketMount = {
      upgrade: acceptUpgrade,
      drain: async (endpoint) => {
        drained.push(endpoint.node.name);
        await gate.promise;
        drained.push("done");
      },
    };
    const { base, endpoint, stop } = await startEndpoint({ sockets: { "/live": mount, "/socket": mount } });
    const socket = await openSocket(base, upgradeRequest("/live/websocket"));
    await once(socket, "data");
    const stopped = stop();
    gate.resolve();
    socket.destroy();
    await stopped;
    assert.deepEqual(drained, [endpoint.node.name, "done"]);
  });

  test("cuts off what has not ended in time, and reports it", async () => {
    const { action, arrived } = gatedAction();
    const mount: SocketMount = {
      upgrade: acceptUpgrade,
      drain: () => new Promise(() => {}),
    };
    const { base, endpoint, stop } = await startEndpoint({
      router: routerOf({ "/": action }),
      sockets: { "/live": mount },
      drainTimeout: 20,
    });
    const timeouts: number[] = [];
    drainTimedOut.attach(({ node, connections }) => node === endpoint.node.name && timeouts.push(connections));
    const socket = await openSocket(base, upgradeRequest("/live/websocket"));
    await once(socket, "data");
    const request = assert.rejects(fetch(base));
    await arrived;
    const closed = once(socket, "close");
    await stop();
    await Promise.all([closed, request]);
    assert.deepEqual(timeouts, [2]);
  });

  test("is not held up by a mount that fails to drain", async () => {
    const mount: SocketMount = {
      upgrade() {},
      drain() {
        throw new Error("cannot drain");
      },
    };
    const { endpoint, stop } = await startEndpoint({ sockets: { "/live": mount } });
    const crashes: string[] = [];
    socketMountCrash.attach(({ node, error }) => node === endpoint.node.name && crashes.push(error.message));
    await stop();
    assert.deepEqual(crashes, ["cannot drain"]);
  });

  test("refuses sockets that arrive on connections it still has", async () => {
    const { action, arrived, finish } = gatedAction();
    const upgraded: string[] = [];
    const mount: SocketMount = { upgrade: ({ url }) => void upgraded.push(url.pathname), drain() {} };
    const { base, stop } = await startEndpoint({ router: routerOf({ "/": action }), sockets: { "/live": mount } });
    const socket = await openSocket(base, get);
    await arrived;
    const stopped = stop();
    socket.write(upgradeRequest("/live/websocket"));
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 503 /);
    finish();
    await stopped;
    assert.deepEqual(upgraded, []);
  });
});
