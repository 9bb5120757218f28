import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import {
  originRefused,
  type SocketMount,
  socketMountCrash,
  type UpgradeContext,
  upgradeRefused,
} from "../../src/endpoint/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import {
  acceptUpgrade,
  answer,
  exchange,
  openSocket,
  readToEnd,
  record,
  routerOf,
  startEndpoint,
  upgradeRequest,
} from "./support.ts";

/** A mount that remembers what it was given and answers by hanging up. */
function recordingMount() {
  const contexts: UpgradeContext[] = [];
  const mount: SocketMount = {
    upgrade(context) {
      contexts.push(context);
      context.socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
    },
    drain() {},
  };
  return { mount, contexts };
}

describe("a WebSocket upgrade", () => {
  test("reaches the mount of its path, with all that it needs", async () => {
    const { mount, contexts } = recordingMount();
    const { base, endpoint } = await startEndpoint({ sockets: { "/socket": mount } });
    await exchange(base, `${upgradeRequest("/socket/websocket?vsn=2.0.0&a%5Bb%5D=1")}early`);
    const [context] = contexts;
    assert.equal(context?.endpoint, endpoint);
    assert.equal(context?.transport, "websocket");
    assert.equal(context?.url.pathname, "/socket/websocket");
    assert.equal(context?.url.searchParams.get("a[b]"), "1");
    assert.equal(context?.url.origin, endpoint.url);
    assert.equal(context?.head.toString(), "early");
    assert.equal(context?.request.headers.host, "127.0.0.1");
  });

  test("works with a real client and a real WebSocket server", async () => {
    const server = new WebSocketServer({ noServer: true });
    server.on("connection", (webSocket) => webSocket.on("message", (data) => webSocket.send(`you said ${data}`)));
    const { base } = await startEndpoint({
      sockets: {
        "/socket": {
          upgrade: ({ request, socket, head }) =>
            server.handleUpgrade(request, socket, head, (webSocket) => server.emit("connection", webSocket)),
          drain() {},
        },
      },
    });
    const client = new WebSocket(`${base.replace("http", "ws")}/socket/websocket`);
    await once(client, "open");
    client.send("hello");
    const [data] = await once(client, "message");
    assert.equal(String(data), "you said hello");
    client.close();
    await once(client, "close");
  });

  test("at another path is a 404", async () => {
    const { mount, contexts } = recordingMount();
    const { base } = await startEndpoint({ router: routerOf({ "/": answer("") }), sockets: { "/live": mount } });
    for (const path of ["/", "/live", "/live/longpoll", "/live/websocket/", "/other/websocket", "//live/websocket"]) {
      assert.match(await exchange(base, upgradeRequest(path)), /^HTTP\/1\.1 404 /, path);
    }
    assert.deepEqual(contexts, []);
  });

  test("is answered with 500 if its mount throws, and reported", async () => {
    const mount: SocketMount = {
      upgrade() {
        throw new Error("no room");
      },
      drain() {},
    };
    const { base, endpoint } = await startEndpoint({ sockets: { "/live": mount } });
    const crashes: string[] = [];
    socketMountCrash.attach(({ node, path, error }) => {
      if (node === endpoint.node.name) crashes.push(`${path}: ${error.message}`);
    });
    assert.match(await exchange(base, upgradeRequest("/live/websocket")), /^HTTP\/1\.1 500 /);
    assert.deepEqual(crashes, ["/live/websocket: no room"]);
  });

  test("whose connection breaks hurts nobody", async () => {
    const taken = Promise.withResolvers<UpgradeContext>();
    const mount: SocketMount = { upgrade: taken.resolve, drain() {} };
    const { base } = await startEndpoint({ router: routerOf({ "/": answer("") }), sockets: { "/live": mount } });
    const client = await openSocket(base, upgradeRequest("/live/websocket"));
    const { socket } = await taken.promise;
    socket.resume();
    const closed = new Promise((resolve) => socket.on("close", resolve));
    client.resetAndDestroy();
    await closed;
    assert.equal((await fetch(base)).status, 200);
  });
});

