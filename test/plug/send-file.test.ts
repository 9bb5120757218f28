import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Conn, compilePipeline, HttpError, head, type SendFileOptions, sendFile } from "../../src/plug/index.ts";
import { exchange, serve, standstill } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "anqa-send-file-"));
after(() => rmSync(folder, { recursive: true }));

const alphabet = "abcdefghijklmnopqrstuvwxyz";
const modified = new Date("2026-03-04T05:06:07.890Z");
const bigSize = 300_000;

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, modified, modified);
  return path;
}

const text = write("letters.txt", alphabet);
const big = write("big.bin", Buffer.alloc(bigSize, "0123456789"));
mkdirSync(join(folder, "root/sub"), { recursive: true });
write("root/inside.txt", "inside");
write("root/sub/deep.txt", "deep");
write("root/.env", "SECRET=1");
write("rootless.txt", "beside the root");

const serving = (path: string | URL, options?: SendFileOptions) => (conn: Conn) => sendFile(conn, path, options);

test("a file with its type, length, etag and date", async (context) => {
  const server = await serve(context, serving(text));
  const response = await fetch(server.url);
  assert.equal(response.status, 200);
  assert.equal(await response.text(), alphabet);
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(response.headers.get("content-length"), "26");
  assert.equal(response.headers.get("last-modified"), "Wed, 04 Mar 2026 05:06:07 GMT");
  assert.equal(response.headers.get("accept-ranges"), "bytes");
  assert.match(response.headers.get("etag") ?? "", /^"[\w-]+"$/);
});

test("a large file leaves piece by piece, with its length", async (context) => {
  const server = await serve(context, serving(pathToFileURL(big)));
  const response = await fetch(server.url);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.equal(response.headers.get("content-length"), String(bigSize));
  assert.equal(await response.text(), "0123456789".repeat(bigSize / 10));
});

