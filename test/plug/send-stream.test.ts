import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type BodySource, type Conn, HttpError } from "../../src/plug/index.ts";
import { serve, standstill } from "./server.ts";

async function* letters(): AsyncGenerator<string> {
  yield "a";
  yield "é";
  yield "€";
}

test("streams of the web and of Node, iterators and generators", async (context) => {
  const sources: Record<string, () => BodySource> = {
    generator: letters,
    web: () => ReadableStream.from(letters()) as BodySource,
    bytes: () => new Response("aé€").body as BodySource,
    node: () => Readable.from(letters()),
    buffers: () => Readable.from([Buffer.from("aé"), Buffer.from("€")]),
    iterator: () => {
      const values = ["a", "é€"];
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: values.length === 0, value: values.shift() }) as IteratorResult<string>,
        }),
      };
    },
    empty: () => (async function* () {})(),
  };
  const server = await serve(context, (conn) =>
    conn.sendStream(200, (sources[conn.path.slice(1)] as () => BodySource)()),
  );
  for (const name of Object.keys(sources)) {
    assert.equal(await (await fetch(`${server.url}/${name}`)).text(), name === "empty" ? "" : "aé€", name);
  }
  assert.deepEqual(server.errors, []);
});

test("the head leaves before the first piece is there", async (context) => {
  const first = Promise.withResolvers<string>();
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        yield await first.promise;
      })(),
    ),
  );
  const response = await fetch(server.url);
  first.resolve("now");
  assert.equal(await response.text(), "now");
});

/** A client that reads the first piece of an answer and then goes away. */
async function readOnce(url: string): Promise<void> {
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  response.on("error", () => {});
  await once(response, "data");
  response.destroy();
}

test("a client that goes away ends a generator that waits to go on", async (context) => {
  const log: string[] = [];
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        try {
          yield "first";
          // Waits for what the client's leaving ends.
          await once(conn.signal, "abort");
          yield "nobody reads this";
          log.push("went on");
        } finally {
          log.push("cleaned up");
        }
      })(),
    ),
  );
  const handled = server.handled();
  await readOnce(server.url);
  await handled;
  assert.deepEqual(log, ["cleaned up"]);
  assert.deepEqual(server.errors, []);
});

test("a client that goes away makes an iterator return, cancels a stream, and destroys one of Node", async (context) => {
  const ended: string[] = [];
  const never = new Promise<never>(() => {});
  let node: Readable | undefined;
  const sources: Record<string, () => BodySource> = {
    iterator: () => {
      const end = Promise.withResolvers<IteratorResult<string>>();
      let given = false;
      return {
        [Symbol.asyncIterator]: () => ({
          next: async (): Promise<IteratorResult<string>> => {
            if (given) return end.promise;
            given = true;
            return { done: false, value: "first" };
          },
          return: async (): Promise<IteratorResult<string>> => {
            ended.push("iterator");
            end.resolve({ done: true, value: undefined });
            return { done: true, value: undefined };
          },
        }),
      };
    },
    web: () => {
      let given = false;
      return new ReadableStream<string>({
        pull(controller) {
          if (given) return never;
          given = true;
          controller.enqueue("first");
          return undefined;
        },
        cancel: () => void ended.push("web"),
      }) as BodySource;
    },
    node: () => {
      node = new Readable({ read() {} }).on("close", () => ended.push("node"));
      node.push("first");
      return node;
    },
  };
  const server = await serve(context, (conn) =>
    conn.sendStream(200, (sources[conn.path.slice(1)] as () => BodySource)()),
  );
  for (const name of Object.keys(sources)) {
    const handled = server.handled();
    await readOnce(`${server.url}/${name}`);
    await handled;
  }
  assert.deepEqual(ended, ["iterator", "web", "node"]);
  assert.equal(node?.destroyed, true);
  assert.deepEqual(server.errors, []);
});

