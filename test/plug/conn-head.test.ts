import assert from "node:assert/strict";
import { test } from "node:test";
import { type Conn, compilePipeline, HttpError } from "../../src/plug/index.ts";
import { exchange, serve } from "./server.ts";

/** The headers of an answer that `plug` prepared. */
async function headersAfter(context: Parameters<typeof serve>[0], plug: (conn: Conn) => void): Promise<Headers> {
  const server = await serve(context, plug);
  const response = await fetch(server.url);
  assert.deepEqual(server.errors, []);
  return response.headers;
}

test("several headers at once, each replacing what was there", async (context) => {
  const headers = await headersAfter(context, (conn) => {
    conn.setHeader("x-a", "1").mergeHeaders({ "X-A": "2", "x-b": "3" });
  });
  assert.equal(headers.get("x-a"), "2");
  assert.equal(headers.get("x-b"), "3");
});

test("a header that is a list grows at its end or at its beginning", async (context) => {
  const headers = await headersAfter(context, (conn) => {
    conn.appendHeader("link", "<b>").appendHeader("Link", "<c>").prependHeader("link", "<a>");
  });
  assert.equal(headers.get("link"), "<a>, <b>, <c>");
});

test("a header is updated by what it is so far", async (context) => {
  const headers = await headersAfter(context, (conn) => {
    conn.updateHeader("x-a", (present) => `${present}1`).updateHeader("X-A", (present) => `${present}2`);
  });
  assert.equal(headers.get("x-a"), "undefined12");
});

test("vary names each header once, and keeps a star", async (context) => {
  const headers = await headersAfter(context, (conn) => {
    conn.vary("accept").vary("Accept").vary("accept-encoding").vary("origin");
    assert.equal(conn.getHeader("vary"), "accept, accept-encoding, origin");
    conn.setHeader("vary", "*").vary("cookie");
  });
  assert.equal(headers.get("vary"), "*");
});

test("a header that was taken back is gone, and its neighbours stay", async (context) => {
  const headers = await headersAfter(context, (conn) => {
    conn.mergeHeaders({ "x-a": "1", "x-b": "2", "x-c": "3" }).deleteHeader("X-B").deleteHeader("x-none");
  });
  assert.deepEqual(
    ["x-a", "x-b", "x-c"].map((name) => headers.get(name)),
    ["1", null, "3"],
  );
});

test("the status that somebody puts is there for who answers", async (context) => {
  const server = await serve(context, (conn) => conn.putStatus(201).send(conn.status as number, "made"));
  assert.equal((await fetch(server.url)).status, 201);
});

test("a status that HTTP does not have is refused", async (context) => {
  const server = await serve(context, (conn) => {
    for (const status of [0, 99, 600, 200.5, Number.NaN, "404" as unknown as number]) {
      assert.throws(() => conn.putStatus(status), /is no HTTP status/);
    }
  });
  assert.equal((await fetch(server.url)).status, 200);
  assert.deepEqual(server.errors, []);
});

test("nothing of an answer can be changed once it is given", async (context) => {
  const server = await serve(context, (conn) => {
    conn.send(200, "done");
    const late = [
      () => conn.putStatus(404),
      () => conn.setHeader("x-a", "1"),
      () => conn.appendHeader("x-a", "1"),
      () => conn.deleteHeader("x-a"),
      () => conn.putCookie("a", "1"),
      () => conn.deleteCookie("a"),
      () => conn.beforeSend(() => {}),
    ];
    for (const change of late) assert.throws(change, /GET \/ was already answered \(with 200\)/);
  });
  assert.equal(await (await fetch(server.url)).text(), "done");
  assert.deepEqual(server.errors, []);
});

