import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { describe, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type ClientScriptName, clientScriptPath } from "../../src/endpoint/index.ts";
import { answer, routerOf, startEndpoint } from "./support.ts";

interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Unlike fetch, leaves the encoding of the body as it is. */
function getRaw(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode as number, headers: response.headers, body: Buffer.concat(chunks) });
      });
    }).on("error", reject);
  });
}

const names: readonly ClientScriptName[] = ["phoenix", "phoenix_live_view", "boot"];

describe("a client script", () => {
  test("has a path that names its content", () => {
    for (const name of names) {
      assert.match(clientScriptPath(name), new RegExp(`^/anqa/${name}-[0-9a-f]{16}\\.js$`));
      assert.equal(clientScriptPath(name), clientScriptPath(name));
    }
  });

  test("is served for good, as a script and nothing else", async () => {
    const { base } = await startEndpoint();
    for (const name of names) {
      const { status, headers } = await getRaw(base + clientScriptPath(name));
      assert.equal(status, 200);
      assert.equal(headers["content-type"], "text/javascript; charset=utf-8");
      assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers.vary, "accept-encoding");
    }
  });

  test("is the file of the npm package, unchanged", async () => {
    const { base } = await startEndpoint();
    const served = await getRaw(base + clientScriptPath("phoenix_live_view"));
    const folder = new URL("../../node_modules/phoenix_live_view/priv/static/", import.meta.url);
    assert.deepEqual(served.body, readFileSync(new URL("phoenix_live_view.min.js", folder)));
  });

  test("is compressed as well as the browser understands", async () => {
    const { base } = await startEndpoint();
    const url = base + clientScriptPath("phoenix");
    const plain = await getRaw(url);
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.headers["content-length"], String(plain.body.length));

    const brotli = await getRaw(url, { "accept-encoding": "gzip, deflate, br;q=0.8, zstd" });
    assert.equal(brotli.headers["content-encoding"], "br");
    assert.deepEqual(brotliDecompressSync(brotli.body), plain.body);

    const gzip = await getRaw(url, { "accept-encoding": "GZIP, br; q=0" });
    assert.equal(gzip.headers["content-encoding"], "gzip");
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    assert.deepEqual((await getRaw(url, { "accept-encoding": "gzip" })).body, gzip.body);

    assert.ok(brotli.body.length < gzip.body.length && gzip.body.length < plain.body.length);
  });

  test("is not sent again to a browser that has it", async () => {
    const { base } = await startEndpoint();
    const url = base + clientScriptPath("boot");
    const first = await getRaw(url, { "accept-encoding": "br" });
    const etag = String(first.headers.etag);
    const second = await getRaw(url, { "accept-encoding": "br", "if-none-match": etag });
    assert.equal(second.status, 304);
    assert.equal(second.body.length, 0);
    assert.equal(second.headers.etag, etag);
    assert.notEqual((await getRaw(url)).headers.etag, etag, "each encoding is a representation of its own");
    assert.equal((await getRaw(url, { "if-none-match": '"other"' })).status, 200);
  });

  test("can be asked for its head, and nothing but read", async () => {
    const { base } = await startEndpoint();
    const url = base + clientScriptPath("boot");
    const head = await fetch(url, { method: "HEAD", headers: { "accept-encoding": "identity" } });
    assert.ok(Number(head.headers.get("content-length")) > 1000);
    assert.equal(await head.text(), "");
    const post = await fetch(url, { method: "POST" });
    assert.equal(post.status, 405);
    assert.equal(post.headers.get("allow"), "GET, HEAD");
  });

  test("of another version is a 404, and the path never reaches the router", async () => {
    const { base } = await startEndpoint({ router: routerOf({ "/anqa/*rest": answer("router") }) });
    for (const path of ["/anqa/phoenix-0000000000000000.js", "/anqa/", "/anqa/boot.js", "/anqa/../package.json"]) {
      assert.equal((await getRaw(base + path)).status, 404, path);
    }
  });
});