test("a slow reader makes the source wait: memory stays bounded", async (context) => {
  let made = 0;
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        for (; made < 1_000; made++) yield Buffer.alloc(64 * 1024);
      })(),
    ),
  );
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  response.pause();
  await standstill(() => made);
  assert.ok(made < 500, `${made} pieces were made for somebody who does not read`);
  let read = 0;
  for await (const data of response) read += (data as Buffer).length;
  assert.equal(read, 1_000 * 64 * 1024);
});

test("a source that fails in the middle cuts the connection, and its error is reported", async (context) => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        yield "half";
        await arrived.promise;
        throw new Error("the disk is gone");
      })(),
    ),
  );
  const [response] = (await once(get(server.url), "response")) as [IncomingMessage];
  const handled = server.handled();
  const [half] = await once(response, "data");
  arrived.resolve();
  const [error] = await once(response, "error");
  await handled;
  assert.equal(String(half), "half");
  assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
  assert.equal(response.complete, false);
  assert.deepEqual(
    server.errors.map((reported) => (reported as Error).message),
    ["the disk is gone"],
  );
});

test("a source that fails before its first piece does so too: the head is out", async (context) => {
  const server = await serve(context, (conn) => conn.sendStream(200, createReadStream("/no/such/file")));
  await assert.rejects(fetch(server.url).then((response) => response.text()));
  assert.match(String(server.errors), /ENOENT/);
});

test("a piece that is neither text nor bytes ends the source, and cuts the connection", async (context) => {
  let ended = false;
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        try {
          yield { not: "text" } as unknown as string;
        } finally {
          ended = true;
        }
      })(),
    ),
  );
  await assert.rejects(fetch(server.url).then((response) => response.text()));
  assert.match(String(server.errors), /a text or a Uint8Array, not object/);
  assert.equal(ended, true);
});

test("what a source fails with because the client left is nobody's concern", async (context) => {
  const server = await serve(context, (conn) =>
    conn.sendStream(
      200,
      (async function* () {
        yield "first";
        await once(conn.response, "never", { signal: conn.signal });
      })(),
    ),
  );
  const handled = server.handled();
  await readOnce(server.url);
  await handled;
  assert.deepEqual(server.errors, []);
});

test("HEAD and statuses without a body never begin the source", async (context) => {
  let begun = 0;
  let destroyed = 0;
  const server = await serve(context, (conn) => {
    const status = Number(conn.queryParams.status ?? 200);
    if (conn.path === "/node") {
      const stream = new Readable({ read: () => void begun++ });
      return conn.sendStream(
        status,
        stream.on("close", () => void destroyed++),
      );
    }
    return conn.setHeader("content-length", "5").sendStream(
      status,
      (async function* () {
        begun++;
        yield "12345";
      })(),
    );
  });
  for (const path of ["/", "/node"]) {
    const response = await fetch(server.url + path, { method: "HEAD" });
    assert.equal(response.headers.get("content-length"), path === "/" ? "5" : null);
    assert.equal(await response.text(), "");
    assert.equal((await fetch(`${server.url}${path}?status=204`)).status, 204);
  }
  assert.equal(begun, 0);
  assert.equal(destroyed, 2);
  assert.deepEqual(server.errors, []);
});

test("what beforeSend throws ends the source, and leaves the conn to answer", async (context) => {
  let cancelled = false;
  const server = await serve(context, (conn: Conn) => {
    conn.beforeSend(() => {
      throw new HttpError(403, "no");
    });
    const cancel = () => {
      cancelled = true;
    };
    const stream = new ReadableStream<string>({ cancel });
    return conn.sendStream(200, stream as BodySource);
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 403);
  assert.equal(await response.text(), "no");
  assert.equal(cancelled, true);
});

test("a stream that somebody else reads is refused before anything is sent", async (context) => {
  const server = await serve(context, (conn) => {
    const stream = new ReadableStream<string>();
    stream.getReader();
    return conn.sendStream(200, stream as BodySource);
  });
  assert.equal((await fetch(server.url)).status, 500);
});
