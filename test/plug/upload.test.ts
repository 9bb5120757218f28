import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import {
  type Conn,
  compilePipeline,
  HttpError,
  type Plug,
  parseBody,
  temporaryFile,
  Upload,
  uploadCleanupFailed,
} from "../../src/plug/index.ts";
import { postHttp2, serveHttp2 } from "./http2-server.ts";
import {
  field,
  file,
  filesBelow,
  multipart,
  multipartType,
  postMultipart,
  request,
  temporaryDirectory,
  until,
} from "./multipart-bodies.ts";
import { serve, type TestServer } from "./server.ts";

const form = multipart([file("photo", "a.png", "a picture", "image/png")]);

/** A server that stores uploads in a directory of its own and hands the upload `photo` to an action. */
async function start(
  context: TestContext,
  action: (conn: Conn, photo: Upload) => unknown = () => {},
): Promise<TestServer & { readonly directory: string }> {
  const directory = temporaryDirectory(context);
  const plug = compilePipeline([
    parseBody({ maxBytes: 10_000_000, uploads: { directory } }),
    async (conn) => void (await action(conn, conn.bodyParams?.photo as Upload)),
  ]);
  return Object.assign(await serve(context, plug), { directory });
}

function open(context: TestContext, { port }: TestServer): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  context.after(() => socket.destroy());
  return socket;
}

/** Resolves when nothing is left of the uploads. */
function tidy({ directory }: { readonly directory: string }): Promise<void> {
  return until(() => filesBelow(directory).length === 0);
}

test("it is deleted when the response has ended", async (context) => {
  let path = "";
  const server = await start(context, (_conn, photo) => {
    path = photo.path;
    assert.equal(readFileSync(path, "utf8"), "a picture");
  });
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  assert.notEqual(path, "");
  await tidy(server);
});

test("it is deleted when the action has failed", async (context) => {
  const server = await start(context, (_conn, photo) => {
    assert.equal(existsSync(photo.path), true);
    throw new Error("the oven is out");
  });
  assert.equal((await postMultipart(server.url, form)).status, 500);
  await tidy(server);
});

test("it stays while the response is streamed", async (context) => {
  const server = await start(context, async ({ response }, photo) => {
    response.writeHead(200);
    response.write("first ");
    await new Promise((resolve) => setImmediate(resolve));
    response.end(readFileSync(photo.path));
  });
  assert.equal(await (await postMultipart(server.url, form)).text(), "first a picture");
  await tidy(server);
});

test("it is deleted when the client goes away while the action works", async (context) => {
  const arrived = Promise.withResolvers<string>();
  const server = await start(context, (_conn, photo) => {
    arrived.resolve(photo.path);
    return new Promise(() => {});
  });
  const socket = open(context, server);
  socket.write(request(form));
  const path = await arrived.promise;
  assert.equal(existsSync(path), true);
  socket.destroy();
  await tidy(server);
});

test("it is deleted when the client goes away in the middle of the file", async (context) => {
  const server = await start(context, () => assert.fail("the action must not run"));
  const socket = open(context, server);
  const large = request(multipart([file("photo", "a", Buffer.alloc(1_000_000))]));
  socket.write(large.subarray(0, 500_000));
  await until(() => filesBelow(server.directory).some((path) => statSync(path).size > 100_000));
  const handled = server.handled();
  socket.destroy();
  assert.equal((await handled).halted, true);
  await tidy(server);
  assert.deepEqual(server.errors, []);
});

test("wherever the client stops, nothing is left and no error is made of it", async (context) => {
  const server = await start(context, () => assert.fail("the action must not run"));
  const body = multipart([field("a", "1"), file("photo", "a", Buffer.alloc(300_000)), file("b", "b", "x")]);
  const head = request(body).length - body.length;
  for (const sent of [
    1,
    30,
    60,
    90,
    120,
    200,
    250,
    1_000,
    65_000,
    70_000,
    150_000,
    300_100,
    body.length - 60,
    body.length - 2,
  ]) {
    const handled = server.handled();
    const socket = open(context, server);
    socket.write(request(body).subarray(0, head + sent));
    await until(() => socket.bytesWritten === head + sent);
    for (let turn = 0; turn < sent % 7; turn++) await new Promise((resolve) => setImmediate(resolve));
    socket.end();
    await handled;
    await tidy(server);
  }
  assert.deepEqual(
    server.errors.filter((error) => !(error instanceof HttpError)),
    [],
  );
});

test("it is deleted when a later part of the form is refused", async (context) => {
  const server = await start(context);
  const body = multipart([file("photo", "a", Buffer.alloc(100_000)), field("a", Buffer.from([0xff]))]);
  assert.equal((await postMultipart(server.url, body)).status, 400);
  await tidy(server);
});

test("it is deleted when the form has no end", async (context) => {
  const server = await start(context);
  const body = multipart([file("photo", "a", Buffer.alloc(100_000))], { closed: false });
  assert.equal((await postMultipart(server.url, body)).status, 400);
  await tidy(server);
});

test("those of a pipelined request whose turn never came are deleted with the connection", async (context) => {
  const server = await start(context, () => new Promise(() => {}));
  const socket = open(context, server);
  socket.write(Buffer.concat([request(form), request(form)]));
  await until(() => filesBelow(server.directory).length === 2);
  socket.destroy();
  await tidy(server);
});

test("it is deleted before the next request of the connection is over", async (context) => {
  const paths: string[] = [];
  const server = await start(context, (_conn, photo) => void paths.push(photo.path));
  const socket = open(context, server);
  for (let count = 1; count <= 3; count++) {
    socket.write(request(form));
    await once(socket, "data");
  }
  assert.equal(new Set(paths).size, 3);
  await tidy(server);
});

