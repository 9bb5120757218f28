import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type Conn,
  compilePipeline,
  type ParamValue,
  type ParseBodyOptions,
  parseBody,
  Upload,
} from "../../src/plug/index.ts";
import {
  boundary,
  field,
  file,
  multipart,
  multipartType,
  type Part,
  postMultipart,
  temporaryDirectory,
} from "./multipart-bodies.ts";
import { serve, type TestServer } from "./server.ts";

/** Answers with what was read; uploads with their content. */
function answer(conn: Conn): void {
  conn.send(200, JSON.stringify(conn.bodyParams === undefined ? "unread" : described(conn.bodyParams)));
}

function described(value: ParamValue): unknown {
  if (Array.isArray(value)) return value.map(described);
  if (value instanceof Upload) {
    const { filename, contentType, size, path } = value;
    return { filename, contentType, size, content: readFileSync(path, "latin1") };
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, described(item)]));
}

function start(context: TestContext, { uploads, ...options }: ParseBodyOptions = {}): Promise<TestServer> {
  const directory = temporaryDirectory(context);
  const plug = parseBody({ maxBytes: 100_000, ...options, uploads: uploads !== false && { directory, ...uploads } });
  return serve(context, compilePipeline([plug, answer]));
}

async function read(server: TestServer, parts: readonly Part[]): Promise<unknown> {
  const response = await postMultipart(server.url, multipart(parts));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

async function refused(server: TestServer, body: readonly Part[] | Buffer, status: number, message: RegExp) {
  const response = await postMultipart(server.url, Buffer.isBuffer(body) ? body : multipart(body));
  assert.match(await response.text(), message);
  assert.equal(response.status, status);
}

test("fields and files, in their order", async (context) => {
  const server = await start(context);
  const params = await read(server, [
    field("title", "Holidays"),
    file("photo", "a.png", Buffer.from([0x89, 0x50, 0x0d, 0x0a, 0x00]), "image/png"),
    field("text", "two\r\nlines – é"),
  ]);
  assert.deepEqual(params, {
    title: "Holidays",
    photo: { filename: "a.png", contentType: "image/png", size: 5, content: "\x89P\r\n\0" },
    text: "two\r\nlines – é",
  });
  assert.deepEqual(Object.keys(params as object), ["title", "photo", "text"]);
});

test("names nest as those of other forms, for files as well", async (context) => {
  const server = await start(context);
  const params = await read(server, [
    field("user[name]", "Ann"),
    file("user[photos][]", "1", "one"),
    file("user[photos][]", "2", "two"),
    field("tags[]", "a"),
    field("tags[]", "b"),
    field("__proto__[admin]", "1"),
    field("", "empty"),
  ]);
  const photo = (filename: string, content: string) => ({
    filename,
    contentType: "application/octet-stream",
    size: 3,
    content,
  });
  const expected = {
    user: { name: "Ann", photos: [photo("1", "one"), photo("2", "two")] },
    tags: ["a", "b"],
    "": "empty",
  };
  const { ["__proto__"]: pollution, ...others } = params as Record<string, unknown>;
  assert.deepEqual(Object.keys(params as object), ["user", "tags", "__proto__", ""]);
  assert.deepEqual(others, expected);
  assert.notEqual(pollution, undefined);
});

test("of the same name the last one wins, of another kind too", async (context) => {
  const server = await start(context);
  const first = file("a", "1", "one");
  assert.deepEqual(await read(server, [first, field("a", "2")]), { a: "2" });
  assert.deepEqual(await read(server, [first, field("a[b]", "2")]), { a: { b: "2" } });
  assert.deepEqual(await read(server, [field("a[b]", "2"), file("a[]", "3", "")]), {
    a: [{ filename: "3", contentType: "application/octet-stream", size: 0, content: "" }],
  });
});

test("parts without a name, and file inputs in which nothing was chosen, are left out", async (context) => {
  const server = await start(context);
  const params = await read(server, [
    file("photo", "", "", "application/octet-stream"),
    { head: ["Content-Disposition: form-data"], content: "nameless" },
    { head: ["Content-Type: application/json"], content: "{}" },
    { head: ['Content-Disposition: attachment; name="a"; filename="b"'], content: "attached" },
    { head: [], content: "headless" },
    { head: ['Content-Disposition: form-data; filename="a.txt"'], content: "nameless file" },
    field("a", "1"),
  ]);
  assert.deepEqual(params, { a: "1" });
});

test("an empty form, an empty field, an empty file", async (context) => {
  const server = await start(context);
  assert.deepEqual(await read(server, []), {});
  assert.deepEqual(await read(server, [field("a", "")]), { a: "" });
  assert.deepEqual(await read(server, [field("a", ""), file("b", "b.txt", "", "text/plain"), field("c", "")]), {
    a: "",
    b: { filename: "b.txt", contentType: "text/plain", size: 0, content: "" },
    c: "",
  });
});

test("a body of nothing is an empty form", async (context) => {
  const server = await start(context);
  assert.equal((await postMultipart(server.url, Buffer.alloc(0))).status, 200);
  const nothing = new ReadableStream({ start: (controller) => controller.close() });
  const options = { method: "POST", headers: { "content-type": multipartType }, body: nothing, duplex: "half" };
  assert.deepEqual(await (await fetch(server.url, options as RequestInit)).json(), {});
});

test("what stands before the first boundary and after the last one is ignored", async (context) => {
  const server = await start(context);
  const body = Buffer.concat([Buffer.from("before\r\n"), multipart([field("a", "1")]), Buffer.from("after\r\n--")]);
  assert.deepEqual(await (await postMultipart(server.url, body)).json(), { a: "1" });
});

test("multipart/mixed is read as well, as Plug does", async (context) => {
  const server = await start(context);
  const body = multipart([field("a", "1"), { head: [], content: "unnamed" }]);
  const response = await postMultipart(server.url, body, `Multipart/Mixed; boundary="${boundary}"`);
  assert.deepEqual(await response.json(), { a: "1" });
});

test("content that looks like a boundary, and one that is cut anywhere, byte by byte", async (context) => {
  const server = await start(context);
  const content = `\r\n--${boundary.slice(0, -1)}\r\n-\r\r\n--\r\n\r\n`;
  const body = multipart([field("a", content), file("b", "b", content), field("c", "3")]);
  const bytes = new ReadableStream({
    start(controller) {
      for (const byte of body) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  const options = { method: "POST", headers: { "content-type": multipartType }, body: bytes, duplex: "half" };
  assert.deepEqual(await (await fetch(server.url, options as RequestInit)).json(), {
    a: content,
    b: { filename: "b", contentType: "application/octet-stream", size: content.length, content },
    c: "3",
  });
});

test("the content type of a file stays as it was sent", async (context) => {
  const server = await start(context);
  const params = (await read(server, [file("a", "a", "", 'Text/Plain;  Charset="ISO-8859-1"')])) as Record<
    string,
    object
  >;
  assert.deepEqual(params.a, { filename: "a", contentType: 'Text/Plain;  Charset="ISO-8859-1"', size: 0, content: "" });
});

test("a file lies where only the server's user can read it, under a name that nobody can guess", async (context) => {
  const directory = temporaryDirectory(context);
  const paths: string[] = [];
  const look = ({ bodyParams }: Conn) => {
    const { a } = bodyParams ?? {};
    assert.ok(a instanceof Upload);
    const { path } = a;
    paths.push(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
    assert.equal(dirname(dirname(path)), directory);
  };
  const server = await serve(context, compilePipeline([parseBody({ uploads: { directory } }), look]));
  for (const filename of ["a.txt", "../../etc/passwd"]) {
    assert.equal(await (await postMultipart(server.url, multipart([file("a", filename, "x")]))).text(), "ok");
  }
  const [first = "", second = ""] = paths;
  assert.notEqual(first, second);
  assert.match(first, /\/[\w-]{22}$/);
});

test("uploads can be refused altogether", async (context) => {
  const body = multipart([field("a", "1")]);
  assert.equal(await (await postMultipart((await start(context, { uploads: false })).url, body)).json(), "unread");
  const strict = await start(context, { uploads: false, pass: ["text/*"] });
  assert.equal((await postMultipart(strict.url, body)).status, 415);
});

test("the whole form has a limit of its own", async (context) => {
  const server = await start(context, { maxBytes: 500, uploads: { maxBytes: 2_000 } });
  assert.deepEqual(Object.keys((await read(server, [file("a", "a", "x".repeat(1_500))])) as object), ["a"]);
  await refused(server, [file("a", "a", "x".repeat(2_000))], 413, /larger than 2000 bytes/);
});

test("fields that are no files stay below the limit of other bodies, all together", async (context) => {
  const server = await start(context, { maxBytes: 500, uploads: { maxBytes: 2_000 } });
  await read(server, [field("a", "x".repeat(250)), field("b", "x".repeat(250))]);
  await refused(
    server,
    [field("a", "x".repeat(250)), field("b", "x".repeat(251))],
    413,
    /without its files, are larger than 500/,
  );
  await refused(server, [field("a", "x".repeat(501))], 413, /larger than 500/);
});

test("a file has a limit, if it is given one", async (context) => {
  const server = await start(context, { uploads: { maxFileBytes: 1_000 } });
  await read(server, [file("a", "a", "x".repeat(1_000)), file("b", "b", "x".repeat(1_000))]);
  await refused(server, [file("a", "a.png", "x".repeat(1_001))], 413, /a file is larger than 1000 bytes.*maxFileBytes/);
  await refused(server, [file("a", "a", "x".repeat(90_000)), field("b", "1")], 413, /larger than 1000 bytes/);
});

test("files and parts are counted", async (context) => {
  const server = await start(context, { maxFields: 4, uploads: { maxFiles: 2 } });
  const files = (count: number) => Array.from({ length: count }, (_, index) => file(`f${index}`, "f", "x"));
  const fields = (count: number) => Array.from({ length: count }, (_, index) => field(`a${index}`, "x"));
  await read(server, [...files(2), ...fields(2)]);
  await refused(server, files(3), 413, /more than 2 files/);
  await refused(server, fields(5), 413, /more than 4 parts/);
  await refused(server, [...files(2), ...fields(3)], 413, /more than 4 parts/);
});

test("nesting is limited as that of other forms", async (context) => {
  const server = await start(context, { maxDepth: 3 });
  await read(server, [field("a[b][c]", "1")]);
  await refused(server, [field("a[b][c][d]", "1")], 400, /deeper than 3/);
});

test("a text that is not UTF-8, or has a null character, is refused", async (context) => {
  const server = await start(context);
  await refused(server, [field("a", Buffer.from([0xff]))], 400, /the field "a" of a multipart form is not UTF-8/);
  await refused(server, [field("a", Buffer.from([0xc0, 0xaf]))], 400, /not UTF-8/);
  await refused(server, [field("a", "x\0y")], 400, /the field "a" .* null character/);
  const latin = { head: [...field("a", "").head, "Content-Type: text/plain; charset=iso-8859-1"], content: "x" };
  await refused(server, [latin], 415, /the field "a" .* "iso-8859-1": send it as UTF-8/);
});
