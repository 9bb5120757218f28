import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { brotliCompressSync } from "node:zlib";
import type { EndpointOptions } from "../../src/endpoint/index.ts";
import { answer, exchange, openSocket, routerOf, startEndpoint } from "./support.ts";

/** A folder with a secret beside the directory that is served. */
const folder = mkdtempSync(join(tmpdir(), "anqa-static-"));
const directory = join(folder, "public");

before(() => {
  mkdirSync(join(directory, ".git"), { recursive: true });
  mkdirSync(join(directory, ".well-known"));
  mkdirSync(join(directory, "images"));
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "public-not.txt"), "secret");
  writeFileSync(join(directory, ".env"), "secret");
  writeFileSync(join(directory, ".git/config"), "secret");
  writeFileSync(join(directory, ".well-known/security.txt"), "contact");
  writeFileSync(join(directory, "app.css"), "body {}");
  writeFileSync(join(directory, "app.css.br"), brotliCompressSync("body {}"));
  writeFileSync(join(directory, "images/a b.svg"), "<svg/>");
  writeFileSync(join(directory, "images/index.html"), "index");
  writeFileSync(join(directory, "numbers.txt"), "0123456789");
  writeFileSync(join(directory, "large.bin"), Buffer.alloc(5_000_000));
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
      assert.equal(response.headers.get("content-type"), "text/css");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.match(response.headers.get("cache-control") ?? "", /no-cache|max-age=0,must-revalidate/);
      assert.ok(response.headers.get("last-modified"));
      const etag = response.headers.get("etag") ?? "";
      const again = await fetch(`${base}/assets/app.css`, { headers: { "if-none-match": etag } });
      assert.equal(again.status, 304);
    });

    test("may have names that need encoding", async () => {
      const { base } = await start(environment);
      const response = await fetch(`${base}/assets/images/a%20b.svg`);
      assert.equal(response.headers.get("content-type"), "image/svg+xml");
      assert.equal(await response.text(), "<svg/>");
    });

    test("answer HEAD without a body", async () => {
      const { base } = await start(environment);
      const response = await fetch(`${base}/assets/numbers.txt`, { method: "HEAD" });
      assert.equal(response.headers.get("content-length"), "10");
      assert.equal(await response.text(), "");
    });

    test("that do not exist, folders and other methods are the router's", async () => {
      const { base } = await start(environment);
      for (const path of ["/assets/none.css", "/assets/images", "/assets/images/", "/assets/"]) {
        assert.equal(await (await fetch(base + path)).text(), "router", path);
      }
      assert.equal((await fetch(`${base}/assets/app.css`, { method: "POST" })).status, 405);
      assert.equal((await fetch(`${base}/assetsapp.css`)).status, 404);
    });

    test("stay inside their directory, however the way out is written", async () => {
      const { base } = await start(environment);
      for (const path of [
        "/assets/../secret.txt",
        "/assets/..%2fsecret.txt",
        "/assets/%2e%2e/secret.txt",
        "/assets/%2e%2e%2fsecret.txt",
        "/assets/..\\secret.txt",
        "/assets/..%5csecret.txt",
        "/assets/images/../../secret.txt",
        "/assets/%252e%252e/secret.txt",
        "/assets/../public-not.txt",
        "/assets//../secret.txt",
        `/assets/${folder}/secret.txt`,
        `/assets/%2f${folder}/secret.txt`,
        "/assets/app.css%00.txt",
        "/assets/%",
        "/assets/%ff",
      ]) {
        assert.doesNotMatch(await getExactly(base, path), / (secret|body \{\})$/, path);
      }
    });

    test("that begin with a dot are refused, except .well-known", async () => {
      const { base } = await start(environment);
      for (const path of ["/assets/.env", "/assets/%2eenv", "/assets/.git/config", "/assets/images/..%2f.env"]) {
        assert.equal(await getExactly(base, path), "200 router", path);
      }
      assert.equal(await getExactly(base, "/assets/.well-known/security.txt"), "200 contact");
    });

    test("come in parts, and a range that makes no sense is ignored (RFC 9110, 14.2)", async () => {
      const { base } = await start(environment);
      const path = "/assets/numbers.txt";
      assert.equal(await getExactly(base, path, "Range: bytes=2-4\r\n"), "206 234");
      assert.equal(await getExactly(base, path, "Range: bytes=7-\r\n"), "206 789");
      for (const range of ["bytes=4-2", "bytes=-3", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2"]) {
        assert.equal(await getExactly(base, path, `Range: ${range}\r\n`), "200 0123456789", range);
      }
      assert.match(await getExactly(base, path, "Range: bytes=99-\r\n"), /^416 /);
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
  test("that vanish after the start end their request and nothing else", async () => {
    const doomed = join(directory, "doomed.txt");
    writeFileSync(doomed, "doomed");
    const { base } = await start("production");
    rmSync(doomed);
    await assert.rejects(fetch(`${base}/assets/doomed.txt`));
    assert.equal(await (await fetch(base)).text(), "home");
  });

  test("are sent compressed if production has them so", async () => {
    const { base } = await start("production");
    const response = await fetch(`${base}/assets/app.css`, { headers: { "accept-encoding": "br" } });
    assert.equal(response.headers.get("content-encoding"), "br");
    assert.equal(response.headers.get("vary"), "Accept-Encoding");
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

  test("need a directory that exists and a path that is one", async () => {
    const missing = join(folder, "missing");
    await assert.rejects(start("development", { staticFiles: [{ at: "/assets", from: missing }] }), {
      message: `staticFiles: there is no directory ${missing} to serve at /assets`,
    });
    await assert.rejects(start("development", { staticFiles: [{ at: "assets", from: directory }] }), /must begin with/);
  });
});
