/** Bodies and queries that are meant to hurt, over real sockets: each is answered with a 4xx, and the server goes on. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { type Conn, compilePipeline, type Params, parseBody, Upload } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { exchange, openSocket, readToEnd, startEndpoint } from "../endpoint/support.ts";
import {
  boundary,
  field,
  file,
  filesBelow,
  multipart,
  multipartType,
  type Part,
  request,
  until,
} from "./multipart-bodies.ts";

const directory = mkdtempSync(join(tmpdir(), "anqa-test-"));
const form = "application/x-www-form-urlencoded";
const json = "application/json";
/** What the last request that reached the action had as params. */
let seen: Params | undefined;

function action(conn: Conn): void {
  seen = conn.params;
  conn.send(200, "served");
}

const uploads = { directory, maxFileBytes: 100_000 };
const { base } = await startEndpoint({
  router: router(defineRoutes({})).scope({ through: [] }, (scope) =>
    scope
      .get("/", action)
      .post("/", compilePipeline([parseBody({ uploads }), action]))
      .post("/hasty", compilePipeline([parseBody({ uploads, bodyTimeout: 100 }), action])),
  ),
  maxBodyBytes: 2_000_000,
});

after(() => rmSync(directory, { recursive: true, force: true }));

afterEach(async () => {
  const response = await fetch(base, { method: "POST", body: new URLSearchParams({ "a[b]": "1" }) });
  assert.equal(await response.text(), "served", "the server answers the next request");
  assert.equal(({} as Record<string, unknown>).polluted, undefined, "no prototype was changed");
  await until(() => filesBelow(directory).length === 0);
});

async function post(type: string, body: string | Buffer): Promise<number> {
  const bytes = typeof body === "string" ? body : new Uint8Array(body);
  const response = await fetch(base, { method: "POST", headers: { "content-type": type }, body: bytes });
  await response.text();
  return response.status;
}

function postParts(parts: readonly Part[], type: string = multipartType): Promise<number> {
  return post(type, multipart(parts));
}

