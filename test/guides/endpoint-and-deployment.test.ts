import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect } from "node:http2";
import { request as requestSecurely } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { connect as connectSecurely } from "node:tls";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { useGuide, Visitor } from "./support.ts";

const guide = useGuide("endpoint-and-deployment");
const secret = { SECRET_KEY_BASE: "x".repeat(64) };

/** A certificate that nobody trusts, of the tests of the endpoint. */
function tlsVariables(name: "first" | "second"): Record<string, string> {
  const file = (kind: string) =>
    fileURLToPath(new URL(`../endpoint/certificates/${name}.${kind}.pem`, import.meta.url));
  return { TLS_KEY: file("key"), TLS_CERT: file("cert") };
}

async function ask(make: typeof request, options: RequestOptions & { rejectUnauthorized?: boolean }): Promise<string> {
  const sent = make({ path: "/", agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return text(response);
}

async function fingerprint(port: number): Promise<string> {
  const socket = connectSecurely({ host: "localhost", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test("files are served, and others are not", async (t) => {
  const { url } = await guide.serve(t);

  const style = await fetch(`${url}/assets/app.css`);
  assert.equal(style.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(await style.text(), "h1 { color: teal; }\n");
  assert.equal((await fetch(`${url}/assets/.secret`)).status, 404);
});

test("production sends compressed neighbours, and lets browsers keep what has a digest in its name", async (t) => {
  const style = "h1 { color: teal; }\n".repeat(100);
  writeFileSync(join(guide.folder, "assets/shop-1f0c9a7b3d5e8642.css"), style);
  writeFileSync(join(guide.folder, "assets/shop-1f0c9a7b3d5e8642.css.gz"), gzipSync(style));
  const { url } = await guide.serve(t, "app.ts", { NODE_ENV: "production", ...secret });

  const kept = await fetch(`${url}/assets/shop-1f0c9a7b3d5e8642.css`);
  assert.equal(kept.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(kept.headers.get("content-encoding"), "gzip");
  assert.equal(await kept.text(), style);
  const asked = await fetch(`${url}/assets/app.css`);
  assert.equal(asked.headers.get("cache-control"), "public, max-age=0, must-revalidate");
});

test("production does not start without a secret, and says how to make one", async (t) => {
  const program = guide.start(t, "app.ts", { NODE_ENV: "production" });

  assert.equal(await program.exitCode, 1);
  assert.match(program.printed, /the variable SECRET_KEY_BASE is missing\..*node -p "crypto/s);
});

test("production listens everywhere, and logs JSON", async (t) => {
  const { program, url } = await guide.serve(t, "app.ts", { NODE_ENV: "production", ...secret });

  assert.match(await (await fetch(url)).text(), /<h1>Shop<\/h1>/);
  assert.equal(JSON.parse(program.printed.split("\n")[0] as string).msg.endsWith("(production)"), true);
});

test("a foreign page may not open a socket, and is named in the log", async (t) => {
  const { program, url } = await guide.serve(t, "app.ts", secret);
  const upgrade = request(`${url}/live/websocket?vsn=2.0.0`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      origin: "https://elsewhere.example.org",
    },
  });
  const status = new Promise((resolve) => upgrade.on("response", (response) => resolve(response.statusCode)));
  upgrade.end();

  assert.equal(await status, 403);
  await program.prints(/allow it in the endpoint's option checkOrigin: \["https:\/\/elsewhere\.example\.org"\]/);
});

test("it is told where people reach it", async (t) => {
  const program = guide.start(t, "app.ts", { ...secret, PUBLIC_URL: "https://shop.example.org" });

  await program.prints(/listens at https:\/\/shop\.example\.org/);
});

test("it stops in peace when it is asked to", async (t) => {
  const { program, url } = await guide.serve(t);
  await fetch(url);

  assert.equal(await program.stop(), 0);
});

test("a page that is not there is told", async (t) => {
  const visitor = await new Visitor(await guide.serve(t)).get("/nowhere");

  assert.equal(visitor.status, 404);
});

test("with a certificate it speaks HTTP/2, and HTTP/1.1 to others", async (t) => {
  const program = guide.start(t, "app.ts", tlsVariables("first"));
  const [, port] = await program.prints(/listens at https:\/\/localhost:(\d+)/);

  const session = connect(`https://localhost:${port}`, { rejectUnauthorized: false });
  const stream = session.request({ ":path": "/" });
  const [headers] = await once(stream, "response");
  assert.deepEqual([session.alpnProtocol, headers[":status"]], ["h2", 200]);
  assert.match(await text(stream), /<h1>Shop<\/h1>/);
  session.close();

  const options = { host: "localhost", port: Number(port), rejectUnauthorized: false };
  assert.match(await ask(requestSecurely, options), /<h1>Shop<\/h1>/);
});

test("a key that does not belong to the certificate is found at the start", async (t) => {
  const { TLS_KEY = "" } = tlsVariables("second");
  const program = guide.start(t, "app.ts", { ...tlsVariables("first"), TLS_KEY });

  assert.equal(await program.exitCode, 1);
  assert.match(program.printed, /the endpoint's option https cannot be used/);
});

test("a renewed certificate is taken over while it runs, and one that is none is not", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "anqa-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = { TLS_KEY: join(folder, "key.pem"), TLS_CERT: join(folder, "cert.pem") };
  const install = (name: "first" | "second") => {
    const { TLS_KEY = "", TLS_CERT = "" } = tlsVariables(name);
    copyFileSync(TLS_KEY, files.TLS_KEY);
    copyFileSync(TLS_CERT, files.TLS_CERT);
  };
  install("first");
  const program = guide.start(t, "app.ts", files);
  const [, port] = await program.prints(/listens at https:\/\/localhost:(\d+)/);
  const first = await fingerprint(Number(port));

  install("second");
  program.signal("SIGHUP");
  let second = first;
  while (second === first) second = await fingerprint(Number(port));

  writeFileSync(files.TLS_CERT, "no certificate");
  program.signal("SIGHUP");
  await program.prints(/the endpoint's option https cannot be used/);
  assert.equal(await fingerprint(Number(port)), second);
});

test("it listens at a Unix socket as well, and says so", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "anqa-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const socketPath = join(folder, "http.sock");
  const { program } = await guide.serve(t, "app.ts", { SOCKET: socketPath });

  assert.match(program.printed, /at http:\/\/127\.0\.0\.1:\d+ and unix:\S+http\.sock/);
  assert.match(await ask(request, { socketPath }), /<h1>Shop<\/h1>/);
});

test("what is too long or malformed is refused, and the log says so", async (t) => {
  const { program, url } = await guide.serve(t);
  assert.equal((await fetch(`${url}/?${"a".repeat(2_001)}`)).status, 414);
  await program.prints(/GET "?\/"? from \S+ was refused with 414/);

  const socket = connectPlain(Number(new URL(url).port), "127.0.0.1");
  socket.write(
    "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  );
  assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request\r\n/);
  await program.prints(/was refused with 400/);
});

test("visitors see the pages of the application when something fails", async (t) => {
  const { url } = await guide.serve(t, "app.ts", { NODE_ENV: "production", ...secret });

  assert.match(await (await fetch(`${url}/nowhere`)).text(), /<h1>We have no such thing\.<\/h1>/);
  const json = await fetch(`${url}/nowhere`, { headers: { accept: "application/json" } });
  assert.deepEqual(await json.json(), { status: 404, title: "Not Found" });
});

test("the line of a request has its params at the level debug, but no secrets", async (t) => {
  const { program, url } = await guide.serve(t, "app.ts", { LOG: "debug" });
  await (await fetch(`${url}/?page=2&reset_token=abc&iban=DE00`)).text();

  const filtered = /GET \/ 200 in [\d.]+ .s, params \{"page":"2","reset_token":"\[FILTERED\]","iban":"\[FILTERED\]"\}/;
  await program.prints(filtered);
  assert.doesNotMatch(program.printed, /abc|DE00/);
});