test("over HTTP/2 too, it is deleted when the response has ended, or its stream was closed", async (context) => {
  const directory = temporaryDirectory(context);
  const waiting = Promise.withResolvers<void>();
  const plug = compilePipeline([
    parseBody({ uploads: { directory } }),
    (conn) => {
      assert.equal(filesBelow(directory).length, 1);
      if (conn.path !== "/wait") return;
      waiting.resolve();
      return new Promise(() => {});
    },
  ]);
  const client = await serveHttp2(context, plug);
  assert.equal(await postHttp2(client, { "content-type": multipartType }, form), "200 ok");
  await until(() => filesBelow(directory).length === 0);
  const stream = client.request({ ":method": "POST", ":path": "/wait", "content-type": multipartType });
  stream.end(form);
  await waiting.promise;
  stream.destroy();
  await until(() => filesBelow(directory).length === 0);
});

test("an upload that is moved stays where it was moved to", async (context) => {
  const target = join(temporaryDirectory(context), "kept.png");
  const server = await start(context, async (_conn, photo) => {
    const before = photo.path;
    await photo.moveTo(target);
    assert.equal(photo.path, target);
    assert.equal(existsSync(before), false);
  });
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  await tidy(server);
  assert.equal(readFileSync(target, "utf8"), "a picture");
});

test("it replaces the file that is where it is moved to", async (context) => {
  const target = join(temporaryDirectory(context), "kept.png");
  writeFileSync(target, "an older picture");
  const server = await start(context, (_conn, photo) => photo.moveTo(target));
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  assert.equal(readFileSync(target, "utf8"), "a picture");
});

const otherFileSystem = "/dev/shm";
const another = existsSync(otherFileSystem) && statSync(otherFileSystem).dev !== statSync(import.meta.dirname).dev;

test("it moves to another file system as well", { skip: !another }, async (context) => {
  const target = join(otherFileSystem, `anqa-test-${process.pid}.png`);
  context.after(() => rmSync(target, { force: true }));
  const server = await start(context, (_conn, photo) => photo.moveTo(target));
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  await tidy(server);
  assert.equal(readFileSync(target, "utf8"), "a picture");
});

test("one that could not be moved is deleted as any other", async (context) => {
  const server = await start(context, (_conn, photo) => photo.moveTo("/nowhere/at/all/a.png"));
  const response = await postMultipart(server.url, form);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /ENOENT.*\/nowhere\/at\/all\/a\.png/);
  await tidy(server);
});

test("an upload that is kept stays until it is deleted", async (context) => {
  const upload = Promise.withResolvers<Upload>();
  const server = await start(context, (_conn, photo) => {
    photo.keep();
    upload.resolve(photo);
  });
  const other = multipart([file("photo", "b", "b"), file("other", "c", "c")]);
  assert.equal(await (await postMultipart(server.url, other)).text(), "ok");
  const kept = await upload.promise;
  await until(() => filesBelow(server.directory).length === 1);
  assert.deepEqual(filesBelow(server.directory), [kept.path]);
  await kept.delete();
  await kept.delete();
  assert.deepEqual(filesBelow(server.directory), []);
});

test("after the response it is too late to keep or move one, and that is said", async (context) => {
  const upload = Promise.withResolvers<Upload>();
  const server = await start(context, (_conn, photo) => upload.resolve(photo));
  await (await postMultipart(server.url, form)).text();
  await tidy(server);
  const late = await upload.promise;
  assert.throws(() => late.keep(), /"a.png" cannot be kept: it was deleted.*before you answer/);
  await assert.rejects(late.moveTo("/tmp/never"), /"a.png" cannot be moved/);
});

test("schemas can check it", async (context) => {
  const schema = z.object({ photo: z.instanceof(Upload), title: z.string() });
  const server = await start(context, (conn) => {
    const { photo } = schema.parse(conn.params);
    assert.equal(photo.filename, "a.png");
    assert.equal(schema.safeParse({ photo: { ...photo }, title: "" }).success, false);
  });
  assert.equal(await (await postMultipart(`${server.url}?title=x`, form)).text(), "ok");
});

test("a file that cannot be deleted is reported", async (context) => {
  const server = await start(context, (_conn, photo) => {
    rmSync(photo.path);
    mkdirSync(photo.path);
  });
  const reported = Promise.withResolvers<{ node: string; path: string; error: Error }>();
  context.after(uploadCleanupFailed.attach(reported.resolve));
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  const { node, path, error } = await reported.promise;
  assert.equal(node, server.node.name);
  assert.match(basename(path), /^[\w-]{22}$/);
  assert.match(error.message, /EISDIR/);
});

test("one that is gone already is not", async (context) => {
  const failures: unknown[] = [];
  context.after(uploadCleanupFailed.attach((failure) => void failures.push(failure)));
  const server = await start(context, (_conn, photo) => rmSync(photo.path));
  assert.equal(await (await postMultipart(server.url, form)).text(), "ok");
  await (await postMultipart(server.url, form)).text();
  await tidy(server);
  assert.deepEqual(failures, []);
});

test("a request can have temporary files of its own", async (context) => {
  const { TMPDIR } = process.env;
  context.after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  process.env.TMPDIR = temporaryDirectory(context);
  const paths: string[] = [];
  const plug: Plug = async (conn) => {
    paths.push(await temporaryFile(conn), await temporaryFile(conn));
    for (const path of paths) {
      assert.equal(statSync(path).size, 0);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
  };
  const server = await serve(context, plug);
  assert.equal(await (await fetch(server.url)).text(), "ok");
  assert.equal(new Set(paths).size, 2);
  await until(() => !paths.some((path) => existsSync(path)));
});
