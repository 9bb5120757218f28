import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { type StaticFiles, serveStatic } from "../../src/plug/index.ts";
import { serve } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "anqa-serve-static-"));
const files = join(folder, "files");
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(files, "fonts"), { recursive: true });
mkdirSync(join(folder, "elsewhere"));
for (const [name, content] of Object.entries({
  "app.css": "plain",
  "app.css.br": "as br",
  "app.css.gz": "as gzip",
  "only-gzip.js": "plain",
  "only-gzip.js.gz": "as gzip",
  "app-1f0c9a7b3d5e8642.css": "digested",
  "app.1f0c9a7b3d5e86421f0c9a7b3d5e8642.js": "digested",
  "report-20261121.pdf": "of a day",
  "fonts/a.woff2": "font",
  "favicon.ico": "icon",
  "private.txt": "private",
  "no-extension": "bytes",
  "page.html": "<p>",
  "data.json": "{}",
  "empty.txt": "",
})) {
  writeFileSync(join(files, name), content);
}
writeFileSync(join(folder, "elsewhere/linked.txt"), "linked");
symlinkSync(join(folder, "elsewhere"), join(files, "linked"));
symlinkSync("app.css", join(files, "alias.css"));
symlinkSync(files, join(files, "circle"));

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Serves the files at `/` of a fresh server, and asks it. Unlike fetch, it leaves the coding of bodies alone. */
async function start(
  test: TestContext,
  options: Partial<StaticFiles> = {},
  environment: "production" | "test" = "production",
) {
  const server = await serve(test, serveStatic({ at: "/files", from: files, ...options }), { environment });
  return (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<Answer>((resolve, reject) => {
      const request = get(`${server.url}/files/${path}`, { headers, method }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
      });
      request.on("error", reject);
    });
}