test("what was set before stays", async (context) => {
  const server = await serve(context, (conn) => {
    conn.mergeHeaders({ "content-type": "text/x-letters", etag: '"mine"', "cache-control": "public" }).putStatus(203);
    return sendFile(conn, text);
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 203);
  assert.equal(response.headers.get("content-type"), "text/x-letters");
  assert.equal(response.headers.get("etag"), '"mine"');
  assert.equal(response.headers.get("cache-control"), "public");
});

test("an empty file", async (context) => {
  const server = await serve(context, serving(write("empty.css", "")));
  const response = await fetch(server.url);
  assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(response.headers.get("content-length"), "0");
  assert.equal(await response.text(), "");
});

test("HEAD has the head of GET, of small files and of large ones", async (context) => {
  const server = await serve(
    context,
    compilePipeline([head(), (conn) => sendFile(conn, conn.path === "/big" ? big : text)]),
  );
  for (const path of ["/small", "/big"]) {
    const [got, asked] = await Promise.all([fetch(server.url + path), fetch(server.url + path, { method: "HEAD" })]);
    await got.arrayBuffer();
    const relevant = (response: Response) =>
      Array.from(response.headers).filter(([name]) => !/^(?:date|connection|keep-alive)$/.test(name));
    assert.deepEqual(relevant(asked), relevant(got));
    assert.equal(await asked.text(), "");
  }
});

test("a part of a file, by offset and length", async (context) => {
  const server = await serve(context, (conn) => {
    const { offset, length } = conn.queryParams;
    const number = (param: unknown) => (param === undefined ? undefined : Number(param));
    const options = { offset: number(offset), length: number(length) };
    return sendFile(conn, text, JSON.parse(JSON.stringify(options)) as SendFileOptions);
  });
  const ask = async (query: string, headers = {}) => {
    const response = await fetch(`${server.url}/?${query}`, { headers });
    return [response.status, await response.text(), response.headers.get("content-range")];
  };
  assert.deepEqual(await ask("offset=23"), [200, "xyz", null]);
  assert.deepEqual(await ask("length=3"), [200, "abc", null]);
  assert.deepEqual(await ask("offset=1&length=2"), [200, "bc", null]);
  assert.deepEqual(await ask("offset=25&length=99"), [200, "z", null]);
  assert.deepEqual(await ask("offset=99"), [200, "", null]);
  assert.deepEqual(await ask("offset=10&length=5", { range: "bytes=1-2" }), [206, "lm", "bytes 1-2/5"]);
  const [whole, part] = await Promise.all(["", "offset=1"].map((query) => fetch(`${server.url}/?${query}`)));
  assert.notEqual(whole?.headers.get("etag"), part?.headers.get("etag"));
  for (const query of ["offset=-1", "offset=1.5", "length=-1"]) assert.equal((await ask(query))[0], 500);
});

async function ask(url: string, headers: Record<string, string>): Promise<[number, string, string | null]> {
  const response = await fetch(url, { headers });
  return [response.status, await response.text(), response.headers.get("content-range")];
}

test("a range of a file", async (context) => {
  const server = await serve(context, (conn) => sendFile(conn, conn.path === "/big" ? big : text));
  assert.deepEqual(await ask(server.url, { range: "bytes=0-0" }), [206, "a", "bytes 0-0/26"]);
  assert.deepEqual(await ask(server.url, { range: "bytes=24-" }), [206, "yz", "bytes 24-25/26"]);
  assert.deepEqual(await ask(server.url, { range: "bytes=-2" }), [206, "yz", "bytes 24-25/26"]);
  assert.deepEqual(await ask(server.url, { range: "bytes=20-999" }), [206, "uvwxyz", "bytes 20-25/26"]);
  const [status, body, range] = await ask(`${server.url}/big`, { range: "bytes=100000-299999" });
  assert.deepEqual([status, body.length, body.slice(0, 3), range], [206, 200_000, "012", "bytes 100000-299999/300000"]);
});

test("a range outside of the file is 416, and says how long that is", async (context) => {
  const server = await serve(context, serving(text));
  assert.deepEqual((await ask(server.url, { range: "bytes=26-" })).toSpliced(1, 1), [416, "bytes */26"]);
  assert.ok(server.errors[0] instanceof HttpError);
});

test("hostile: ranges that are many, overlap, or are none get the whole file, once", async (context) => {
  const server = await serve(context, serving(text));
  const ranges = [
    "bytes=0-0,2-2",
    "bytes=0-25,0-25,0-25",
    `bytes=${Array.from({ length: 1_000 }, () => "0-").join(",")}`,
    "bytes=5-2",
    "bytes=--5",
    "bytes=-",
    "lines=1-2",
    "bytes=0-99999999999999999999",
  ];
  for (const range of ranges)
    assert.deepEqual(await ask(server.url, { range }), [200, alphabet, null], range.slice(0, 30));
});

test("a range is for GET alone", async (context) => {
  const server = await serve(context, serving(text));
  const post = await fetch(server.url, { method: "POST", headers: { range: "bytes=0-1" } });
  assert.deepEqual([post.status, await post.text()], [200, alphabet]);
});

test("who has the present version is told so", async (context) => {
  const server = await serve(context, serving(text));
  const { headers } = await fetch(server.url);
  const etag = headers.get("etag") as string;
  const date = headers.get("last-modified") as string;
  const fresh: Record<string, string>[] = [
    { "if-none-match": etag },
    { "if-none-match": `W/${etag}` },
    { "if-none-match": `"other", ${etag}` },
    { "if-none-match": "*" },
    { "if-modified-since": date },
    { "if-modified-since": "Thu, 05 Mar 2026 00:00:00 GMT" },
    { "if-none-match": etag, "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" },
  ];
  for (const condition of fresh) {
    const response = await fetch(server.url, { headers: condition });
    assert.deepEqual([response.status, await response.text()], [304, ""], JSON.stringify(condition));
    assert.equal(response.headers.get("etag"), etag);
    assert.equal(response.headers.get("content-length"), null);
  }
  const stale: Record<string, string>[] = [
    { "if-none-match": '"other"' },
    { "if-none-match": etag.slice(1, -1) },
    { "if-none-match": '"other"', "if-modified-since": date },
    { "if-modified-since": "Wed, 04 Mar 2026 05:06:06 GMT" },
    { "if-modified-since": "1" },
    { "if-modified-since": "yesterday" },
  ];
  for (const condition of stale) assert.equal((await ask(server.url, condition))[0], 200, JSON.stringify(condition));
});

test("a request that is meant for another version is 412", async (context) => {
  const server = await serve(context, serving(text));
  const etag = (await fetch(server.url)).headers.get("etag") as string;
  const conditions: [Record<string, string>, number][] = [
    [{ "if-match": etag }, 200],
    [{ "if-match": "*" }, 200],
    [{ "if-match": `W/${etag}` }, 412],
    [{ "if-match": '"other"' }, 412],
    [{ "if-unmodified-since": "Wed, 04 Mar 2026 05:06:07 GMT" }, 200],
    [{ "if-unmodified-since": "Wed, 04 Mar 2026 05:06:06 GMT" }, 412],
    [{ "if-match": etag, "if-unmodified-since": "Wed, 04 Mar 2026 05:06:06 GMT" }, 200],
  ];
  for (const [headers, status] of conditions)
    assert.equal((await ask(server.url, headers))[0], status, JSON.stringify(headers));
});

test("a range of another version is the whole file", async (context) => {
  const server = await serve(context, serving(text));
  const etag = (await fetch(server.url)).headers.get("etag") as string;
  const conditions: [string, number][] = [
    [etag, 206],
    [`W/${etag}`, 200],
    ['"other"', 200],
    ["Wed, 04 Mar 2026 05:06:07 GMT", 206],
    ["Thu, 05 Mar 2026 05:06:07 GMT", 200],
    ["nonsense", 200],
  ];
  for (const [condition, status] of conditions) {
    assert.equal((await ask(server.url, { range: "bytes=0-1", "if-range": condition }))[0], status, condition);
  }
});

test("what is no file is 404: nothing, a folder, a pipe, a path through a file, a name too long, a NUL", async (context) => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const paths = [join(folder, "none"), folder, pipe, join(text, "x"), join(folder, "x".repeat(5_000)), `${text}\0`];
  const server = await serve(context, (conn) => sendFile(conn, paths[Number(conn.path.slice(1))] as string));
  for (const index of paths.keys()) assert.equal((await fetch(`${server.url}/${index}`)).status, 404, String(index));
});

