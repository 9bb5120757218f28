/** The option `staticFiles`, over real connections. What it does with single files is tested with `serveStatic`. */
import assert from "node:assert/strict";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import type { EndpointOptions } from "../../src/endpoint/index.ts";
import { ask, openSession } from "./http2-support.ts";
import { answer, certificate, exchange, openSocket, routerOf, startEndpoint } from "./support.ts";

/** A folder with a secret beside the directory that is served. */
const folder = mkdtempSync(join(tmpdir(), "anqa-static-"));
const directory = join(folder, "public");

before(() => {
  mkdirSync(join(directory, ".git"), { recursive: true });
  mkdirSync(join(directory, ".well-known"));
  mkdirSync(join(directory, "images"));
  mkdirSync(join(folder, "public-not"));
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "public-not/secret.txt"), "secret");
  writeFileSync(join(directory, ".env"), "secret");
  writeFileSync(join(directory, ".git/config"), "secret");
  writeFileSync(join(directory, ".well-known/security.txt"), "contact");
  writeFileSync(join(directory, "app.css"), "body {}");
  writeFileSync(join(directory, "app.css.br"), brotliCompressSync("body {}"));
  writeFileSync(join(directory, "images/a b.svg"), "<svg/>");
  writeFileSync(join(directory, "images/index.html"), "index");
  writeFileSync(join(directory, "numbers.txt"), "0123456789");
  writeFileSync(join(directory, "large.bin"), Buffer.alloc(5_000_000));
  symlinkSync(join(folder, "secret.txt"), join(directory, "link.txt"));
  symlinkSync(folder, join(directory, "up"));
});
after(() => rmSync(folder, { recursive: true }));

function start(environment: "development" | "production", options: Partial<EndpointOptions> = {}) {
  return startEndpoint({
    environment,
    router: routerOf({ "/assets/*rest": answer("router"), "/": answer("home") }),
    staticFiles: [{ at: "/assets", from: pathToFileURL(directory) }],
    ...options,
  });
}

/** The status and body of a GET whose path is sent as it stands. */
async function getExactly(base: string, path: string, headers = ""): Promise<string> {
  const response = await exchange(base, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`);
  const [head = "", body] = response.split("\r\n\r\n");
  return `${head.split(" ")[1]} ${body}`;
}

/** How many files of a name this process holds open. */
function openFiles(name: string): number {
  const targets = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target.endsWith(name)).length;
}

for (const environment of ["development", "production"] as const) {
  describe(`static files in ${environment}`, () => {
    test("are served with their type, and revalidated", async () => {
      const { base } = await start(environment);
      const response = await fetch(`${base}/assets/app.css?v=1`, { headers: { "accept-encoding": "identity" } });
      assert.equal(await response.text(), "body {}");
      assert.equal(response.headers.get("content-type"), "text/css; charset=utf-8");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.match(response.headers.get("cache-control") ?? "", /no-cache|max-age=0, must-revalidate/);
      assert.ok(response.headers.get("last-modified"));
      const etag = response.headers.get("etag") ?? "";
      const headers = { "if-none-match": etag, "accept-encoding": "identity" };
      const again = await fetch(`${base}/assets/app.css`, { headers });
      assert.equal(again.status, 304);
      assert.equal(again.headers.get("etag"), etag);
    });

    test("may have names that need encoding", async () => {
      const { base } = await start(environment);
      const response = await fetch(`${base}/assets/images/a%20b.svg`);
      assert.equal(response.headers.get("content-type"), "image/svg+xml; charset=utf-8");
      assert.equal(await response.text(), "<svg/>");
    });

    test("answer HEAD without a body, and parts with 206", async () => {
      const { base } = await start(environment);
      const response = await fetch(`${base}/assets/numbers.txt`, { method: "HEAD" });
      assert.equal(response.headers.get("content-length"), "10");
      assert.equal(await response.text(), "");
      assert.equal(await getExactly(base, "/assets/numbers.txt", "Range: bytes=-3\r\n"), "206 789");
      assert.match(await getExactly(base, "/assets/numbers.txt", "Range: bytes=99-\r\n"), /^416 /);
    });

    test("that do not exist, folders and other methods are the router's", async () => {
      const { base } = await start(environment);
      for (const path of ["/assets/none.css", "/assets/images", "/assets/images/", "/assets/"]) {
        assert.equal(await (await fetch(base + path)).text(), "router", path);
      }
      assert.equal((await fetch(`${base}/assets/app.css`, { method: "POST" })).status, 405);
      assert.equal((await fetch(`${base}/assetsapp.css`)).status, 404);
    });

    for (const [how, path] of Object.entries({
      plainly: "/assets/../secret.txt",
      "from a folder": "/assets/images/../../secret.txt",
      "with two slashes": "/assets//../secret.txt",
      "with an encoded slash": "/assets/..%2fsecret.txt",
      "with encoded dots": "/assets/%2e%2e/secret.txt",
      "with all of it encoded": "/assets/%2E%2E%2Fsecret.txt",
      "with a dot and an encoded one": "/assets/.%2e/secret.txt",
      "with a backslash": "/assets/..\\secret.txt",
      "with an encoded backslash": "/assets/..%5csecret.txt",
      "encoded twice": "/assets/%252e%252e/secret.txt",
      "with a slash encoded twice": "/assets/..%252fsecret.txt",
      "in overlong UTF-8": "/assets/%c0%ae%c0%ae/secret.txt",
      "with a slash in overlong UTF-8": "/assets/..%c0%afsecret.txt",
      "in full width": "/assets/%ef%bc%8e%ef%bc%8e/secret.txt",
      "in UTF-16": "/assets/%u002e%u002e/secret.txt",
      "into a folder whose name begins alike": "/assets/../public-not/secret.txt",
      absolutely: `/assets/${folder}/secret.txt`,
      "absolutely, encoded": `/assets/%2f${folder}/secret.txt`,
      "as a file URL": `/assets/file://${folder}/secret.txt`,
      "in a whole URL": "http://a/assets/..%2fsecret.txt",
      "in a path of another host": "//assets/../secret.txt",
      "behind a NUL": "/assets/app.css%00/../../secret.txt",
      "with a NUL at the end": "/assets/..%2fsecret.txt%00.css",
      "over a link to a file": "/assets/link.txt",
      "over a link to a folder": "/assets/up/secret.txt",
      "over a link, by its whole length": `/assets/up/${basename(directory)}/.env`,
    })) {
      test(`are not left ${how}`, async () => {
        const { base } = await start(environment);
        assert.match(await getExactly(base, path), /^(200 (router|home)|400 [\s\S]*|404 [\s\S]*)$/);
        assert.doesNotMatch(await getExactly(base, path), /secret$/);
        assert.equal(await getExactly(base, "/"), "200 home");
      });
    }

    test("are not found by names that are none", async () => {
      const { base } = await start(environment);
      for (const path of ["/assets/%", "/assets/%ff", "/assets/app.css%00", `/assets/${"a".repeat(5_000)}`]) {
        assert.match(await getExactly(base, path), /^(200 router|400 )/, path);
      }
      for (const path of ["/assets//app.css", "/assets/app.css/", "/assets/./app.css", "/assets/images%2fa%20b.svg"]) {
        assert.equal(await getExactly(base, path), "200 router", path);
      }
    });

    test("that begin with a dot are refused, except .well-known", async () => {
      const { base } = await start(environment);
      for (const path of ["/assets/.env", "/assets/%2eenv", "/assets/.git/config", "/assets/images/..%2f.env"]) {
        assert.equal(await getExactly(base, path), "200 router", path);
      }
      assert.equal(await getExactly(base, "/assets/.well-known/security.txt"), "200 contact");
    });

    test("are closed when the client leaves in the middle", { skip: !existsSync("/proc/self/fd") }, async () => {
      const { base } = await start(environment);
      const socket = await openSocket(base, "GET /assets/large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
      await once(socket, "readable");
      assert.equal(openFiles("large.bin"), 1);
      socket.destroy();
      while (openFiles("large.bin") > 0) await new Promise((resolve) => setImmediate(resolve));
    });
  });
}

