import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { Hono } from "hono";
import { type Plug, parseBody } from "../../src/plug/index.ts";
import { type FetchHandler, router } from "../../src/router/index.ts";
import { type Site, type SiteOptions, serve } from "./serving.ts";

describe("a fetch function that is forwarded to", () => {
  it("gets a Request of what the client asked, with the rest of the path", async (t) => {
    const { fetch, url } = await forwardTo(t, async (request) => {
      const { method, headers } = request;
      return Response.json([
        method,
        request.url,
        headers.get("x-own"),
        headers.get("connection"),
        await request.text(),
      ]);
    });
    const posted = await fetch("/api/a%20b/c?d=1&e", { method: "POST", headers: { "x-own": "yes" }, body: "body" });
    assert.deepEqual(await posted.json(), ["POST", `${url}/a%20b/c?d=1&e`, "yes", null, "body"]);
    const got = await fetch("/api");
    assert.deepEqual(await got.json(), ["GET", `${url}/`, null, null, ""]);
    assert.equal(got.headers.get("content-type"), "application/json");
  });

  it("answers with status, headers and cookies, beside those of the plugs", async (t) => {
    const plug: Plug = (conn) => void conn.putCookie("plug", "1").setHeader("x-plug", "1").setHeader("x-both", "plug");
    const handler = () => {
      const headers = new Headers({ "x-both": "handler", connection: "close", "transfer-encoding": "chunked" });
      headers.append("set-cookie", "a=1; Path=/x");
      headers.append("set-cookie", "b=raw/value==; Path=/y; Expires=Wed, 21 Oct 2026 07:28:00 GMT");
      return new Response("made", { status: 201, headers });
    };
    const { fetch } = await forwardTo(t, handler, [plug]);
    const answer = await fetch("/api/x");
    assert.equal(answer.status, 201);
    assert.equal(await answer.text(), "made");
    assert.deepEqual([answer.headers.get("x-plug"), answer.headers.get("x-both")], ["1", "handler"]);
    const [plugged, ...cookies] = answer.headers.getSetCookie();
    assert.match(plugged ?? "", /^plug=1;/);
    assert.deepEqual(cookies, ["a=1; Path=/x", "b=raw/value==; Path=/y; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]);
  });

  it("gets the conn beside the request, for what plugs have left on it", async (t) => {
    const plug: Plug = (conn) => {
      conn.assigns.user = "ann";
    };
    const { fetch } = await forwardTo(t, (_request, { conn }) => new Response(String(conn.assigns.user)), [plug]);
    assert.equal(await (await fetch("/api")).text(), "ann");
  });

  it("may be a whole application of Hono's", async (t) => {
    const hono = new Hono()
      .get("/hello/:name", (context) => context.text(`Hello ${context.req.param("name")}`))
      .post("/echo", async (context) => context.json(await context.req.json()));
    const served = router().scope({ through: [] }, (scope) => scope.forward("/hono", hono));
    const { fetch } = await serve(t, (conn) => served.call(conn));
    assert.equal(await (await fetch("/hono/hello/ann")).text(), "Hello ann");
    const echo = await fetch("/hono/echo", {
      method: "POST",
      body: '{"a":[1]}',
      headers: { "content-type": "application/json" },
    });
    assert.deepEqual(await echo.json(), { a: [1] });
    assert.equal((await fetch("/hono/nowhere")).status, 404);
  });

  it("answers HEAD and statuses without a body with the head alone", async (t) => {
    let cancelled = false;
    const { fetch } = await forwardTo(t, ({ method }) => {
      if (method === "DELETE") return new Response(null, { status: 204 });
      const cancel = () => {
        cancelled = true;
      };
      return new Response(new ReadableStream({ cancel }), { headers: { "content-length": "9" } });
    });
    const head = await fetch("/api/x", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "9", ""]);
    assert.ok(cancelled);
    assert.equal((await fetch("/api/x", { method: "DELETE" })).status, 204);
  });

  it("relays what fetch() gave it, which is decoded already", async (t) => {
    const upstream = await serve(t, (conn) =>
      conn
        .setHeader("content-encoding", "deflate")
        .send(200, Buffer.from("789ccb48cdc9c907000 62c0215".replace(" ", ""), "hex")),
    );
    const { fetch } = await forwardTo(t, () => upstream.fetch("/"));
    const answer = await fetch("/api");
    assert.deepEqual([answer.headers.get("content-encoding"), await answer.text()], [null, "hello"]);
  });
});

describe("bodies of a fetch function", () => {
  it("are streamed both ways, each piece as it comes", async (t) => {
    const { url } = await forwardTo(t, (request) => new Response(request.body));
    const request = httpRequest(`${url}/api`, { method: "POST" });
    request.write("one");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    assert.equal(String((await once(response, "data"))[0]), "one");
    request.write("two");
    assert.equal(String((await once(response, "data"))[0]), "two");
    request.end();
    await once(response.resume(), "end");
  });

  it("wait for a client that reads slowly", async (t) => {
    let pulled = 0;
    const piece = new Uint8Array(64 * 1024);
    const pull = (controller: ReadableStreamDefaultController) => {
      if (++pulled > 1_000) controller.close();
      else controller.enqueue(piece);
    };
    const { url } = await forwardTo(t, () => new Response(new ReadableStream({ pull })));
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    t.after(() => socket.destroy());
    socket.pause();
    socket.write("GET /api HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const before = await standstill(() => pulled);
    assert.ok(before > 0 && before < 1_000, `${before} pieces of 1,000 were made for a client that reads nothing`);
    socket.resume();
    await once(socket, "close");
    assert.equal(pulled, 1_001);
  });

  it("are taken from the client only as the function reads them", async (t) => {
    const reading = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<Socket>();
    const { url } = await forwardTo(
      t,
      async (request, { conn }) => {
        asked.resolve(conn.request.socket);
        await reading.promise;
        let size = 0;
        for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) size += chunk.length;
        return new Response(String(size));
      },
      [],
      { maxBodyBytes: 100_000_000 },
    );
    const size = 64 * 1024 * 1024;
    const request = httpRequest(`${url}/api`, { method: "POST", headers: { "content-length": size } });
    request.end(Buffer.alloc(size));
    const socket = await asked.promise;
    const taken = await standstill(() => socket.bytesRead);
    assert.ok(taken < size / 10, `${taken} bytes were taken before anybody read`);
    reading.resolve();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    assert.equal(String((await once(response, "data"))[0]), String(size));
  });

  it("may be left unread: the connection goes on", async (t) => {
    const { url } = await forwardTo(t, () => new Response("no thanks", { status: 403 }));
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    t.after(() => socket.destroy());
    const body = "x".repeat(300_000);
    socket.write(`POST /api HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    socket.write("GET /api HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answers = "";
    socket.setEncoding("latin1").on("data", (text: string) => (answers += text));
    await once(socket, "close");
    assert.equal(answers.match(/HTTP\/1\.1 403/g)?.length, 2, answers);
  });

  it("may have maxBodyBytes, announced or not", async (t) => {
    const { fetch, url } = await forwardTo(t, async (request) => new Response(await request.text()), [], {
      maxBodyBytes: 10,
    });
    assert.equal(await (await fetch("/api", { method: "POST", body: "0123456789" })).text(), "0123456789");
    const announced = await fetch("/api", { method: "POST", body: "0123456789x" });
    assert.equal(announced.status, 413);
    const request = httpRequest(`${url}/api`, { method: "POST", headers: { "transfer-encoding": "chunked" } });
    request.write("01234567");
    request.end("89x");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    assert.equal(response.resume().statusCode, 413);
  });

  it("cannot have been read by a plug before", async (t) => {
    const { fetch } = await forwardTo(t, () => new Response(""), [parseBody()]);
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/api", { method: "POST", body: "{}", headers });
    assert.equal(answer.status, 500);
    assert.match(
      await answer.text(),
      /POST \/ is forwarded .* another plug has read its body: .* without parseBody\(\)/,
    );
    assert.equal((await fetch("/api")).status, 200, "without a body there is nothing to be read");
  });
});

describe("a client that goes away", () => {
  it("aborts the signal of the request", async (t) => {
    const begun = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const { url } = await forwardTo(t, async ({ signal }) => {
      signal.addEventListener("abort", () => aborted.resolve());
      begun.resolve();
      await aborted.promise;
      return new Response("too late");
    });
    const request = httpRequest(`${url}/api`).on("error", () => {});
    request.end();
    await begun.promise;
    request.destroy();
    await aborted.promise;
  });

  it("cancels the body of the response", async (t) => {
    const cancelled = Promise.withResolvers<void>();
    const { url } = await forwardTo(
      t,
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
            cancel: () => cancelled.resolve(),
          }),
        ),
    );
    const request = httpRequest(`${url}/api`).on("error", () => {});
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.on("error", () => {});
    await once(response, "data");
    request.destroy();
    await cancelled.promise;
  });

  it("fails the reading of its body", async (t) => {
    const begun = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<Error>();
    const { url } = await forwardTo(t, async (request) => {
      begun.resolve();
      await request.text().catch((error) => failed.resolve(error));
      return new Response("");
    });
    const request = httpRequest(`${url}/api`, { method: "POST" }).on("error", () => {});
    request.write("half of it");
    await begun.promise;
    request.destroy();
    assert.ok((await failed.promise) instanceof Error);
  });
});

describe("a fetch function that does not behave", () => {
  it("is answered with its own error", async (t) => {
    const throws = () => {
      throw Object.assign(new Error("out of tea"), { status: 418 });
    };
    const { fetch } = await forwardTo(t, throws);
    const answer = await fetch("/api");
    assert.deepEqual([answer.status, await answer.text()], [418, "out of tea"]);
  });

  for (const [name, given] of [
    ["nothing", undefined],
    ["a text", "hello"],
    ["Response.error()", Response.error()],
  ] as const) {
    it(`may not give ${name}`, async (t) => {
      const { fetch } = await forwardTo(t, () => given as Response);
      assert.equal((await fetch("/api")).status, 500);
    });
  }

  it("cannot set a header that ends the head", async (t) => {
    const { fetch } = await forwardTo(t, () => {
      const response = new Response("x");
      const headers = [["x-a", "1\r\nx-b: 2"]];
      return {
        status: 200,
        url: "",
        body: response.body,
        headers: Object.assign(headers, { getSetCookie: () => [] }),
      } as never;
    });
    const answer = await fetch("/api");
    assert.deepEqual([answer.status, answer.headers.get("x-b")], [500, null]);
  });

  it("is not asked for methods that the Fetch API refuses", async (t) => {
    const { url } = await forwardTo(t, () => new Response("x"));
    const request = httpRequest(`${url}/api`, { method: "TRACE" });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    assert.equal(response.resume().statusCode, 501);
  });
});

async function forwardTo(
  t: TestContext,
  fetch: FetchHandler["fetch"],
  plugs: readonly Plug[] = [],
  options: SiteOptions = {},
): Promise<Site> {
  const served = router()
    .pipeline("plugs", plugs)
    .scope({ through: "plugs" }, (scope) => scope.forward("/api", { fetch }));
  return serve(t, (conn) => served.call(conn), options);
}

/** What a figure is once it has stayed the same for 500 turns of the event loop. */
async function standstill(figure: () => number): Promise<number> {
  let last = figure();
  for (let same = 0; same < 500; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = figure();
    same = now === last && now > 0 ? same + 1 : 0;
    last = now;
  }
  return last;
}