/** The status of the answer to bytes that are written as they are. */
async function write(bytes: Buffer | string): Promise<number> {
  const answer = await exchange(base, typeof bytes === "string" ? bytes : bytes.toString("latin1"));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

const many = (count: number, make: (index: number) => Part) => Array.from({ length: count }, (_, index) => make(index));

describe("multipart", () => {
  test("thousands of parts", async () => {
    assert.equal(await postParts(many(20_000, (index) => field(`f${index}`, ""))), 413);
  });

  test("thousands of parts without a name", async () => {
    assert.equal(await postParts(many(20_000, () => ({ head: [], content: "" }))), 413);
  });

  test("hundreds of files", async () => {
    assert.equal(await postParts(many(500, (index) => file(`f${index}`, "f", "x"))), 413);
  });

  test("a giant name", async () => {
    assert.equal(await postParts([field("x".repeat(5_000), "1")]), 413);
    assert.equal(await postParts([field("x".repeat(1_000_000), "1")]), 413);
  });

  test("a name that nests thousands of levels", async () => {
    assert.equal(await postParts([field(`a${"[b]".repeat(300)}`, "1")]), 400);
  });

  test("a giant header", async () => {
    const disposition = 'Content-Disposition: form-data; name="a"';
    assert.equal(await postParts([{ head: [disposition, `X-Large: ${"x".repeat(1_000_000)}`], content: "" }]), 413);
    assert.equal(await postParts([{ head: [`X-Large: ${"x".repeat(1_000_000)}`, disposition], content: "" }]), 413);
  });

  test("a header that never ends", async () => {
    const body = Buffer.concat([Buffer.from(`--${boundary}\r\nX-Large: `), Buffer.alloc(1_900_000, "x")]);
    assert.equal(await post(multipartType, body), 400);
  });

  test("thousands of header fields", async () => {
    const head = Array.from({ length: 2_000 }, (_, index) => `X${index}: 1`);
    assert.equal(await postParts([{ head: ['Content-Disposition: form-data; name="a"', ...head], content: "" }]), 413);
    assert.equal(await postParts([{ head: Array.from({ length: 500 }, () => "X:"), content: "" }]), 413);
  });

  test("no final boundary", async () => {
    assert.equal(await post(multipartType, multipart([field("a", "1")], { closed: false })), 400);
    assert.equal(await post(multipartType, multipart([file("a", "a", "x".repeat(50_000))], { closed: false })), 400);
    assert.equal(await post(multipartType, "nothing of that kind"), 400);
  });

  test("no boundary parameter", async () => {
    for (const type of ["multipart/form-data", "multipart/form-data;", "multipart/form-data; charset=utf-8"])
      assert.equal(await postParts([field("a", "1")], type), 400, type);
  });

  test("a boundary of no or of 71 and more characters", async () => {
    const boundaries = ['""', "", "x".repeat(71), "x".repeat(5_000), '" "', '"a "', '"a\\b"', '"ä"', '"a;b"', "{}"];
    for (const value of boundaries)
      assert.equal(await postParts([field("a", "1")], `multipart/form-data; boundary=${value}`), 400, value);
    assert.equal(await postParts([field("a", "1")], `multipart/form-data; boundary=${"x".repeat(70)}`), 400);
  });

  test("another multipart inside", async () => {
    const nested: Part = {
      head: ['Content-Disposition: form-data; name="a"', "Content-Type: multipart/mixed; boundary=inner"],
      content: '--inner\r\nContent-Disposition: file; filename="b"\r\n\r\nx\r\n--inner--\r\n',
    };
    assert.equal(await postParts([nested]), 400);
    assert.equal(await postParts([{ ...nested, head: ["Content-Type: Multipart/Mixed; boundary=inner"] }]), 400);
  });

  test("a size beyond the limit in the middle of a file", async () => {
    assert.equal(await postParts([file("a", "a", Buffer.alloc(150_000)), field("b", "1")]), 413);
    const chunk = Buffer.alloc(500_000);
    const body = multipart([file("a", "a", chunk)], { closed: false });
    const chunked = [body, chunk, chunk, chunk, chunk].map((bytes) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]),
    );
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${multipartType}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    assert.equal(await write(Buffer.concat([Buffer.from(head), ...chunked, Buffer.from("0\r\n\r\n")])), 413);
  });

  test("a file name that leads elsewhere", async () => {
    const names = ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\a\\b", ".."];
    for (const name of names) {
      assert.equal(await postParts([file("a", name, "x")]), 200);
      const upload = seen?.a;
      assert.ok(upload instanceof Upload && ["passwd", "boot.ini", "b", "unnamed"].includes(upload.filename), name);
    }
  });

  test("a content-length that says too much: the client waits", async () => {
    const bytes = request(multipart([file("a", "a", "x")]), { "content-length": 5_000 }).toString("latin1");
    assert.equal(await write(bytes.replace("POST / ", "POST /hasty ")), 408);
  });

  test("a content-length that says too little: the rest is no request", async () => {
    const body = multipart([file("a", "a", "x".repeat(1_000))]);
    const answer = await exchange(base, request(body, { "content-length": 500 }).toString("latin1"));
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(answer, /served/);
  });

  test("null characters and what is no UTF-8", async () => {
    const parts = [
      field("a", "x\0y"),
      field("a\0b", "x"),
      file("a", "a.php\0.png", "x"),
      field("a", Buffer.from([0xc0, 0xaf])),
      { head: [], content: "" },
    ];
    for (const part of parts.slice(0, 4)) assert.equal(await postParts([part]), 400);
    const raw = multipart([field("§", "x")]);
    raw[raw.indexOf("§")] = 0xff;
    assert.equal(await post(multipartType, raw), 400);
  });

  test("names of prototypes", async () => {
    const status = await postParts([
      field("__proto__[polluted]", "1"),
      field("constructor[prototype][polluted]", "1"),
      field("a[__proto__][polluted]", "1"),
      field("a[constructor][prototype][polluted]", "1"),
      file("b[__proto__][polluted]", "f", "x"),
    ]);
    assert.equal(status, 200);
    assertNoPrototypes(seen);
  });
});

