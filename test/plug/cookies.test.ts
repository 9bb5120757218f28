import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCookie } from "cookie";
import { array, assert as check, constantFrom, oneof, property, record, string, uniqueArray } from "fast-check";
import { cookieHeader } from "../../src/plug/cookie/cookie-header.ts";
import { type Conn, encryptToken, signToken } from "../../src/plug/index.ts";
import { cookiesOf, exchange, serve } from "./server.ts";

interface Cart {
  readonly items: readonly number[];
}

test("a signed cookie comes back as what it was, and can be read by everybody", async (context) => {
  const server = await serve(context, (conn) => {
    if (conn.path === "/set") conn.putCookie("cart", { items: [7, 9] } satisfies Cart, { sign: true });
    else conn.send(200, JSON.stringify(conn.signedCookie<Cart>("cart") ?? null));
  });
  const cookie = cookiesOf(await fetch(`${server.url}/set`));
  const payload = Buffer.from(cookie.slice("cart=".length).split(".")[0] as string, "base64url").toString();
  assert.match(payload, /"items":\[7,9\]/);
  assert.deepEqual(await (await fetch(server.url, { headers: { cookie } })).json(), { items: [7, 9] });
  assert.equal(await (await fetch(server.url)).json(), null);
});

test("an encrypted cookie comes back as what it was, and can be read by nobody", async (context) => {
  const server = await serve(context, (conn) => {
    if (conn.path === "/set") conn.putCookie("plan", "world domination", { encrypt: true, sameSite: "strict" });
    else conn.send(200, JSON.stringify(conn.encryptedCookie("plan") ?? null));
  });
  const response = await fetch(`${server.url}/set`);
  const cookie = cookiesOf(response);
  assert.match(response.headers.get("set-cookie") ?? "", /; HttpOnly; SameSite=Strict$/);
  assert.doesNotMatch(Buffer.from(cookie.slice(5), "base64url").toString("latin1"), /domination/);
  assert.equal(await (await fetch(server.url, { headers: { cookie } })).json(), "world domination");
});

test("hostile: cookies that are forged, cut, swapped or of another kind are none", async (context) => {
  const server = await serve(context, (conn) => {
    conn.send(200, JSON.stringify([conn.signedCookie("a") ?? null, conn.encryptedCookie("a") ?? null]));
  });
  const { config } = server;
  const signed = signToken(config, "anqa signed cookie a", 1);
  const encrypted = encryptToken(config, "anqa encrypted cookie a", 2);
  const read = async (value: string) => (await fetch(server.url, { headers: { cookie: `a=${value}` } })).json();
  assert.deepEqual(await read(signed), [1, null]);
  assert.deepEqual(await read(encrypted), [null, 2]);
  const forgeries = [
    "",
    ".",
    "1",
    signed.slice(0, -1),
    `${signed.slice(0, -1)}${signed.endsWith("A") ? "B" : "A"}`,
    encrypted.slice(0, -1),
    signToken(config, "anqa signed cookie b", 1),
    encryptToken(config, "anqa encrypted cookie b", 1),
    signToken(config, "anqa session a", 1),
    "__proto__",
    "%00",
    "A".repeat(3_000),
  ];
  for (const value of forgeries) assert.deepEqual(await read(value), [null, null], value);
  assert.deepEqual(server.errors, []);
});

test("a secured cookie is over after its maxAge, whatever the browser does", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, JSON.stringify(conn.signedCookie("a") ?? null)));
  const read = async (value: string) => (await fetch(server.url, { headers: { cookie: `a=${value}` } })).json();
  const signedAt = Math.floor(Date.now() / 1_000) - 3_600;
  const salt = "anqa signed cookie a";
  assert.equal(await read(signToken(server.config, salt, 1, { signedAt, maxAge: 3_000 })), null);
  assert.equal(await read(signToken(server.config, salt, 1, { signedAt, maxAge: 4_000 })), 1);
  assert.equal(await read(signToken(server.config, salt, 1, { signedAt })), 1);
  assert.equal(await read(signToken(server.config, salt, 1, { signedAt: signedAt - 24 * 3_600 })), null);
});

