import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { type Conn, compression, type EventStream, eventStreamOverflow, sendEvents } from "../../src/plug/index.ts";
import { serve, standstill } from "./server.ts";

async function* ticks(): AsyncGenerator<{ data: number }> {
  yield { data: 1 };
  yield { data: 2 };
}

/** A client that is connected, and the stream that it got. */
async function open(url: string, headers = {}): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { headers }), "response")) as [IncomingMessage];
  return response.setEncoding("utf8").on("error", () => {});
}

test("an iterable's events, until it ends", async (context) => {
  const server = await serve(context, (conn) => sendEvents(conn, ticks()));
  const response = await fetch(server.url);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(response.headers.get("x-accel-buffering"), "no");
  assert.equal(await response.text(), "data: 1\n\ndata: 2\n\n");
  assert.deepEqual(server.errors, []);
});

test("a function's events, until its promise is fulfilled", async (context) => {
  const server = await serve(context, (conn) =>
    sendEvents(conn, async (events) => {
      events.send("a");
      assert.equal(await events.send({ event: "x", data: [1] }), true);
    }),
  );
  assert.equal(await (await fetch(server.url)).text(), "data: a\n\nevent: x\ndata: [1]\n\n");
});

test("a function that returns nothing keeps the stream open until close(), which sends what waits", async (context) => {
  const opened = Promise.withResolvers<EventStream>();
  const server = await serve(context, (conn) => sendEvents(conn, (events) => opened.resolve(events)));
  const response = await open(server.url);
  const events = await opened.promise;
  for (const data of ["a", "b"]) {
    assert.equal(await events.send(data), true);
    assert.equal(String(await once(response, "data")), `data: ${data}\n\n`);
  }
  void events.send("last");
  void events.send("of all");
  events.close();
  events.close();
  assert.equal(events.signal.aborted, true);
  assert.equal(await events.send("late"), false);
  assert.equal((await Array.fromAsync(response)).join(""), "data: last\n\ndata: of all\n\n");
  assert.equal(response.complete, true);
});

test("the browser says which event it saw last", async (context) => {
  const server = await serve(context, (conn) =>
    sendEvents(conn, async (events) => void (await events.send(events.lastEventId ?? "none"))),
  );
  assert.equal(await (await fetch(server.url)).text(), "data: none\n\n");
  const headers = { "last-event-id": Buffer.from("nr. é7").toString("latin1") };
  assert.equal(await (await fetch(server.url, { headers })).text(), "data: nr. é7\n\n");
});

test("a client that goes away ends the stream: the signal, waiting sends, the iterable", async (context) => {
  const log: unknown[] = [];
  const sources: Record<string, Parameters<typeof sendEvents>[1]> = {
    "/function": async (events) => {
      await events.send("first");
      await once(events.signal, "abort");
      log.push(await events.send("late"));
    },
    "/failing": async (events) => {
      await events.send("first");
      await once(events.signal, "never", { signal: events.signal });
    },
    "/iterable": (async function* () {
      try {
        for (;;) {
          yield "on and on";
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        log.push("returned");
      }
    })(),
  };
  const server = await serve(context, (conn) => sendEvents(conn, sources[conn.path] as never));
  for (const path of Object.keys(sources)) {
    const handled = server.handled();
    const response = await open(server.url + path);
    await once(response, "data");
    response.destroy();
    await handled;
  }
  assert.deepEqual(log, [false, "returned"]);
  assert.deepEqual(server.errors, []);
});

test("a server that begins to stop ends streams, and answers new ones with none", async (context) => {
  const drain = new AbortController();
  const server = await serve(
    context,
    (conn) =>
      sendEvents(conn, async (events) => {
        await events.send("first");
        await once(events.signal, "abort");
      }),
    { draining: drain.signal },
  );
  const response = await open(server.url);
  await once(response, "data");
  drain.abort();
  await once(response, "end");
  assert.equal(response.complete, true);
  const late = await fetch(server.url);
  assert.equal(late.status, 200);
  assert.equal(await late.text(), "");
  assert.deepEqual(server.errors, []);
});

test("what the source fails with cuts the connection, and is reported", async (context) => {
  const server = await serve(context, (conn) =>
    sendEvents(conn, async (events) => {
      await events.send("first");
      if (conn.path === "/malformed") await events.send({ id: "a\nb" });
      throw new Error("the feed is gone");
    }),
  );
  for (const path of ["/", "/malformed"]) {
    const handled = server.handled();
    await assert.rejects(fetch(server.url + path).then((response) => response.text()));
    await handled;
  }
  assert.match(String(server.errors[0]), /the feed is gone/);
  assert.match(String(server.errors[1]), /the id of a server-sent event is one line/);
});

test("a comment is sent when nothing else is", async (context) => {
  const server = await serve(context, (conn) => sendEvents(conn, () => {}, { heartbeat: 1 }));
  const response = await open(server.url);
  assert.equal(String(await once(response, "data")), ": \n\n");
  assert.equal(String(await once(response, "data")), ": \n\n");
  response.destroy();
});

test("the timer of the heartbeat ends with the stream", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const server = await serve(context, (conn) => sendEvents(conn, ticks()));
  await (await fetch(server.url)).text();
  // A timer that was still there would write after the end.
  context.mock.timers.tick(60_000);
  assert.deepEqual(server.errors, []);
});