test("an answer waits for what beforeSend waits for, which may still change it", async (context) => {
  const order: string[] = [];
  const server = await serve(context, (conn) => {
    conn.beforeSend((given) => {
      order.push("last");
      given.setHeader("x-last", "1");
    });
    conn.beforeSend(async (given) => {
      await Promise.resolve();
      order.push("first");
      given.putCookie("late", "1");
    });
    conn.send(200, "body");
    assert.equal(conn.sent, true);
    assert.throws(() => conn.send(200, "second"), /already answered/);
    order.push("sent");
  });
  const response = await fetch(server.url);
  assert.equal(await response.text(), "body");
  assert.deepEqual(order, ["sent", "first", "last"]);
  assert.equal(response.headers.get("x-last"), "1");
  assert.match(response.headers.get("set-cookie") ?? "", /^late=1/);
  assert.deepEqual(server.errors, []);
});

test("what beforeSend rejects with is answered in place of what was sent", async (context) => {
  const server = await serve(context, (conn) => {
    conn.beforeSend(async () => {
      await Promise.resolve();
      throw new HttpError(503, "the store is down");
    });
    conn.send(200, "secret");
  });
  const response = await fetch(server.url);
  assert.equal(response.status, 503);
  assert.equal(await response.text(), "the store is down");
});

test("chunks and streams wait for beforeSend as well", async (context) => {
  const later = (conn: Conn) =>
    conn.beforeSend(async (given) => {
      await Promise.resolve();
      given.setHeader("x-late", "1");
    });
  const server = await serve(
    context,
    compilePipeline([
      later,
      (conn) => {
        if (conn.path === "/stream")
          return conn.sendStream(
            200,
            (async function* () {
              yield "stream";
            })(),
          );
        const writer = conn.sendChunked(200);
        void writer.write("chunks").then(() => writer.end());
      },
    ]),
  );
  for (const kind of ["stream", "chunks"]) {
    const response = await fetch(`${server.url}/${kind}`);
    assert.equal(response.headers.get("x-late"), "1");
    assert.equal(await response.text(), kind);
  }
});

test("hostile: no header can be written whose value or name ends its line", async (context) => {
  const server = await serve(context, (conn) => {
    const injections = ["\r\nx-evil: 1", "\nx-evil: 1", "\rx-evil: 1", "\0", "\x7f", "\u2028", "嘊嘍x-evil: 1"];
    const writers = [
      (text: string) => conn.setHeader("x-a", text),
      (text: string) => conn.setHeader(`x-a${text}`, "1"),
      (text: string) => conn.appendHeader("x-a", text),
      (text: string) => conn.prependHeader("x-a", text),
      (text: string) => conn.mergeHeaders({ "x-a": text }),
      (text: string) => conn.mergeHeaders({ [`x-a${text}`]: "1" }),
      (text: string) => conn.vary(text),
      (text: string) => conn.putCookie(`a${text}`, "1"),
      (text: string) => conn.putCookie("a", "1", { path: `/${text}` }),
      (text: string) => conn.putCookie("a", "1", { domain: `a.example${text}` }),
      (text: string) => conn.deleteCookie("a", { path: `/${text}` }),
    ];
    for (const write of writers) for (const text of injections) assert.throws(() => write(`b${text}c`), Error, text);
    assert.throws(() => conn.setHeader("", "1"), /cannot be a header's name/);
    assert.throws(() => conn.setHeader("set-cookie", "a=1"), /putCookie/);
    assert.throws(() => conn.setHeader("Transfer-Encoding", "chunked"), /server's to write/);
    conn.putCookie("value", "b\r\nx-evil: 1\0; Domain=evil.example").send(200, "");
  });
  const answer = await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.deepEqual(server.errors, []);
  assert.match(
    answer,
    /set-cookie: value=b%0D%0Ax-evil%3A%201%00%3B%20Domain%3Devil\.example; Path=\/; HttpOnly; SameSite=Lax\r\n/,
  );
  assert.doesNotMatch(answer, /^x-evil/im);
});

test("a length that was set by hand gives way to the real one", async (context) => {
  const server = await serve(context, (conn) => conn.setHeader("content-length", "1").send(200, "three"));
  const answer = await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.equal(answer.match(/content-length/gi)?.length, 1);
  assert.match(answer, /content-length: 5\r\n/i);
});
