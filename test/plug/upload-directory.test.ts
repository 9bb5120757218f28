import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Conn, compilePipeline, parseBody, Upload } from "../../src/plug/index.ts";
import { defineRoutes, router } from "../../src/router/index.ts";
import { startEndpoint } from "../endpoint/support.ts";
import { field, file, filesBelow, multipart, postMultipart, temporaryDirectory, until } from "./multipart-bodies.ts";
import { serve } from "./server.ts";

const form = multipart([file("a", "a", "content")]);

/** Takes every upload away from the request. */
function keep(conn: Conn): void {
  const { a } = conn.bodyParams ?? {};
  if (a instanceof Upload) a.keep();
  conn.send(200, "kept");
}

function store(directory: string) {
  return compilePipeline([parseBody({ uploads: { directory } }), keep]);
}

test("it goes with what is in it when the application stops", async (context) => {
  const directory = temporaryDirectory(context);
  const routes = router(defineRoutes({})).scope({ through: [] }, (scope) => scope.post("/", store(directory)));
  const { base, stop } = await startEndpoint({ router: routes });
  assert.equal(await (await postMultipart(base, form)).text(), "kept");
  assert.equal(filesBelow(directory).length, 1);
  await stop();
  assert.deepEqual(readdirSync(directory), []);
});

test("what a crashed application has left is removed, and nothing else", async (context) => {
  const directory = temporaryDirectory(context);
  const minutesAgo = (minutes: number) => Date.now() / 1_000 - minutes * 60;
  const make = (name: string, minutes: number) => {
    mkdirSync(join(directory, name, "inside"), { recursive: true });
    writeFileSync(join(directory, name, "inside", "file"), "");
    utimesSync(join(directory, name), minutesAgo(minutes), minutesAgo(minutes));
  };
  make("anqa-uploads-orphan", 61);
  make("anqa-uploads-living", 59);
  make("another", 1_000);
  symlinkSync(join(directory, "another"), join(directory, "anqa-uploads-link"));
  lutimesSync(join(directory, "anqa-uploads-link"), minutesAgo(61), minutesAgo(61));

  const server = await serve(context, store(directory));
  assert.equal(await (await postMultipart(server.url, form)).text(), "kept");
  const left = readdirSync(directory);
  assert.equal(left.length, 3);
  for (const name of ["anqa-uploads-living", "another"]) assert.ok(left.includes(name), name);
  assert.equal(existsSync(join(directory, "another", "inside", "file")), true);
});

test("if somebody tidies up, it is made anew", async (context) => {
  const directory = temporaryDirectory(context);
  const server = await serve(context, store(directory));
  for (const _ of [1, 2]) {
    assert.equal(await (await postMultipart(server.url, form)).text(), "kept");
    assert.equal(filesBelow(directory).length, 1);
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  }
});

test("where no application stops, it goes as soon as it is empty", async (context) => {
  const directory = temporaryDirectory(context);
  const server = await serve(context, compilePipeline([parseBody({ uploads: { directory } })]));
  const post = () => postMultipart(server.url, form).then((response) => response.text());
  for (const _ of [1, 2]) {
    assert.equal(await post(), "ok");
    await until(() => readdirSync(directory).length === 0);
  }
  assert.deepEqual(await Promise.all([post(), post(), post(), post()]), ["ok", "ok", "ok", "ok"]);
  await until(() => readdirSync(directory).length === 0);
});

test("one node has one, and two nodes do not share theirs", async (context) => {
  const directory = temporaryDirectory(context);
  const plug = store(directory);
  const servers = [await serve(context, plug), await serve(context, plug)];
  for (const { url } of [...servers, ...servers]) assert.equal((await postMultipart(url, form)).status, 200);
  const made = readdirSync(directory);
  assert.equal(made.length, 2);
  assert.deepEqual(
    made.map((name) => filesBelow(join(directory, name)).length),
    [2, 2],
  );
});

test("where nothing can be written, requests with files are answered with 500 and the reason, others are served", async (context) => {
  const directory = join(temporaryDirectory(context), "removed");
  mkdirSync(directory);
  const server = await serve(context, store(directory), { maxBodyBytes: 10_000_000 });
  rmSync(directory, { recursive: true });
  for (const size of [10, 5_000_000]) {
    const response = await postMultipart(server.url, multipart([file("a", "a", Buffer.alloc(size)), field("b", "1")]));
    assert.equal(response.status, 500);
    const text = await response.text();
    assert.ok(text.startsWith(`uploads cannot be stored below ${directory}: ENOENT`), text);
    assert.match(text, /Make it a directory that the server may write to.*uploads: \{ directory \}.*TMPDIR/);
  }
  assert.equal((await postMultipart(server.url, multipart([field("b", "1")]))).status, 200);
  mkdirSync(directory);
  assert.equal((await postMultipart(server.url, form)).status, 200);
});

test("a full disk is a 500 with the reason, leaves nothing, and the server goes on", async (context) => {
  const directory = temporaryDirectory(context);
  // No file of this program may be larger than 100 blocks.
  const program = spawn(
    "sh",
    [
      "-c",
      'ulimit -f 100 && exec "$0" "$@"',
      process.execPath,
      ...process.execArgv.filter((argument) => argument.startsWith("--conditions")),
      join(import.meta.dirname, "full-disk-program.ts"),
      directory,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  context.after(() => program.kill());
  const [port] = await once(program.stdout, "data");
  const url = `http://127.0.0.1:${String(port).trim()}`;
  const large = multipart([file("a", "a", Buffer.alloc(5_000_000)), field("b", "1")]);
  const response = await postMultipart(url, large);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /an upload could not be written to \S+: EFBIG/);
  await until(() => filesBelow(directory).length === 0);
  assert.equal(await (await postMultipart(url, form)).text(), "stored");
});
