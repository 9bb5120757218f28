import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { after } from "node:test";
import { connect as connectSecurely } from "node:tls";
import {
  type Endpoint,
  type EndpointOptions,
  endpoint,
  endpointOf,
  type UpgradeContext,
} from "../../src/endpoint/index.ts";
import type { Conn, Plug } from "../../src/plug/index.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { defineRoutes, type Router, router } from "../../src/router/index.ts";

/** An application that is nothing but an endpoint. */
export interface TestApplication {
  readonly application: RunningApplication;
  readonly endpoint: Endpoint;
  /** `http://127.0.0.1:<port>`, or `https://…` */
  readonly base: string;
  readonly stop: () => Promise<void>;
}

let started = 0;

/** Starts an endpoint on a free port, with quiet defaults; it is stopped after the tests if it still runs. */
export async function startEndpoint(options: Partial<EndpointOptions> = {}): Promise<TestApplication> {
  const spec = endpoint({
    router: routerOf({}),
    host: "127.0.0.1",
    port: 0,
    environment: "test",
    secretKeyBase: "a secret for tests that is long enough",
    log: "silent",
    drainTimeout: 2_000,
    ...options,
  });
  const running = await application({ children: [spec] }).start({ nodeName: `endpoint_test_${++started}` });
  after(() => running.stop());
  const found = endpointOf(running.node);
  return {
    application: running,
    endpoint: found,
    base: `${options.https === undefined ? "http" : "https"}://127.0.0.1:${found.address.port}`,
    stop: () => running.stop(),
  };
}

/** One of the two certificates of the tests, with its key, as files. */
export function certificate(name: "first" | "second") {
  const file = (kind: string) => new URL(`./certificates/${name}.${kind}.pem`, import.meta.url);
  return { key: file("key"), cert: file("cert") };
}

/** What clients of the tests trust. */
export const trusted: readonly string[] = (["first", "second"] as const).map((name) =>
  readFileSync(certificate(name).cert, "utf8"),
);

/** Records the payloads of an event that come from one node. */
export function record<Payload extends { node: string }>(
  event: { attach(handler: (payload: Payload) => void): () => void },
  node: string,
): Payload[] {
  const payloads: Payload[] = [];
  after(
    event.attach((payload) => {
      if (payload.node === node) payloads.push(payload);
    }),
  );
  return payloads;
}

/** A router with one GET route per path. */
export function routerOf(actions: Readonly<Record<string, Plug>>): Router {
  return router(defineRoutes({})).scope({ through: [] }, (scope) => {
    for (const [path, action] of Object.entries(actions)) scope.get(path, action);
  });
}

/** An action that answers with a text. */
export function answer(body: string): (conn: Conn) => void {
  return (conn) => conn.send(200, body);
}

/** Opens a TCP connection, with TLS if the base says so, and writes to it, one byte per character. */
export async function openSocket(base: string, text: string): Promise<Socket> {
  const { protocol, port: portText } = new URL(base);
  const port = Number(portText);
  const secure = protocol === "https:";
  const socket = secure
    ? connectSecurely({ port, host: "127.0.0.1", ca: [...trusted], ALPNProtocols: ["http/1.1"] })
    : connect(port, "127.0.0.1");
  after(() => socket.destroy());
  await once(socket, secure ? "secureConnect" : "connect");
  socket.setEncoding("latin1");
  socket.write(text, "latin1");
  return socket;
}

/** Everything that a socket brings until this is in it. */
export async function readUntil(socket: Socket, end: string): Promise<string> {
  let received = "";
  while (!received.includes(end)) {
    const chunk = socket.read();
    if (chunk === null) await once(socket, "readable");
    else received += chunk;
  }
  return received;
}

/** Everything that a socket still brings until its other end closes it. */
export async function readToEnd(socket: Socket): Promise<string> {
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.resume();
  await once(socket, "close");
  return received;
}

/** Writes a request as it is and returns the answer as it came, once the server has closed. */
export async function exchange(base: string, text: string): Promise<string> {
  return readToEnd(await openSocket(base, text));
}

/** The head of a WebSocket upgrade request, ready to be written. */
export function upgradeRequest(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    host: "127.0.0.1",
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** What a mount does at the least: switches protocols, and ends its side when the client ends its own. */
export function acceptUpgrade({ socket }: UpgradeContext): void {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
  socket.on("end", () => socket.end());
  socket.resume();
}
