import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Conn, type Download, type SendDownloadOptions, sendDownload } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "anqa-send-download-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "plan ä.html");
writeFileSync(path, "<p>plan</p>");

const downloading = (download: Download, options?: SendDownloadOptions) => (conn: Conn) =>
  sendDownload(conn, download, options);

test("a file under its own name, never to be taken for a page", async (context) => {
  const server = await serve(context, downloading({ file: pathToFileURL(path) }));
  const response = await fetch(server.url, { headers: { range: "bytes=0-2" } });
  assert.equal(response.status, 206);
  assert.equal(await response.text(), "<p>");
  assert.equal(
    response.headers.get("content-disposition"),
    `attachment; filename="plan _.html"; filename*=UTF-8''plan%20%C3%A4.html`,
  );
  assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
});

test("a file under a name that a visitor chose, which also gives it its type", async (context) => {
  const server = await serve(context, downloading({ file: path }, { filename: "photo.png", disposition: "inline" }));
  const { headers } = await fetch(server.url);
  assert.equal(headers.get("content-disposition"), 'inline; filename="photo.png"');
  assert.equal(headers.get("content-type"), "image/png");
});

test("data under the name that it is given", async (context) => {
  const data = { csv: "a,b\r\n1,2", bytes: new Uint8Array([1, 2, 3]) };
  const server = await serve(context, (conn) => {
    return conn.path === "/csv"
      ? sendDownload(conn, { data: data.csv, filename: "orders.csv" })
      : sendDownload(conn, { data: data.bytes, filename: "x" }, { offset: 1, length: 1, contentType: "image/x-own" });
  });
  const csv = await fetch(`${server.url}/csv`);
  assert.equal(await csv.text(), data.csv);
  assert.equal(csv.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(csv.headers.get("content-disposition"), 'attachment; filename="orders.csv"');
  const bytes = await fetch(server.url);
  assert.deepEqual([...new Uint8Array(await bytes.arrayBuffer())], [2]);
  assert.equal(bytes.headers.get("content-type"), "image/x-own");
});

test("a file that is not there is 404, also below a root", async (context) => {
  const missing = await serve(context, downloading({ file: join(folder, "none") }));
  assert.equal((await fetch(missing.url)).status, 404);
  const outside = await serve(context, downloading({ file: "../x" }, { root: folder }));
  assert.equal((await fetch(outside.url)).status, 404);
});

test("hostile: a name with line breaks, quotes and folders ends up as a name", async (context) => {
  const server = await serve(context, (conn) =>
    sendDownload(conn, { file: path }, { filename: decodeURIComponent(conn.queryString) }),
  );
  const name = '../a"; x="\r\nset-cookie: evil=1\r\n\r\n<script>.exe\0.txt';
  const response = await fetch(`${server.url}/?${encodeURIComponent(name)}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("set-cookie"), null);
  const [simple = "", full = ""] = (response.headers.get("content-disposition") ?? "").split("; filename*=UTF-8''");
  assert.equal(simple, 'attachment; filename=".._a_; x=___set-cookie_ evil=1____<script>.exe_.txt"');
  assert.equal(decodeURIComponent(full), '.._a"; x="__set-cookie_ evil=1____<script>.exe_.txt');
  assert.equal(await response.text(), "<p>plan</p>");
});

test("hostile: a content type with a line break is refused", async (context) => {
  const server = await serve(
    context,
    downloading({ data: "x", filename: "x" }, { contentType: "text/plain\r\nx-evil: 1" }),
  );
  const response = await fetch(server.url);
  assert.equal(response.status, 500);
  assert.equal(response.headers.get("x-evil"), null);
});
