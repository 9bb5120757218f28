import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  basicAuth,
  basicAuthHeader,
  compilePipeline,
  credentialsRefused,
  HttpError,
  type Plug,
  rateLimit,
} from "../../src/plug/index.ts";
import { exchange as exchangeWithEndpoint, routerOf, startEndpoint } from "../endpoint/support.ts";
import { serve } from "./server.ts";

const admin = { username: "admin", password: "correct horse" };
const sayWho: Plug = (conn) => conn.send(200, String(conn.assigns.basicAuthUser));

function statusOf(url: string, authorization?: string): Promise<number> {
  return fetch(url, { headers: authorization === undefined ? {} : { authorization } }).then(({ status }) => status);
}

test("the right credentials are let in, under their name", async (context) => {
  const server = await serve(context, compilePipeline([basicAuth(admin), sayWho]));
  const response = await fetch(server.url, { headers: { authorization: basicAuthHeader("admin", "correct horse") } });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "admin");
});

test("without credentials, 401 asks for them", async (context) => {
  const server = await serve(context, compilePipeline([basicAuth(admin, { realm: 'The "inner" \\ circle' }), sayWho]));
  const response = await fetch(server.url);
  assert.equal(response.status, 401);
  assert.equal(response.headers.get("www-authenticate"), 'Basic realm="The \\"inner\\" \\\\ circle", charset="UTF-8"');
  assert.ok(server.errors[0] instanceof HttpError);
});

test("wrong credentials are 401 and are reported, missing ones are not reported", async (context) => {
  const server = await serve(context, compilePipeline([basicAuth(admin), sayWho]));
  const reports: object[] = [];
  context.after(credentialsRefused.attach((report) => reports.push(report)));
  assert.equal(await statusOf(server.url), 401);
  assert.deepEqual(reports, []);
  for (const [name, password] of [
    ["admin", "wrong"],
    ["root", "correct horse"],
    ["", ""],
    ["admin", ""],
    ["admin", "correct horse "],
    ["ADMIN", "correct horse"],
    ["admin:correct", " horse"],
  ] as const) {
    const header = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    assert.equal(await statusOf(server.url, header), 401, `${name}:${password}`);
  }
  assert.equal(reports.length, 7);
  assert.deepEqual(reports[0], { node: "plug-test", method: "GET", path: "/", remoteAddress: "127.0.0.1" });
});

test("malformed authorization headers are 401", async (context) => {
  const server = await serve(context, compilePipeline([basicAuth(admin), sayWho]));
  const encoded = Buffer.from("admin:correct horse").toString("base64");
  for (const header of [
    "",
    "Basic",
    "Basic ",
    `Basic${encoded}`,
    `Bearer ${encoded}`,
    `Basic ${encoded} ${encoded}`,
    `Basic ${encoded}, Basic ${encoded}`,
    `Basic "${encoded}"`,
    `Basic ${encoded}===`,
    "Basic !!!!",
    "Basic admin:correct horse",
    `Basic ${Buffer.from("admin").toString("base64")}`,
    `Basic ${Buffer.from("admin\n:correct horse").toString("base64")}`,
    `Basic ${Buffer.from("admin\0:correct horse").toString("base64")}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString("base64")}`,
    "a".repeat(8_000),
    `Basic ${"A".repeat(8_000)}`,
    `Basic${" ".repeat(8_000)}!`,
  ]) {
    assert.equal(await statusOf(server.url, header), 401, header.slice(0, 60));
  }
});

test("the scheme is read in any case", async (context) => {
  const server = await serve(context, compilePipeline([basicAuth(admin), sayWho]));
  assert.equal(await statusOf(server.url, basicAuthHeader("admin", "correct horse").replace("Basic", "bAsIC ")), 200);
});

test("names and passwords are UTF-8, composed or decomposed; a password may have colons", async (context) => {
  const server = await serve(
    context,
    compilePipeline([basicAuth({ username: "Zoë", password: "pässe:wort:€" }), sayWho]),
  );
  for (const form of ["NFC", "NFD"]) {
    const authorization = basicAuthHeader("Zoë".normalize(form), "pässe:wort:€".normalize(form));
    const response = await fetch(server.url, { headers: { authorization } });
    assert.equal(await response.text(), "Zoë");
  }
  const latin1 = `Basic ${Buffer.from("Zoë:pässe:wort:", "latin1").toString("base64")}`;
  assert.equal(await statusOf(server.url, latin1), 401);
});

