/**
 * Frames of HTTP/2 that make a server work or remember for nothing. Each ends with its connection closed or its stream
 * reset, is bounded, and does not disturb the others.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { connectionRefused } from "../../src/endpoint/index.ts";
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
import { answer, record, routerOf } from "./support.ts";

const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const;
const get = requestHeaders("GET");

/** Starts an endpoint; `unharmed` fails unless it still answers and reported that it closed one connection. */
async function start(action: (conn: Conn) => void | Promise<void> = answer("home"), limits = {}) {
  const app = await startSecurely({ router: routerOf({ "/": action, "/home": answer("home") }), limits });
  const closed = record(connectionRefused, app.endpoint.node.name);
  const unharmed = async () => assert.equal((await ask(await openSession(app.base), "/home")).body, "home");
  return { ...app, closed, unharmed };
}

/** Writes until the other end closes. */
async function flood(socket: TLSSocket, next: (round: number) => Buffer): Promise<void> {
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (let round = 0; socket.writable; round++) {
    if (socket.write(next(round)) && round % 100 !== 0) continue;
    // What the server writes has to be heard, its end above all.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
}

describe("a connection is closed", () => {
  const attacks: Readonly<Record<string, (round: number) => Buffer>> = {
    "that opens and resets streams without an end (rapid reset)": (round) =>
      Buffer.concat([
        frame(frameTypes.headers, endStream | endHeaders, 2 * round + 1, get),
        frame(frameTypes.reset, 0, 2 * round + 1, "\0\0\0\x08"),
      ]),
    "that sends frames that are none": () => frame(frameTypes.data, 0, 0, "data of no stream"),
    "that goes on with headers without an end (CONTINUATION)": (round) =>
      round === 0
        ? frame(frameTypes.headers, 0, 1, get)
        : frame(frameTypes.continuation, 0, 1, header(`x-${round}`, "y".repeat(100))),
    "that opens windows beyond their end": () => frame(frameTypes.windowUpdate, 0, 0, "\x7f\xff\xff\xff"),
    "that sends a frame larger than allowed": () => frame(frameTypes.data, 0, 1, "a".repeat(20_000)),
    "that compresses headers with a table that is not there": () =>
      frame(frameTypes.headers, endStream | endHeaders, 1, "\xff\xff\xff\x0f"),
    "that uses a stream of the server": () => frame(frameTypes.headers, endStream | endHeaders, 2, get),
  };
  for (const [what, next] of Object.entries(attacks)) {
    test(what, async () => {
      const { base, closed, unharmed } = await start();
      await flood(await openFrames(base), next);
      await unharmed();
      while (closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(closed.length, 1);
      assert.equal(closed[0]?.remoteAddress, "127.0.0.1");
    });
  }

  for (const [what, sent] of [
    ["pings", frame(frameTypes.ping, 0, 0, "12345678")],
    ["sends settings", frame(frameTypes.settings, 0, 0, "")],
  ] as const) {
    test(`that ${what} without an end and does not read the answers`, async () => {
      const { base, unharmed } = await start(undefined, { idleTimeout: 100 });
      const socket = await openFrames(base);
      socket.pause();
      await flood(socket, () => sent);
      await unharmed();
    });
  }

  test("over which no request comes in time", async () => {
    const { base, unharmed } = await start(undefined, { idleTimeout: 50 });
    await once(await openFrames(base), "close");
    await unharmed();
  });

  test("over which the head of a request never ends", async () => {
    const { base, unharmed } = await start(undefined, { idleTimeout: 50 });
    const socket = await openFrames(base);
    socket.write(frame(frameTypes.headers, 0, 1, get));
    await once(socket, "close");
    await unharmed();
  });

  test("that does not read its answer", async () => {
    const answered = Promise.withResolvers<Conn>();
    const { base, unharmed } = await start(
      (conn) => {
        conn.send(200, Buffer.alloc(5_000_000));
        answered.resolve(conn);
      },
      { idleTimeout: 50 },
    );
    // Its window is never opened again.
    const socket = await openFrames(base);
    socket.write(frame(frameTypes.headers, endStream | endHeaders, 1, get));
    const { response } = await answered.promise;
    await once(response, "close");
    await unharmed();
  });
});

describe("a stream is reset, or refused", () => {
  test("with more headers than anybody needs", async () => {
    const { base, unharmed } = await start();
    const session = await openSession(base);
    const headers = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`x-${at}`, "y"]));
    await assert.rejects(ask(session, "/", headers), /ENHANCE_YOUR_CALM/);
    assert.equal((await ask(session, "/")).body, "home");
    await unharmed();
  });

  test("with a head larger than allowed", async () => {
    const { base, unharmed } = await start();
    const session = await openSession(base);
    assert.equal((await ask(session, "/", { "x-large": "y".repeat(40_000) })).status, 431);
    await unharmed();
  });

  test("with a head that is small only as long as it is compressed", async () => {
    const { base, unharmed } = await start();
    const socket = await openFrames(base);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    // One header enters the table of the connection (RFC 7541, section 6.2.1), and is repeated by its number.
    const first = `@${header("x", "y".repeat(4_000)).slice(1)}`;
    socket.write(frame(frameTypes.headers, endStream | endHeaders, 1, get + first + "\xbe".repeat(10_000)));
    socket.write(frame(frameTypes.data, 0, 0, "data of no stream"));
    await closed;
    await unharmed();
  });

  test("that is one more than a connection may have open", async () => {
    let open = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const { base, unharmed } = await start(
      async (conn) => {
        most = Math.max(most, ++open);
        await gate.promise;
        open--;
        conn.send(200, "");
      },
      { maxStreams: 5 },
    );
    const socket = await openFrames(base);
    const resets: number[] = [];
    socket.on("data", (data: Buffer) => {
      if (data.includes(Buffer.from([0, 0, 4, frameTypes.reset]))) resets.push(data.length);
    });
    for (let stream = 1; stream < 60; stream += 2) {
      socket.write(frame(frameTypes.headers, endStream | endHeaders, stream, get));
    }
    while (resets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    await unharmed();
    assert.ok(most <= 5, `${most} were open at a time`);
  });

  test("whose headers are those of HTTP/1.1, or none (RFC 9113, section 8.2)", async () => {
    const seen: string[] = [];
    const { base, unharmed } = await start((conn) => {
      seen.push(...conn.request.rawHeaders);
      conn.send(200, "");
    });
    const bad: readonly [name: string, value: string][] = [
      ["transfer-encoding", "chunked"],
      ["connection", "close"],
      ["keep-alive", "timeout=5"],
      ["upgrade", "websocket"],
      ["te", "gzip"],
      ["X-Upper", "bad"],
      ["x-line", "bad\r\nx: y"],
      ["x-null", "bad\0"],
      ["x space", "bad"],
      ["x-edge", " bad"],
      [":unknown", "bad"],
    ];
    for (const [name, value] of bad) {
      const socket = await openFrames(base);
      socket.write(frame(frameTypes.headers, endStream | endHeaders, 1, get + header(name, value)));
      // A stream that is answered or reset gives way to what ends the connection.
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(frame(frameTypes.data, 0, 0, "data of no stream"));
      await closed;
    }
    for (const [name, value] of bad) {
      assert.ok(!seen.includes(name) && !seen.includes(value), `${name} was seen: ${seen}`);
    }
    await unharmed();
  });

  test("whose body is not as long as it says", async () => {
    const bodies: string[] = [];
    const { base, unharmed } = await start((conn) => {
      bodies.push(conn.path);
      conn.send(200, "");
    });
    const socket = await openFrames(base);
    const closed = once(socket, "close");
    socket.write(frame(frameTypes.headers, endHeaders, 1, requestHeaders("POST") + header("content-length", "3")));
    socket.write(frame(frameTypes.data, endStream, 1, "too long"));
    socket.write(frame(frameTypes.data, 0, 0, "and this ends the connection"));
    await closed;
    await unharmed();
  });
});
