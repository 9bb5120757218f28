/** Requests that are malformed end in a clear 4xx before any action sees them, and the server goes on. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { z } from "zod";
import { action, errorPage, fetchFlash, json, redirect, text } from "../../src/controller/index.ts";
import {
  accepts,
  Conn,
  fetchSession,
  parseBody,
  protectFromForgery,
  putSecureBrowserHeaders,
  type ServerConfig,
} from "../../src/plug/index.ts";
import { createNode } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";
import { exchange } from "../plug/server.ts";

interface Site {
  /** Sends a request and gives back the whole answer. */
  send(lines: readonly string[], body?: string): Promise<string>;
  /** How often an action ran. */
  readonly runs: () => number;
}

async function serveSite(t: TestContext): Promise<Site> {
  let runs = 0;
  const done = (conn: Conn) => {
    runs++;
    text(conn, "done");
  };
  const Note = z.object({ text: z.string().min(1) });
  const app = router()
    .pipeline("browser", [
      accepts("html", "json"),
      fetchSession(),
      fetchFlash(),
      parseBody(),
      protectFromForgery(),
      putSecureBrowserHeaders(),
    ])
    .pipeline("api", [accepts("json"), parseBody()])
    .scope({ through: "browser" }, (scope) =>
      scope
        .get("/", done)
        .get("/posts/:id", done)
        .post("/posts", done)
        .get("/go", (conn, { to }) => {
          redirect(conn, { to: to as string });
          runs++;
        }),
    )
    .scope({ through: "api", path: "/api" }, (scope) =>
      scope.post("/notes", done).post(
        "/checked",
        action(Note, (conn, note) => {
          runs++;
          json(conn, note);
        }),
      ),
    );
  const config: ServerConfig = {
    environment: "production",
    secretKeyBase: "a secret for tests, which is long enough to be one of the real ones",
    url: { scheme: "http", host: "localhost", port: 80 },
    maxBodyBytes: 1_000,
  };
  const node = createNode();
  const server = createServer(async (request, response) => {
    const conn = new Conn(node, config, request, response);
    try {
      await app.call(conn);
    } catch (error) {
      errorPage(conn, error);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send: Site["send"] = ([first, ...headers], body = "") => {
    const hasHost = headers.some((line) => line.toLowerCase().startsWith("host:"));
    const lines = [first, ...(hasHost ? [] : ["host: localhost"]), ...headers, "connection: close"];
    const length = body === "" ? [] : [`content-length: ${Buffer.byteLength(body)}`];
    return exchange(port, `${[...lines, ...length].join("\r\n")}\r\n\r\n${body}`);
  };
  return { send, runs: () => runs };
}

const asJson = "content-type: application/json";

describe("a malformed request", () => {
  const refused: readonly (readonly [name: string, status: number, lines: readonly string[], body?: string])[] = [
    ["a percent escape in the path that is cut off", 400, ["GET /posts/%E0%A4 HTTP/1.1"]],
    ["a percent escape in the path that is none", 400, ["GET /posts/%zz HTTP/1.1"]],
    ["an overlong encoding in the path", 400, ["GET /posts/%C0%AF HTTP/1.1"]],
    ["a percent escape in the query that is none", 400, ["GET /posts/1?a=%zz HTTP/1.1"]],
    ["a query that is not UTF-8", 400, ["GET /posts/1?a=%ff HTTP/1.1"]],
    ["a null character in the query", 400, ["GET /posts/1?a=%00 HTTP/1.1"]],
    ["a query that nests too deep", 400, [`GET /posts/1?a${"[b]".repeat(100)}=1 HTTP/1.1`]],
    ["a query of too many fields", 400, [`GET /posts/1?${"a&".repeat(2000)} HTTP/1.1`]],
    ["a format that is not answered in", 406, ["GET /posts/1 HTTP/1.1", "accept: image/png"]],
    ["a format by param that there is not", 406, ["GET /posts/1?_format=exe HTTP/1.1"]],
    ["a method that the path does not have", 405, ["DELETE /posts/1 HTTP/1.1"]],
    ["a path that there is not", 404, ["GET /nowhere HTTP/1.1"]],
    ["a form without a token", 403, ["POST /posts HTTP/1.1", "content-type: application/x-www-form-urlencoded"], "a=1"],
    ["JSON that is cut off", 400, ["POST /api/notes HTTP/1.1", asJson], '{"a":'],
    ["JSON that is none", 400, ["POST /api/notes HTTP/1.1", asJson], "NaN"],
    ["JSON that nests too deep", 400, ["POST /api/notes HTTP/1.1", asJson], "[".repeat(400)],
    ["a body that is too large", 413, ["POST /api/notes HTTP/1.1", asJson], `"${"x".repeat(2000)}"`],
    ["a body in a charset that is not read", 415, ["POST /api/notes HTTP/1.1", `${asJson}; charset=utf-7`], "{}"],
    [
      "a form that is not UTF-8",
      400,
      ["POST /api/notes HTTP/1.1", "content-type: application/x-www-form-urlencoded"],
      "a=%ff",
    ],
    ["params that their schema refuses", 422, ["POST /api/checked HTTP/1.1", asJson], '{"text":""}'],
    ["params that pollute prototypes", 422, ["POST /api/checked HTTP/1.1", asJson], '{"__proto__":{"text":"x"}}'],
    ["a redirect to another site", 400, ["GET /go?to=//evil.example HTTP/1.1"]],
    ["a redirect with a backslash", 400, ["GET /go?to=/%5Cevil.example HTTP/1.1"]],
    ["a redirect with a tab", 400, ["GET /go?to=/%09/evil.example HTTP/1.1"]],
    ["a redirect with a line break and a header", 400, ["GET /go?to=/a%0d%0aset-cookie:%20a=b HTTP/1.1"]],
    ["a redirect to a scheme", 400, ["GET /go?to=javascript:alert(1) HTTP/1.1"]],
    ["a redirect whose dots hide another host", 400, ["GET /go?to=/.//evil.example HTTP/1.1"]],
    ["a redirect to several places", 400, ["GET /go?to[]=/a&to[]=//evil.example HTTP/1.1"]],
  ];

  for (const [name, status, lines, body] of refused) {
    it(`with ${name} is answered with ${status}`, async (t) => {
      const site = await serveSite(t);
      const answer = await site.send(lines, body);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(site.runs(), 0);
      const head = answer.slice(0, answer.indexOf("\r\n\r\n")).toLowerCase();
      assert.doesNotMatch(head, /^(?:location|set-cookie: a):/m);
      assert.match(head, /^x-content-type-options: nosniff$/m);
      assert.doesNotMatch(answer, /evil|\.ts:|node_modules/);

      assert.match(await site.send(["GET / HTTP/1.1"]), /^HTTP\/1\.1 200 .*done$/s);
      assert.equal(({} as { text?: unknown }).text, undefined);
    });
  }

  it("is told in the format that it asks for", async (t) => {
    const site = await serveSite(t);
    const answer = await site.send(["POST /api/checked HTTP/1.1", asJson, "accept: application/json"], '{"text":""}');
    assert.match(answer, /\{"errors":\{"text":\["[^"]+"\]\}\}$/);
    assert.match(
      await site.send(["GET /posts/%zz HTTP/1.1", "accept: application/json"]),
      /\{"errors":\{"detail":"Bad Request"\}\}$/,
    );
  });
});