test("below a root a path is found, also through links and with odd slashes", async (context) => {
  symlinkSync(join(folder, "rootless.txt"), join(folder, "root/link.txt"));
  const server = await serve(context, (conn) =>
    sendFile(conn, decodeURIComponent(conn.queryString), { root: pathToFileURL(join(folder, "root")) }),
  );
  const found: Record<string, string> = {
    "inside.txt": "inside",
    "sub/deep.txt": "deep",
    "sub//deep.txt": "deep",
    "link.txt": "beside the root",
  };
  for (const [path, content] of Object.entries(found)) {
    assert.deepEqual(await ask(`${server.url}/?${encodeURIComponent(path)}`, {}), [200, content, null], path);
  }
});

test("hostile: below a root no path leads out of it, nor to a hidden name", async (context) => {
  const root = join(folder, "root");
  const server = await serve(context, (conn) => sendFile(conn, decodeURIComponent(conn.queryString), { root }));
  const paths = [
    "../letters.txt",
    "..\\letters.txt",
    "sub/../../letters.txt",
    "sub/../inside.txt",
    "./inside.txt",
    "/etc/passwd",
    text,
    "../rootless.txt",
    `${root}less.txt`,
    "../root/inside.txt",
    ".env",
    "sub/.env",
    "",
    "/",
    ".",
    "..",
    "inside.txt/",
    "inside.txt\0.png",
    "%2e%2e/letters.txt",
    "..%2fletters.txt",
    "....//letters.txt",
    "file:///etc/passwd",
  ];
  for (const path of paths) {
    assert.equal((await fetch(`${server.url}/?${encodeURIComponent(path)}`)).status, 404, path);
  }
});

test("hostile: a file that becomes shorter while it is sent cuts the connection", async (context) => {
  const size = 20_000_000;
  const shrinking = write("shrinking.bin", Buffer.alloc(size));
  const server = await serve(context, serving(shrinking));
  const handled = server.handled();
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  response.pause();
  await standstill(() => response.socket.bytesRead);
  truncateSync(shrinking, 0);
  response.resume();
  const [error] = await once(response, "error");
  await handled;
  assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.match(String(server.errors), /ended \d+ bytes early/);
});

test("a client that goes away lets the file be closed", async (context) => {
  const large = write("large.bin", Buffer.alloc(20_000_000));
  const server = await serve(context, serving(large));
  const handled = server.handled();
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  response.on("error", () => {}).pause();
  await standstill(() => response.socket.bytesRead);
  response.destroy();
  // The file is closed before `sendFile` is done; one that is left open is reported by Node as a leak.
  await handled;
  assert.deepEqual(server.errors, []);
});

test("a file and the next answer share a connection", async (context) => {
  const server = await serve(context, serving(big));
  const answer = await exchange(
    server.port,
    "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  );
  assert.match(answer, /^HTTP\/1\.1 206 [\s\S]*\r\n\r\n01HTTP\/1\.1 200 /);
});