test("a function verifies, at once or later, and may leave who it is", async (context) => {
  for (const later of [false, true]) {
    const plug = basicAuth((conn, username, password) => {
      const valid = password === username.toUpperCase();
      if (valid) conn.assigns.currentUser = { username };
      return later ? Promise.resolve(valid) : valid;
    });
    const action: Plug = (conn) => conn.send(200, JSON.stringify(conn.assigns.currentUser));
    const server = await serve(context, compilePipeline([plug, action]));
    const response = await fetch(server.url, { headers: { authorization: basicAuthHeader("zoe", "ZOE") } });
    assert.equal(await response.text(), '{"username":"zoe"}');
    assert.equal(await statusOf(server.url, basicAuthHeader("zoe", "zoe")), 401);
  }
});

test("a function that answers anything but true lets nobody in", async (context) => {
  for (const value of [undefined, null, 1, "yes", {}]) {
    const server = await serve(context, compilePipeline([basicAuth((async () => value) as never), sayWho]));
    assert.equal(await statusOf(server.url, basicAuthHeader("a", "b")), 401);
  }
});

test("a function that fails is a failure of the server, not a refusal", async (context) => {
  const plug = basicAuth(() => Promise.reject(new Error("no database")));
  const server = await serve(context, compilePipeline([plug, sayWho]));
  assert.equal(await statusOf(server.url, basicAuthHeader("a", "b")), 500);
});

test("empty or impossible credentials and realms are refused at start", () => {
  assert.throws(() => basicAuth({ username: "admin", password: "" }), /the password is empty/);
  assert.throws(() => basicAuth({ username: "", password: "x" }), /the username is empty/);
  assert.throws(() => basicAuth({ username: "a:b", password: "x" }), /must not contain a colon/);
  assert.throws(() => basicAuth({ username: "a", password: "x\n" }), /control characters/);
  assert.throws(() => basicAuth(admin, { realm: "a\r\nset-cookie: b" }), /the realm .* on one line/);
  assert.throws(() => basicAuth(admin, { realm: "Küche" }), /in ASCII/);
});

test("property: what the header is made of is what is verified", () => {
  const text = fc.string({ unit: "grapheme" }).filter((value) => !/\p{Cc}/u.test(value));
  fc.assert(
    fc.property(
      text.filter((value) => !value.includes(":")),
      text,
      (username, password) => {
        let seen: string[] = [];
        const plug = basicAuth((_conn, ...given) => {
          seen = given;
          return true;
        });
        const conn = { request: { headers: { authorization: basicAuthHeader(username, password) } }, assigns: {} };
        plug(conn as never);
        assert.deepEqual(seen, [username.normalize("NFC"), password.normalize("NFC")]);
      },
    ),
  );
});

test("brute force against basic auth is stopped by rateLimit() before it", async (context) => {
  let verified = 0;
  const plug = basicAuth(() => {
    verified++;
    return false;
  });
  const server = await serve(context, compilePipeline([rateLimit({ limit: 5, seconds: 60 }), plug, sayWho]));
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 20; attempt++) {
    statuses.push(await statusOf(server.url, basicAuthHeader("admin", `guess ${attempt}`)));
  }
  assert.deepEqual(statuses, [...Array(5).fill(401), ...Array(15).fill(429)]);
  assert.equal(verified, 5);
});

test("an authorization header of megabytes is 431, and the server goes on", async () => {
  const plug = compilePipeline([basicAuth(admin), sayWho]);
  const { base } = await startEndpoint({ router: routerOf({ "/": plug }) });
  const head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const answer = await exchangeWithEndpoint(base, `${head}Authorization: Basic ${"A".repeat(4_000_000)}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 431 /);
  assert.equal(await statusOf(base, basicAuthHeader("admin", "correct horse")), 200);
});
