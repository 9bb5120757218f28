import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { type BodyControl, readChunks } from "../../src/plug/body/read-chunks.ts";
import { type Conn, compilePipeline, type ParseBodyOptions, parseBody } from "../../src/plug/index.ts";
import { field, file, filesBelow, multipart, request, temporaryDirectory, until } from "./multipart-bodies.ts";
import { serve } from "./server.ts";

/** Time stands still but for `context.mock.timers.tick()`. */
function stopTime(context: TestContext): void {
  context.mock.timers.enable({ apis: ["setTimeout"] });
}

/** A server that reads bodies, and says which request is being read and how far. */
async function start(context: TestContext, options: ParseBodyOptions = {}) {
  const arrived = Promise.withResolvers<Conn>();
  const directory = temporaryDirectory(context);
  const plug = compilePipeline([(conn) => arrived.resolve(conn), parseBody({ uploads: { directory }, ...options })]);
  const server = await serve(context, plug, { maxBodyBytes: 10_000_000 });
  return { ...server, directory, arrived: arrived.promise };
}

function open(context: TestContext, port: number): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  context.after(() => socket.destroy());
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk;
  });
  // The server may close before it has read everything.
  socket.on("error", () => {});
  return { socket, answer: new Promise<void>((resolve) => socket.on("close", () => resolve())).then(() => text) };
}

/** Resolves when all that was said to happen has happened, as far as it waits for no network. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

for (const length of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
  test(`a body that never comes is answered with 408, and the connection closed (${length})`, async (context) => {
    stopTime(context);
    const server = await start(context);
    const { socket, answer } = open(context, server.port);
    socket.write(`${head}${length}\r\n\r\n`);
    await server.arrived;
    await settled();
    context.mock.timers.tick(15_000);
    const text = await answer;
    assert.match(text, /^HTTP\/1\.1 408 .*connection: close/is);
    assert.match(
      text,
      /the body of POST \/ came too slowly: 0 bytes in 15000 ms, where 500 bytes per second are the least$/,
    );
  });
}

test("bodyTimeout is the span that is looked at", async (context) => {
  stopTime(context);
  const server = await start(context, { bodyTimeout: 1_000 });
  const { socket, answer } = open(context, server.port);
  socket.write(`${head}Content-Length: 100\r\n\r\n`);
  await server.arrived;
  await settled();
  context.mock.timers.tick(999);
  await settled();
  assert.deepEqual(server.errors, []);
  context.mock.timers.tick(1);
  assert.match(await answer, /408 .*0 bytes in 1000 ms/s);
});

test("a form with files is watched as well, and leaves nothing", async (context) => {
  stopTime(context);
  const server = await start(context);
  const { socket, answer } = open(context, server.port);
  socket.write(request(multipart([file("a", "a", Buffer.alloc(100_000)), field("b", "1")])).subarray(0, 50_000));
  await server.arrived;
  await settled();
  await until(() => filesBelow(server.directory).length === 1);
  // The first span brought enough, the second one nothing.
  context.mock.timers.tick(15_000);
  context.mock.timers.tick(15_000);
  assert.match(await answer, /^HTTP\/1\.1 408 /);
  await until(() => filesBelow(server.directory).length === 0);
});

/** A server that reads bodies without keeping them; with `hold`, the client has to wait after every chunk. */
async function startReading(context: TestContext, { hold = false } = {}) {
  const state: { size: number; control?: BodyControl } = { size: 0 };
  const begun = Promise.withResolvers<void>();
  const server = await serve(context, async (conn) => {
    const limits = { maxBytes: 1_000_000, bodyTimeout: 1_000 };
    const whole = await readChunks(conn, limits, {
      begin(control) {
        state.control = control;
        begun.resolve();
      },
      take(chunk) {
        state.size += chunk.length;
        return !hold;
      },
      finish: () => "whole",
    });
    conn.send(200, `${whole}`);
  });
  return { ...server, state, begun: begun.promise };
}

test("500 bytes per second are enough, for as long as it takes", async (context) => {
  stopTime(context);
  const { port, state, begun } = await startReading(context);
  const { socket, answer } = open(context, port);
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n");
  await begun;
  await settled();
  for (let sent = 500; sent < 5_000; sent += 500) {
    socket.write("x".repeat(500));
    await until(() => state.size === sent);
    context.mock.timers.tick(1_000);
  }
  socket.write("x".repeat(500));
  assert.match(await answer, /^HTTP\/1\.1 200 .*whole$/s);
});

test("fewer are not, however steadily they come, and however many came before", async (context) => {
  stopTime(context);
  const { port, state } = await startReading(context);
  const { socket, answer } = open(context, port);
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n${"x".repeat(100_000)}`);
  await until(() => state.size === 100_000);
  context.mock.timers.tick(1_000);
  for (let sent = 83; sent <= 498; sent += 83) {
    socket.write("x".repeat(83));
    await until(() => state.size === 100_000 + sent);
    context.mock.timers.tick(150);
  }
  context.mock.timers.tick(200);
  assert.match(await answer, /^HTTP\/1\.1 408 .*498 bytes in 1000 ms/s);
});

test("time in which we keep the client waiting does not count", async (context) => {
  stopTime(context);
  const { port, state } = await startReading(context, { hold: true });
  const { socket, answer } = open(context, port);
  socket.write("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20\r\n\r\n0123456789");
  await until(() => state.size === 10);
  await settled();
  for (let seconds = 0; seconds < 10; seconds++) context.mock.timers.tick(1_000);
  await settled();
  state.control?.resume();
  // The rest of the second in which it was resumed is not held against the client either.
  context.mock.timers.tick(1_000);
  socket.write("0123456789");
  await until(() => state.size === 20);
  state.control?.resume();
  assert.match(await answer, /^HTTP\/1\.1 200 .*whole$/s);
});

test("while one body is slow, other requests are answered", async (context) => {
  stopTime(context);
  const server = await start(context);
  const { socket, answer } = open(context, server.port);
  socket.write(`${head}Content-Length: 100\r\n\r\n`);
  await server.arrived;
  await settled();
  for (const _ of [1, 2, 3]) {
    const response = await fetch(server.url, { method: "POST", body: new URLSearchParams({ a: "1" }) });
    assert.equal(await response.text(), "ok");
  }
  context.mock.timers.tick(15_000);
  assert.match(await answer, /^HTTP\/1\.1 408 /);
  assert.equal(await (await fetch(server.url)).text(), "ok");
});

test("the rest of a refused body is taken in for a while, then the connection is closed", async (context) => {
  stopTime(context);
  const server = await start(context, { maxBytes: 10, bodyTimeout: 1_000 });
  const { socket, answer } = open(context, server.port);
  const handled = server.handled();
  socket.write(`${head}Content-Length: 1000000\r\n\r\n${"x".repeat(1_000)}`);
  await handled;
  socket.write("x".repeat(1_000));
  context.mock.timers.tick(999);
  await settled();
  assert.equal(socket.destroyed, false);
  context.mock.timers.tick(1);
  assert.match(await answer, /^HTTP\/1\.1 413 /);
});