test("what cannot be meant is refused where the cookie is put", async (context) => {
  const server = await serve(context, (conn) => {
    const refused: [() => unknown, RegExp][] = [
      [() => conn.putCookie("a", 1 as unknown as string), /is no text: sign or encrypt/],
      [() => conn.putCookie("a", 1, { sign: true, encrypt: true } as never), /signed and encrypted/],
      [() => conn.putCookie("", "1"), /name is invalid/],
      [() => conn.putCookie("a", "1", { maxAge: 1.5 }), /maxAge is invalid/],
      [() => conn.putCookie("__Host-a", "1"), /"__Host-a": its name needs secure/],
      [() => conn.putCookie("__Host-a", "1", { secure: true, path: "/x" }), /__Host- needs the path/],
      [() => conn.putCookie("__host-a", "1", { secure: true, domain: "a.example" }), /no domain/],
      [() => conn.putCookie("__Secure-a", "1"), /its name needs secure/],
      [() => conn.putCookie("a", "1", { sameSite: "none" }), /sameSite: none needs secure/],
      [() => conn.putCookie("a", "1", { partitioned: true }), /partitioned needs secure/],
      [() => conn.putCookie("big", { text: "x".repeat(4_000) }, { sign: true }), /"big" has \d+ bytes/],
    ];
    for (const [put, message] of refused) assert.throws(put, message);
    conn.putCookie("__Host-a", "1", { secure: true }).putCookie("b", "1", { sameSite: "none", secure: true });
  });
  assert.deepEqual((await fetch(server.url)).headers.getSetCookie(), [
    "__Host-a=1; Path=/; HttpOnly; Secure; SameSite=Lax",
    "b=1; Path=/; HttpOnly; Secure; SameSite=None",
  ]);
  assert.deepEqual(server.errors, []);
});

test("cookies are Secure where the request came over https, by a proxy that is trusted", async (context) => {
  const server = await serve(context, (conn) => {
    conn.overrideOrigin({ scheme: "https" }).putCookie("a", "1").deleteCookie("b");
  });
  const [put, deleted] = (await fetch(server.url)).headers.getSetCookie();
  assert.match(put ?? "", /; Secure/);
  assert.match(deleted ?? "", /; Secure/);
});

const echo = (conn: Conn) => conn.send(200, JSON.stringify(Object.entries(conn.cookies)));

async function cookiesOfRequest(port: number, ...headers: string[]): Promise<unknown> {
  const lines = headers.map((header) => `Cookie: ${header}\r\n`).join("");
  const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`);
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
}

test("hostile: names of Object.prototype are cookies like any other", async (context) => {
  const server = await serve(context, echo);
  assert.deepEqual(await cookiesOfRequest(server.port, "__proto__=1; constructor=2; hasOwnProperty=3; a=4"), [
    ["__proto__", "1"],
    ["constructor", "2"],
    ["hasOwnProperty", "3"],
    ["a", "4"],
  ]);
  assert.equal(({} as Record<string, unknown>)["1"], undefined);
});

test("hostile: malformed pairs are left out, and what cannot be decoded stays as it came", async (context) => {
  const server = await serve(context, echo);
  assert.deepEqual(await cookiesOfRequest(server.port, ";;=;=x; a; b=%zz; c=%E0%A4; d=1=2; b=second; e="), [
    ["", ""],
    ["b", "%zz"],
    ["c", "%E0%A4"],
    ["d", "1=2"],
    ["e", ""],
  ]);
});

test("hostile: thousands of cookies are read in one go, more than Node takes are 431", async (context) => {
  const server = await serve(context, (conn) => conn.send(200, String(Object.keys(conn.cookies).length)));
  const many = Array.from({ length: 3_000 }, (_, index) => `${index.toString(36)}=`).join(";");
  assert.equal(await cookiesOfRequest(server.port, many), 3_000);
  const tooMany = await exchange(server.port, `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${"a=1;".repeat(5_000)}\r\n\r\n`);
  assert.match(tooMany, /^HTTP\/1\.1 431 /);
});

const cookieName = string({ unit: "binary-ascii", minLength: 1, maxLength: 20 }).filter((name) => {
  return /^[!-:<>-~]+$/.test(name) && !/^__(?:host|secure)-/i.test(name);
});

test("property: what cookieHeader writes is what parseCookie reads", () => {
  const pairs = uniqueArray(record({ name: cookieName, value: string({ unit: "binary", maxLength: 100 }) }), {
    selector: ({ name }) => name,
  });
  check(
    property(pairs, (cookies) => {
      const header = cookies.map(({ name, value }) => cookieHeader(false, name, value).split("; ")[0]).join("; ");
      const expected = cookies.map(({ name, value }) => [name, value.toWellFormed()]);
      assert.deepEqual(Object.entries(parseCookie(header)).sort(), expected.sort());
    }),
  );
});

test("property: the parser never throws, and gives texts", () => {
  const pieces = array(
    oneof(constantFrom("=", ";", " ", "%", '"', "__proto__", "%zz", ",", "\t"), string({ unit: "binary" })),
  );
  check(
    property(pieces, (texts) => {
      return Object.values(parseCookie(texts.join(""))).every((value) => typeof value === "string");
    }),
  );
});