describe("JSON", () => {
  test("100,000 arrays in each other", async () => {
    assert.equal(await post(json, "[".repeat(100_000) + "]".repeat(100_000)), 400);
    assert.equal(await post(json, "[".repeat(1_900_000)), 400);
  });

  test("100,000 objects in each other", async () => {
    assert.equal(await post(json, `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`), 400);
    assert.equal(await post(json, '[{"a":'.repeat(300_000)), 400);
  });

  test("brackets inside texts are no nesting", async () => {
    const text = '[{"'.repeat(30_000);
    assert.equal(await post(json, JSON.stringify({ a: text, b: `\\${text}\\`, c: [text] })), 200);
    assert.deepEqual({ ...seen }, { a: text, b: `\\${text}\\`, c: [text] });
  });

  test("too large a body", async () => {
    assert.equal(await post(json, `"${"x".repeat(2_000_000)}"`), 413);
  });

  test("names of prototypes", async () => {
    const evil = { polluted: true };
    const body = `{"__proto__":${JSON.stringify(evil)},"constructor":{"prototype":${JSON.stringify(evil)}},"a":[{"__proto__":{"polluted":1}}]}`;
    assert.equal(await post(json, body), 200);
    assert.deepEqual(Object.keys(seen ?? {}), ["__proto__", "constructor", "a"]);
    assertNoPrototypes(seen);
  });

  test("hundreds of thousands of keys", async () => {
    const keys = Array.from({ length: 150_000 }, (_, index) => `"${index * 65_536}":0`).join();
    assert.equal(await post(json, `{${keys}}`.slice(0, 1_999_990)), 400);
    assert.equal(await post(json, `{${keys}}`.slice(0, 1_000_000).replace(/,[^,]*$/, "}")), 200);
  });

  test("null characters, halves of characters, and other texts than UTF-8", async () => {
    for (const body of ['{"a":"x\0y"}', "\0", '{"a":1}\0']) assert.equal(await post(json, body), 400);
    for (const bytes of [
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x31, 0x00],
    ])
      assert.equal(await post(json, Buffer.from(bytes)), 400);
    assert.equal(await post(`${json}; charset=utf-16`, "{}"), 415);
  });

  test("a body that is slow, or never ends", async () => {
    const head = `POST /hasty HTTP/1.1\r\nHost: x\r\nContent-Type: ${json}\r\n`;
    assert.equal(await write(`${head}Content-Length: 100\r\n\r\n{`), 408);
    assert.equal(await write(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`), 408);
    const socket = await openSocket(base, `${head}Content-Length: 1000000\r\n\r\n`);
    socket.on("error", () => {});
    const trickle = setInterval(() => socket.write(" "), 5);
    socket.on("close", () => clearInterval(trickle));
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 408 /);
  });
});

describe("forms and queries", () => {
  test("names of prototypes", async () => {
    const evil =
      "__proto__[polluted]=1&__proto__.polluted=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1" +
      "&a[constructor][prototype][polluted]=1&__proto__=1&b[]=1&b[__proto__][polluted]=1&hasOwnProperty=1";
    assert.equal(await post(form, evil), 200);
    assertNoPrototypes(seen);
    assert.equal((await fetch(`${base}/?${evil}`)).status, 200);
    assertNoPrototypes(seen);
  });

  test("many keys, those that other languages hash alike too", async () => {
    const alike = Array.from({ length: 4_096 }, (_, index) =>
      index.toString(2).padStart(12, "0").replaceAll("0", "Aa").replaceAll("1", "BB"),
    );
    assert.equal(await post(form, alike.map((key) => `${key}=`).join("&")), 413);
    assert.equal(await post(form, Array.from({ length: 200_000 }, (_, index) => index).join("&")), 413);
  });

  test("a million ampersands", async () => {
    assert.equal(await post(form, "&".repeat(1_000_000)), 413);
    assert.ok([414, 431].includes(await write(`GET /?${"&".repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)));
    assert.equal((await fetch(`${base}/?${"&".repeat(5_000)}`)).status, 400);
  });

  test("a key that nests thousands of levels", async () => {
    assert.equal(await post(form, `a${"[]".repeat(500_000)}=1`), 400);
    assert.equal(await post(form, `a${"[b]".repeat(500_000)}=1`), 400);
    assert.equal(await post(form, "[".repeat(1_900_000)), 200);
    assert.equal(await post(form, `${"[".repeat(1_900_000)}]`), 200);
    assert.equal((await fetch(`${base}/?a${"[b]".repeat(1_000)}=1`)).status, 400);
  });

  test("percent-encoding that is none", async () => {
    for (const text of ["%", "a=%", "%zz", "a=%f", "a=%%41", "a=%u0041"]) {
      assert.equal(await post(form, text), 400, text);
      assert.equal(await write(`GET /?${text} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), 400, text);
    }
  });

  test("UTF-8 that is longer than needed, cut off, or half a character", async () => {
    for (const text of ["%C0%AF", "%C1%81", "%E0%80%AF", "%F0%80%80%AF", "%C3", "%ED%A0%80", "%F4%90%80%80", "%FF"]) {
      assert.equal(await post(form, `a=${text}`), 400, text);
      assert.equal(await post(form, `${text}=a`), 400, text);
      assert.equal((await fetch(`${base}/?a=${text}`)).status, 400, text);
      assert.equal(await post(form, Buffer.from(text.replaceAll("%", ""), "hex")), 400, text);
    }
  });

  test("null characters", async () => {
    for (const text of ["a=%00", "a%00b=1", "a[%00]=1"]) {
      assert.equal(await post(form, text), 400, text);
      assert.equal((await fetch(`${base}/?${text}`)).status, 400, text);
    }
    assert.equal(await post(form, "a=\0"), 400);
  });

  test("too large a body, announced and not", async () => {
    assert.equal(await post(form, `a=${"x".repeat(2_000_000)}`), 413);
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${form}\r\n`;
    assert.equal(await write(`${head}Content-Length: 99999999999\r\n\r\n`), 413);
    const chunk = `7a120\r\n${"x".repeat(500_000)}\r\n`;
    assert.equal(await write(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`), 413);
  });

  test("a content-length that is none", async () => {
    for (const length of ["-1", "1e3", "0x10", "1, 2", "", " ", "99999999999999999999999"]) {
      const status = await write(
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: ${length}\r\n\r\na=1`,
      );
      assert.ok(status === 400 || status === 413, `${JSON.stringify(length)}: ${status}`);
    }
  });
});

/** Every object within has no prototype, so that names of prototypes are only keys. */
function assertNoPrototypes(value: unknown): void {
  if (Array.isArray(value)) value.forEach(assertNoPrototypes);
  else if (typeof value === "object" && value !== null && !(value instanceof Upload)) {
    assert.equal(Object.getPrototypeOf(value), null);
    Object.values(value).forEach(assertNoPrototypes);
  }
}
