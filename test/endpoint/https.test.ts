/** Certificates, what comes over TLS beside HTTP/2, and what is no TLS. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect as connectPlainly } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { connectionRefused, type HttpsOptions, type SocketMount } from "../../src/endpoint/index.ts";
import { startSecurely } from "./http2-support.ts";
import {
  answer,
  certificate,
  exchange,
  openSocket,
  readToEnd,
  record,
  routerOf,
  startEndpoint,
  trusted,
  upgradeRequest,
} from "./support.ts";

const home = routerOf({ "/": answer("home") });
const get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

function portOf(base: string): number {
  return Number(new URL(base).port);
}

/** Agrees on TLS and tells what came of it; the connection is closed again. */
async function handshake(base: string, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ port: portOf(base), host: "127.0.0.1", ca: [...trusted], ...options });
  after(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

describe("an endpoint with a certificate", () => {
  test("speaks HTTPS, and says so in its URL", async () => {
    const { base, endpoint } = await startSecurely({ router: home });
    assert.equal(endpoint.url, `https://localhost:${endpoint.address.port}`);
    assert.deepEqual(endpoint.addresses, [`https://127.0.0.1:${endpoint.address.port}`]);
    assert.equal(endpoint.config.url.scheme, "https");
    assert.match(await exchange(base, get), /^HTTP\/1\.1 200 [\s\S]*home$/);
  });

  test("makes cookies secure", async () => {
    const { base } = await startSecurely({
      router: routerOf({ "/": (conn) => conn.putCookie("a", "b").send(200, "") }),
    });
    assert.match(await exchange(base, get), /set-cookie: a=b;[^\r\n]*Secure/i);
  });

  test("offers HTTP/2 before HTTP/1.1, and takes clients that know no such offers", async () => {
    const { base } = await startSecurely({ router: home });
    assert.equal((await handshake(base, { ALPNProtocols: ["http/1.1", "h2"] })).alpnProtocol, "h2");
    assert.equal((await handshake(base, { ALPNProtocols: ["http/1.1"] })).alpnProtocol, "http/1.1");
    const old = await handshake(base);
    assert.equal(old.alpnProtocol, false);
    old.setEncoding("latin1");
    old.write(get);
    assert.match(await readToEnd(old), /home$/);
  });

  test("takes key and certificate as text, as bytes, or as the path of a file", async () => {
    const { key, cert } = certificate("first");
    const forms: readonly HttpsOptions[] = [
      { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") },
      { key: readFileSync(key), cert: readFileSync(cert) },
      { key: key.pathname, cert: cert.pathname },
    ];
    for (const https of forms) {
      const { base } = await startEndpoint({ router: home, https });
      assert.match(await exchange(base, get), /home$/);
    }
  });

  test("can ask clients for theirs", async () => {
    const { key, cert } = certificate("second");
    const { base } = await startSecurely({
      router: home,
      https: {
        ...certificate("first"),
        ca: cert,
        tls: { requestCert: true, rejectUnauthorized: true, maxVersion: "TLSv1.2" },
      },
    });
    await assert.rejects(handshake(base));
    const known = await handshake(base, { key: readFileSync(key), cert: readFileSync(cert) });
    assert.equal(known.authorized, true);
  });

  test("reads new files without a restart, and keeps the old ones if they cannot be used", async () => {
    const folder = mkdtempSync(join(tmpdir(), "anqa-certificate-"));
    after(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const use = (name: "first" | "second") => {
      copyFileSync(certificate(name).key, key);
      copyFileSync(certificate(name).cert, cert);
    };
    use("first");
    const { base, endpoint } = await startEndpoint({ router: home, https: { key, cert } });
    const subject = async () => (await handshake(base)).getPeerCertificate().subject.CN;
    const before = await openSocket(base, "");
    assert.equal(await subject(), "first.test");
    use("second");
    assert.equal(await subject(), "first.test");
    endpoint.reloadCertificate();
    assert.equal(await subject(), "second.test");
    writeFileSync(cert, readFileSync(certificate("first").cert));
    assert.throws(() => endpoint.reloadCertificate(), /key .*certificate that belongs to it/);
    rmSync(key);
    assert.throws(() => endpoint.reloadCertificate(), /https\.key is no PEM, and no file that can be read \(ENOENT\)/);
    assert.equal(await subject(), "second.test");
    before.write(get);
    assert.match(await readToEnd(before), /home$/);
  });
});

test("without a certificate there is nothing to reload", async () => {
  const { endpoint } = await startEndpoint();
  endpoint.reloadCertificate();
});

describe("a certificate that cannot be used is told at start", () => {
  const cases: Readonly<Record<string, readonly [HttpsOptions, RegExp]>> = {
    "a file that is missing": [
      { ...certificate("first"), key: "/nowhere/key.pem" },
      /^Error: the endpoint's option https\.key is no PEM, and no file that can be read \(ENOENT\)$/,
    ],
    "a key of another certificate": [
      { key: certificate("first").key, cert: certificate("second").cert },
      /option https cannot be used, .*: give the private key and the certificate that belongs to it, both as PEM$/,
    ],
    "a file that holds something else": [
      { ...certificate("first"), cert: new URL("./certificates/README.md", import.meta.url) },
      /option https cannot be used/,
    ],
  };
  for (const [what, [https, message]] of Object.entries(cases)) {
    test(what, async () => {
      await assert.rejects(startEndpoint({ https }), (error) => message.test(String(error)));
    });
  }

  test("and a key is never repeated in the message", async () => {
    const key = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg";
    await assert.rejects(startEndpoint({ https: { ...certificate("first"), key } }), (error) => {
      return !String(error).includes(key);
    });
  });
});

describe("over TLS", () => {
  test("WebSockets are opened at the same port", async () => {
    const server = new WebSocketServer({ noServer: true });
    server.on("connection", (webSocket) => webSocket.on("message", (data) => webSocket.send(`you said ${data}`)));
    const mount: SocketMount = {
      upgrade: ({ request, socket, head }) =>
        server.handleUpgrade(request, socket, head, (webSocket) => server.emit("connection", webSocket)),
      drain() {},
    };
    const { base } = await startSecurely({ sockets: { "/socket": mount } });
    const url = `${base.replace("https", "wss")}/socket/websocket`;
    const client = new WebSocket(url, { ca: [...trusted], origin: base });
    await once(client, "open");
    client.send("hello");
    const [data] = await once(client, "message");
    assert.equal(String(data), "you said hello");
    client.close();
    await once(client, "close");
    assert.match(await exchange(base, upgradeRequest("/nowhere")), /^HTTP\/1\.1 404 /);
    assert.match(
      await exchange(base, upgradeRequest("/socket/websocket", { origin: "https://evil.example" })),
      / 403 /,
    );
  });

  test("a client cannot renegotiate (RFC 9113, section 9.2.1)", async () => {
    const { base } = await startSecurely({ router: home });
    const socket = await handshake(base, { maxVersion: "TLSv1.2", ALPNProtocols: ["http/1.1"] });
    const failed = Promise.withResolvers<void>();
    socket.on("error", () => failed.resolve());
    socket.on("close", () => failed.resolve());
    socket.renegotiate({}, (error) => {
      assert.ok(error !== null);
      failed.resolve();
    });
    await failed.promise;
    assert.match(await exchange(base, get), /home$/);
  });
});

describe("what is no TLS is closed, and reported", () => {
  const attempts: Readonly<Record<string, string>> = {
    "plain HTTP": get,
    "the beginning of HTTP/2 without TLS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    nonsense: "\x01".repeat(200),
  };
  for (const [what, text] of Object.entries(attempts)) {
    test(what, async () => {
      const { base, endpoint } = await startSecurely({ router: home });
      const closed = record(connectionRefused, endpoint.node.name);
      const socket = connectPlainly(portOf(base), "127.0.0.1");
      socket.on("error", () => {});
      socket.end(text, "latin1");
      socket.resume();
      await once(socket, "close");
      assert.equal(closed.length, 1);
      assert.match(await exchange(base, get), /home$/);
    });
  }

  test("a handshake that never ends", async () => {
    const { base, endpoint } = await startSecurely({ router: home, limits: { headersTimeout: 300 } });
    const closed = record(connectionRefused, endpoint.node.name);
    const socket = connectPlainly(portOf(base), "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    await once(socket, "close");
    assert.match(closed[0]?.reason ?? "", /handshake timeout/i);
    assert.match(await exchange(base, get), /home$/);
  });

  test("but a client that leaves again is nobody's fault", async () => {
    const { base, endpoint } = await startSecurely({ router: home });
    const closed = record(connectionRefused, endpoint.node.name);
    const socket = connectPlainly(portOf(base), "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    assert.match(await exchange(base, get), /home$/);
    assert.deepEqual(closed, []);
  });
});

test("HTTPS and plain HTTP may stand beside each other", async () => {
  const { base, endpoint } = await startSecurely({
    router: routerOf({ "/": (conn) => conn.send(200, conn.scheme) }),
    http: { port: 0 },
  });
  const [secure, plain] = endpoint.addresses;
  assert.equal(secure, base);
  assert.equal(await (await fetch(plain as string)).text(), "http");
  const response = Promise.withResolvers<string>();
  request(base, { ca: [...trusted] }, (incoming) => {
    incoming.setEncoding("utf8").on("data", response.resolve);
  }).end();
  assert.equal(await response.promise, "https");
});