test("a heartbeat that is none is refused before the stream begins", async (context) => {
  const server = await serve(context, (conn) => sendEvents(conn, () => {}, { heartbeat: Number(conn.queryString) }));
  for (const heartbeat of ["0", "-1", "x"]) assert.equal((await fetch(`${server.url}/?${heartbeat}`)).status, 500);
});

test("HEAD has the head, and never begins the source", async (context) => {
  let begun = false;
  const server = await serve(context, (conn) =>
    sendEvents(conn, () => {
      begun = true;
    }),
  );
  const response = await fetch(server.url, { method: "HEAD" });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(begun, false);
});

test("who waits for each event never has more than one waiting", async (context) => {
  let sent = 0;
  const data = "x".repeat(10_000);
  const server = await serve(context, (conn) =>
    sendEvents(conn, async (events) => {
      while (await events.send(data)) sent++;
    }),
  );
  const handled = server.handled();
  const response = await open(server.url);
  response.pause();
  await standstill(() => sent);
  assert.ok(sent < 3_000, `${sent} events were taken for somebody who does not read`);
  response.destroy();
  await handled;
});

test("hostile: a client that does not read is cut off after a megabyte, and that is reported", async (context) => {
  const reports: unknown[] = [];
  context.after(eventStreamOverflow.attach(({ path, waiting }) => void reports.push([path, waiting > 1_000_000])));
  const opened = Promise.withResolvers<EventStream>();
  const server = await serve(context, (conn: Conn) => sendEvents(conn, (events) => opened.resolve(events)));
  const handled = server.handled();
  const response = await open(`${server.url}/feed`);
  response.pause();
  const events = await opened.promise;
  const data = "x".repeat(100_000);
  let count = 0;
  // Nobody waits for these, as when a PubSub delivers them.
  while (!events.signal.aborted && count++ < 1_000) {
    void events.send(data);
    if (count % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await handled;
  assert.deepEqual(reports, [["/feed", true]]);
  assert.ok(count < 1_000, `${count} events were kept`);
  assert.deepEqual(server.errors, []);
});

test("events are compressed if that is asked for, each as soon as it is sent", async (context) => {
  const opened = Promise.withResolvers<EventStream>();
  const compress = compression({ types: ["text/event-stream"], codings: ["gzip"] });
  const server = await serve(context, (conn) => {
    compress(conn);
    return sendEvents(conn, (events) => opened.resolve(events));
  });
  const response = await fetch(server.url, { headers: { "accept-encoding": "gzip" } });
  assert.equal(response.headers.get("content-encoding"), "gzip");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const events = await opened.promise;
  for (const data of ["a", "b"]) {
    await events.send(data);
    assert.deepEqual(await reader?.read(), { done: false, value: `data: ${data}\n\n` });
  }
  events.close();
  assert.equal((await reader?.read())?.done, true);
});