describe("serveStatic", () => {
  test("answers for files, and lets other requests go on", async (t) => {
    const ask = await start(t);
    assert.deepEqual([(await ask("page.html")).status, (await ask("page.html")).body], [200, "<p>"]);
    assert.equal((await ask("none.html")).body, "ok");
    assert.equal((await ask("fonts")).body, "ok");
    assert.equal((await ask("page.html", {}, "DELETE")).body, "ok");
    assert.equal((await ask("empty.txt")).headers["content-length"], "0");
  });

  test("names the type, and the charset of texts", async (t) => {
    const ask = await start(t);
    const types = await Promise.all(
      ["page.html", "data.json", "fonts/a.woff2", "favicon.ico", "no-extension"].map(async (path) => {
        const { headers } = await ask(path);
        assert.equal(headers["x-content-type-options"], "nosniff");
        return headers["content-type"];
      }),
    );
    assert.deepEqual(types, [
      "text/html; charset=utf-8",
      "application/json; charset=utf-8",
      "font/woff2",
      "image/vnd.microsoft.icon",
      "application/octet-stream",
    ]);
  });

  test("tells clients that they have the present version, by etag or date", async (t) => {
    const ask = await start(t);
    const { headers } = await ask("page.html");
    const etag = headers.etag as string;
    for (const given of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await ask("page.html", { "if-none-match": given });
      assert.deepEqual([again.status, again.body], [304, ""], given);
      assert.deepEqual([again.headers.etag, again.headers["cache-control"]], [etag, headers["cache-control"]]);
    }
    assert.equal((await ask("page.html", { "if-none-match": '"other"' })).status, 200);
    const date = headers["last-modified"] as string;
    assert.equal((await ask("page.html", { "if-modified-since": date })).status, 304);
    assert.equal((await ask("page.html", { "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" })).status, 200);
    assert.equal((await ask("page.html", { "if-match": '"other"' })).status, 412);
  });

  test("notices that a file has changed, also where files were listed before", async (t) => {
    const path = join(files, "changing.txt");
    writeFileSync(path, "one");
    after(() => unlinkSync(path));
    const ask = await start(t);
    const { etag } = (await ask("changing.txt")).headers;
    writeFileSync(path, "another");
    utimesSync(path, 1, 1);
    const again = await ask("changing.txt", { "if-none-match": etag as string });
    assert.deepEqual([again.status, again.body], [200, "another"]);
  });

  test("sends parts, if they are of the present version", async (t) => {
    const ask = await start(t);
    const { etag } = (await ask("private.txt")).headers as { etag: string };
    const part = await ask("private.txt", { range: "bytes=0-2", "if-range": etag });
    assert.deepEqual([part.status, part.body, part.headers["content-range"]], [206, "pri", "bytes 0-2/7"]);
    assert.equal((await ask("private.txt", { range: "bytes=0-2", "if-range": '"other"' })).body, "private");
    assert.equal((await ask("private.txt", { range: "bytes=-4" })).body, "vate");
    assert.equal((await ask("private.txt", { range: "bytes=7-" })).status, 416);
    for (const range of ["bytes=4-2", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=--1"]) {
      assert.equal((await ask("private.txt", { range })).body, "private", range);
    }
  });

  test("sends what was compressed beforehand to clients that take it", async (t) => {
    const ask = await start(t);
    for (const [accepted, coding, body] of [
      ["gzip, deflate, br, zstd", "br", "as br"],
      ["gzip", "gzip", "as gzip"],
      ["br;q=0.5, gzip;q=0.9", "gzip", "as gzip"],
      ["br;q=0, *", "gzip", "as gzip"],
      ["*", "br", "as br"],
      ["br;q=0", undefined, "plain"],
      ["identity", undefined, "plain"],
      ["", undefined, "plain"],
    ] as const) {
      const answer = await ask("app.css", { "accept-encoding": accepted });
      assert.deepEqual([answer.headers["content-encoding"], answer.body], [coding, body], accepted);
      assert.equal(answer.headers["content-type"], "text/css; charset=utf-8");
      assert.equal(answer.headers.vary, "accept-encoding");
    }
    assert.equal((await ask("only-gzip.js", { "accept-encoding": "br, gzip" })).body, "as gzip");
    const { headers } = await ask("page.html", { "accept-encoding": "br, gzip" });
    assert.deepEqual([headers.vary, headers["content-encoding"]], [undefined, undefined]);
  });

  test("gives each coding an etag of its own", async (t) => {
    const ask = await start(t);
    const [plain, br] = await Promise.all([ask("app.css"), ask("app.css", { "accept-encoding": "br" })]);
    assert.notEqual(plain.headers.etag, br.headers.etag);
    const again = await ask("app.css", { "accept-encoding": "br", "if-none-match": br.headers.etag as string });
    assert.deepEqual([again.status, again.headers.vary], [304, "accept-encoding"]);
  });

  test("can be told not to look for compressed files, or to look in development as well", async (t) => {
    const headers = { "accept-encoding": "br, gzip" };
    const without = await start(t, { brotli: false });
    assert.equal((await without("app.css", headers)).body, "as gzip");
    const usual = await start(t, {}, "test");
    assert.equal((await usual("app.css", headers)).body, "plain");
    const also = await start(t, { brotli: true, gzip: true }, "test");
    assert.equal((await also("app.css", headers)).body, "as br");
  });

  test("lets browsers keep for good what changes its name with its content", async (t) => {
    const ask = await start(t);
    const policy = async (path: string) => (await ask(path)).headers["cache-control"];
    for (const path of ["app-1f0c9a7b3d5e8642.css", "app.1f0c9a7b3d5e86421f0c9a7b3d5e8642.js", "app.css?vsn=d"]) {
      assert.equal(await policy(path), "public, max-age=31536000, immutable", path);
    }
    for (const path of ["app.css", "report-20261121.pdf", "app.css?vsn=e"]) {
      assert.equal(await policy(path), "public, max-age=0, must-revalidate", path);
    }
    const developing = await start(t, {}, "test");
    assert.equal((await developing("app-1f0c9a7b3d5e8642.css")).headers["cache-control"], "no-cache");
  });

  test("can be told how long browsers keep files, and which for good", async (t) => {
    const ask = await start(t, { cacheControl: "public, max-age=60", immutable: /-\d{8}\.pdf$/ });
    assert.equal((await ask("app.css")).headers["cache-control"], "public, max-age=60");
    assert.match((await ask("report-20261121.pdf")).headers["cache-control"] ?? "", /immutable/);
    assert.doesNotMatch((await ask("app-1f0c9a7b3d5e8642.css")).headers["cache-control"] ?? "", /immutable/);
    const never = await start(t, { immutable: false });
    assert.doesNotMatch((await never("app-1f0c9a7b3d5e8642.css")).headers["cache-control"] ?? "", /immutable/);
  });

  test("sends further headers", async (t) => {
    const ask = await start(t, { headers: { "access-control-allow-origin": "*" } });
    assert.equal((await ask("fonts/a.woff2")).headers["access-control-allow-origin"], "*");
    assert.equal((await ask("none")).headers["access-control-allow-origin"], undefined);
  });

  for (const environment of ["production", "test"] as const) {
    test(`serves only what it is told to (${environment})`, async (t) => {
      const ask = await start(t, { only: ["fonts", "favicon.ico"] }, environment);
      assert.equal((await ask("favicon.ico")).body, "icon");
      assert.equal((await ask("fonts/a.woff2")).body, "font");
      for (const path of ["private.txt", "app.css", "favicon.ico.br", "linked/linked.txt"]) {
        assert.equal((await ask(path)).body, "ok", path);
      }
    });

    test(`follows links within the folder, and others when it is told to (${environment})`, async (t) => {
      const ask = await start(t, {}, environment);
      assert.equal((await ask("alias.css")).body, "plain");
      assert.equal((await ask("linked/linked.txt")).body, "ok");
      const following = await start(t, { followLinks: true }, environment);
      assert.equal((await following("linked/linked.txt")).body, "linked");
    });
  }

  test("is refused at start for what it cannot serve", () => {
    assert.throws(() => serveStatic({ at: "/", from: join(folder, "missing") }), /there is no directory .*missing/);
    assert.throws(() => serveStatic({ at: "/", from: join(files, "app.css") }), /there is no directory/);
    assert.throws(() => serveStatic({ at: "files", from: files }), /the path "files" must begin with "\/"/);
    assert.throws(() => serveStatic({ at: "/", from: files, headers: { a: "b\nc" } }), /line break/);
    assert.throws(() => serveStatic({ at: "/", from: files, cacheControl: "a\r\nb" }), /line break/);
  });
});