describe("a refused upgrade", () => {
  const refusals: readonly [what: string, request: string, status: number, reason: RegExp][] = [
    ["at another path is a 404", upgradeRequest("/elsewhere?token=secret"), 404, /No socket is served/],
    ["with a malformed target is a 400", upgradeRequest("/live/websocket#x"), 400, /target/],
    ["to a host that is none is a 400", upgradeRequest("/live/websocket", { host: "a/b" }), 400, /host/],
    ["with too long a target is a 414", upgradeRequest(`/live/websocket?${"a".repeat(9_000)}`), 414, /8192 bytes/],
    ["with too many headers is a 431", upgradeRequest("/live/websocket", manyHeaders()), 431, /header lines/],
  ];
  for (const [what, request, status, reason] of refusals) {
    test(`${what}, and is reported`, async () => {
      const { mount, contexts } = recordingMount();
      const { base, endpoint } = await startEndpoint({
        router: routerOf({ "/": answer("") }),
        sockets: { "/live": mount },
      });
      const refused = record(upgradeRefused, endpoint.node.name);
      assert.match(await exchange(base, request), new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*connection: close`));
      assert.equal(refused.length, 1);
      assert.equal(refused[0]?.status, status);
      assert.match(refused[0]?.reason ?? "", reason);
      assert.equal(refused[0]?.remoteAddress, "127.0.0.1");
      assert.doesNotMatch(refused[0]?.path ?? "", /secret|\?/);
      assert.deepEqual(contexts, []);
      assert.equal((await fetch(base)).status, 200);
    });
  }

  test("while the endpoint stops is a 503, and is reported", async () => {
    const { mount, contexts } = recordingMount();
    const begun = Promise.withResolvers<Conn>();
    const { base, endpoint, stop } = await startEndpoint({
      router: routerOf({
        "/": (conn) => {
          conn.response.writeHead(200, { "content-length": 4 }).write("ha");
          begun.resolve(conn);
        },
      }),
      sockets: { "/live": mount },
    });
    const refused = record(upgradeRefused, endpoint.node.name);
    const socket = await openSocket(base, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest("/live/websocket")}`);
    const { response } = await begun.promise;
    const stopped = stop();
    response.end("lf");
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 200 [\s\S]*halfHTTP\/1\.1 503 /);
    await stopped;
    assert.deepEqual(
      refused.map(({ status, path }) => [status, path]),
      [[503, "/live/websocket"]],
    );
    assert.deepEqual(contexts, []);
  });
});

function manyHeaders(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 110 }, (_, at) => [`x-${at}`, "y"]));
}

describe("a plain request for a socket's path", () => {
  test("is a 400 where WebSockets connect (protocol 1)", async () => {
    const { mount, contexts } = recordingMount();
    const { base } = await startEndpoint({ sockets: { "/live": mount } });
    assert.equal((await fetch(`${base}/live/websocket?vsn=2.0.0`)).status, 400);
    assert.equal((await fetch(`${base}/live/websocket`, { method: "POST" })).status, 400);
    const post = upgradeRequest("/live/websocket", { connection: "Upgrade, close" }).replace("GET", "POST");
    assert.match(await exchange(base, post), /^HTTP\/1\.1 400 /);
    const other = upgradeRequest("/live/websocket", { upgrade: "h2c", connection: "Upgrade, close" });
    assert.match(await exchange(base, other), /^HTTP\/1\.1 400 /);
    const withBody = `${upgradeRequest("/live/websocket", { "content-length": "3", connection: "Upgrade, close" })}abc`;
    assert.match(await exchange(base, withBody), /^HTTP\/1\.1 400 /);
    const old = upgradeRequest("/live/websocket").replace("HTTP/1.1", "HTTP/1.0");
    assert.match(await exchange(base, old), /^HTTP\/1\.1 400 /);
    assert.deepEqual(contexts, []);
  });

  test("is a 404 for long polling", async () => {
    const { base } = await startEndpoint({ sockets: { "/live": recordingMount().mount } });
    assert.equal((await fetch(`${base}/live/longpoll`)).status, 404);
  });
});

describe("the origin of an upgrade", () => {
  test("that is foreign is refused with 403 before the mount is asked, and reported", async () => {
    const { mount, contexts } = recordingMount();
    const { base, endpoint } = await startEndpoint({ sockets: { "/live": mount } });
    const refused: unknown[] = [];
    originRefused.attach((payload) => payload.node === endpoint.node.name && refused.push(payload));
    const request = upgradeRequest("/live/websocket", { origin: "https://evil.example" });
    assert.match(await exchange(base, request), /^HTTP\/1\.1 403 /);
    assert.deepEqual(contexts, []);
    assert.deepEqual(refused, [{ node: endpoint.node.name, path: "/live/websocket", origin: "https://evil.example" }]);
  });

  test("that is the server's own, or missing, is allowed", async () => {
    const mount: SocketMount = { upgrade: acceptUpgrade, drain() {} };
    const { base } = await startEndpoint({ sockets: { "/live": mount } });
    for (const headers of [{ origin: base }, {}]) {
      const socket = await openSocket(base, upgradeRequest("/live/websocket", headers));
      const [data] = await once(socket, "data");
      assert.match(String(data), /^HTTP\/1\.1 101 /);
      socket.destroy();
    }
  });
});