describe("static files", () => {
  test("that vanish after the start are not found", async () => {
    const doomed = join(directory, "doomed.txt");
    writeFileSync(doomed, "doomed");
    const { base } = await start("production");
    rmSync(doomed);
    assert.equal((await fetch(`${base}/assets/doomed.txt`)).status, 404);
    assert.equal(await (await fetch(base)).text(), "home");
  });

  test("are sent compressed if production has them so", async () => {
    const { base } = await start("production");
    const response = await fetch(`${base}/assets/app.css`, { headers: { "accept-encoding": "br" } });
    assert.equal(response.headers.get("content-encoding"), "br");
    assert.equal(response.headers.get("vary"), "accept-encoding");
    assert.equal(await response.text(), "body {}");
  });

  test("may be served at the root, from several directories", async () => {
    const { base } = await start("development", {
      staticFiles: [
        { at: "/images", from: join(directory, "images") },
        { at: "/", from: directory },
      ],
    });
    assert.equal(await (await fetch(`${base}/app.css`)).text(), "body {}");
    assert.equal(await (await fetch(`${base}/images/a%20b.svg`)).text(), "<svg/>");
    assert.equal(await (await fetch(base)).text(), "home");
  });

  test("are served over HTTP/2, their heads alone as well", async () => {
    const { base } = await start("production", { https: certificate("first") });
    const session = await openSession(base);
    assert.equal((await ask(session, "/assets/numbers.txt")).body, "0123456789");
    assert.equal((await ask(session, "/assets/large.bin")).body.length, 5_000_000);
    const head = await ask(session, "/assets/large.bin", { ":method": "HEAD" });
    assert.deepEqual([head.status, head.headers["content-length"], head.body], [200, "5000000", ""]);
    assert.equal((await ask(session, "/assets/numbers.txt", { range: "bytes=2-4" })).body, "234");
    assert.equal((await ask(session, "/assets/..%2fsecret.txt")).body, "router");
  });

  test("need a directory that exists and a path that is one", async () => {
    const missing = join(folder, "missing");
    await assert.rejects(start("development", { staticFiles: [{ at: "/assets", from: missing }] }), {
      message: `there is no directory ${missing} whose files could be served`,
    });
    await assert.rejects(start("development", { staticFiles: [{ at: "assets", from: directory }] }), /must begin with/);
  });
});
