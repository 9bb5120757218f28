import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { drainTimedOut } from "../../src/endpoint/events.ts";
import { type SocketMount, socketMountCrash } from "../../src/endpoint/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import {
  ask,
  endHeaders,
  endStream,
  frame,
  header,
  openFrames,
  openSession,
  requestHeaders,
  startSecurely,
} from "./http2-support.ts";
import {
  acceptUpgrade,
  answer,
  exchange,
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

  test("does not open sockets that are asked for behind a request, and answers the request first", async () => {
    const { action, arrived, finish } = gatedAction();
    const upgraded: string[] = [];
    const mount: SocketMount = { upgrade: ({ url }) => void upgraded.push(url.pathname), drain() {} };
    const { base, stop } = await startEndpoint({ router: routerOf({ "/": action }), sockets: { "/live": mount } });
    const socket = await openSocket(base, get);
    await arrived;
    const stopped = stop();
    socket.write(upgradeRequest("/live/websocket"));
    finish();
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*finished$/i);
    await stopped;
    assert.deepEqual(upgraded, []);
  });

  test("does nothing that stands behind the last request that it answers", async () => {
    const { action, arrived, finish } = gatedAction();
    const done: string[] = [];
    const note = (conn: Conn) => {
      done.push(conn.path);
      conn.send(200, "");
    };
    const { base, stop } = await startEndpoint({ router: routerOf({ "/": action, "/transfer": note }) });
    const socket = await openSocket(base, get);
    await arrived;
    const stopped = stop();
    socket.write("GET /transfer HTTP/1.1\r\nHost: a\r\n\r\n");
    await exchange(base, get).catch(() => {});
    finish();
    assert.equal((await readToEnd(socket)).match(/HTTP\/1\.1 /g)?.length, 1);
    await stopped;
    assert.deepEqual(done, []);
  });

  test("tells answers without an end, at once", async () => {
    const told = Promise.withResolvers<string>();
    const begun = Promise.withResolvers<void>();
    const running = await startEndpoint({
      router: routerOf({
        "/": async ({ response, config }) => {
          response.writeHead(200).write("begun");
          begun.resolve();
          config.draining?.addEventListener("abort", () => {
            told.resolve(String(config.draining?.reason));
            response.end();
          });
        },
      }),
    });
    const response = fetch(running.base).then((received) => received.text());
    await begun.promise;
    assert.equal(running.endpoint.draining.aborted, false);
    const stopped = stopInTime(running);
    assert.equal(running.endpoint.draining.aborted, true);
    assert.match(await told.promise, /the endpoint is stopping/);
    assert.equal(await response, "begun");
    await stopped;
  });

  test("tells them also when it is killed", async () => {
    const { endpoint } = await startEndpoint();
    const told = once(endpoint.draining, "abort");
    endpoint.node.whereis("endpoint")?.exit("killed");
    await told;
  });

  test("closes every place where it listens", async () => {
    const running = await startEndpoint({ router: routerOf({ "/": answer("") }), http: { port: 0 } });
    const bases = running.endpoint.addresses;
    assert.equal(bases.length, 2);
    await stopInTime(running);
    for (const base of bases) await assert.rejects(fetch(base));
  });
});

describe("an endpoint with a certificate that stops", () => {
  const start = (actions: Parameters<typeof routerOf>[0]) => startSecurely({ router: routerOf(actions) });

  test("lets running requests of HTTP/2 finish, and takes no more over their connection", async () => {
    const { action, arrived, finish } = gatedAction();
    const running = await start({ "/": action, "/other": answer("other") });
    const session = await openSession(running.base);
    const response = ask(session, "/");
    await arrived;
    const goaway = once(session, "goaway");
    const stopped = stopInTime(running);
    await goaway;
    assert.equal(session.closed, true);
    await assert.rejects(ask(session, "/other"), { code: "ERR_HTTP2_GOAWAY_SESSION" });
    finish();
    assert.equal((await response).body, "finished");
    await stopped;
  });

  test("refuses what a client of HTTP/2 sends that has not heard of it", async () => {
    const { action, arrived, finish } = gatedAction();
    const done: string[] = [];
    const running = await start({ "/slow": action, "/": (conn) => void done.push(conn.path) });
    const socket = await openFrames(running.base);
    const slow = requestHeaders("GET").replace(header(":path", "/"), header(":path", "/slow"));
    socket.write(frame(1, endStream | endHeaders, 1, slow));
    await arrived;
    const stopped = stopInTime(running);
    socket.write(frame(1, endStream | endHeaders, 3, requestHeaders("GET")));
    finish();
    await once(socket, "close");
    await stopped;
    assert.deepEqual(done, []);
  });

  test("ends connections that wait for a request, whichever version they speak", async () => {
    const running = await start({ "/": answer("home") });
    const session = await openSession(running.base);
    await ask(session, "/");
    const ended = once(session, "close");
    const socket = await openSocket(running.base, get);
    await once(socket, "data");
    const closed = once(socket, "close");
    await stopInTime(running);
    await Promise.all([ended, closed]);
  });

  test("does not wait for those that have not agreed on TLS", async () => {
    const running = await start({});
    const socket = connect(Number(new URL(running.base).port), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    const closed = once(socket, "close");
    await stopInTime(running);
    await closed;
  });

  test("writes a large answer to the end, however slowly it is read", async () => {
    const size = 5_000_000;
    const running = await start({ "/": (conn) => conn.send(200, Buffer.alloc(size, "a")) });
    const session = await openSession(running.base);
    const stream = session.request({ ":path": "/" });
    await once(stream, "response");
    const stopped = stopInTime(running);
    let received = 0;
    for await (const chunk of stream) received += chunk.length;
    await stopped;
    assert.equal(received, size);
  });

  test("cuts off what has not ended in time", async () => {
    const { action, arrived } = gatedAction();
    const { base, stop, endpoint } = await startSecurely({ router: routerOf({ "/": action }), drainTimeout: 20 });
    const cut: number[] = [];
    drainTimedOut.attach(({ node, connections }) => node === endpoint.node.name && cut.push(connections));
    const session = await openSession(base);
    const lost = assert.rejects(ask(session, "/"));
    await arrived;
    await stop();
    await lost;
    assert.deepEqual(cut, [1]);
  });
});
