import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endpointCrash } from "../../src/endpoint/index.ts";
import { type Conn, methodOverride, type Plug, parseBody, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { router } from "../../src/router/index.ts";
import { answer, record, routerOf, startEndpoint } from "./support.ts";

describe("the plugs of an endpoint", () => {
  test("run in order before the router, also for what nobody serves", async () => {
    const seen: string[] = [];
    const note =
      (name: string): Plug =>
      (conn) =>
        void seen.push(`${name} ${conn.path}`);
    const { base } = await startEndpoint({
      router: routerOf({ "/": answer("hello") }),
      plugs: [note("first"), async (conn) => note("second")(conn)],
    });
    assert.equal(await (await fetch(base)).text(), "hello");
    assert.equal((await fetch(`${base}/nowhere`)).status, 404);
    assert.deepEqual(seen, ["first /", "second /", "first /nowhere", "second /nowhere"]);
  });

  test("may answer in place of everything, a file included", async () => {
    const { base } = await startEndpoint({
      router: routerOf({ "/": answer("hello") }),
      staticFiles: [{ at: "/files", from: new URL("./", import.meta.url) }],
      plugs: [
        (conn: Conn) => {
          if (conn.path === "/") return;
          conn.send(403, "no");
          conn.halt();
        },
      ],
    });
    assert.equal((await fetch(base)).status, 200);
    assert.equal((await fetch(`${base}/files/plugs.test.ts`)).status, 403);
  });

  test("can change the method that the router sees", async () => {
    const app = router()
      .pipeline("none", [])
      .scope({ through: "none" }, (scope) =>
        scope.delete("/posts/:id", (conn, { id }) => conn.send(200, `deleted ${id}`)),
      );
    const { base } = await startEndpoint({ router: app, plugs: [parseBody(), methodOverride()] });
    const response = await fetch(`${base}/posts/7`, {
      method: "POST",
      body: new URLSearchParams({ _method: "delete" }),
    });
    assert.equal(await response.text(), "deleted 7");
  });

  test("put their headers on files as well", async () => {
    const { base } = await startEndpoint({
      staticFiles: [{ at: "/files", from: new URL("./", import.meta.url) }],
      plugs: [putSecureBrowserHeaders()],
    });
    const response = await fetch(`${base}/files/plugs.test.ts`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    await response.body?.cancel();
  });

  test("that fail or halt without an answer are errors like an action's", async () => {
    const { base, endpoint } = await startEndpoint({
      router: routerOf({ "/": answer("hello") }),
      plugs: [
        (conn) => {
          if (conn.path === "/throws") throw new Error("thrown by a plug");
          if (conn.path === "/halts") conn.halt();
        },
      ],
    });
    const crashes = record(endpointCrash, endpoint.node.name);
    assert.equal((await fetch(`${base}/throws`)).status, 500);
    assert.equal((await fetch(`${base}/halts`)).status, 500);
    assert.deepEqual(
      crashes.map(({ error }) => error.message.slice(0, 30)),
      ["thrown by a plug", "GET /halts was handled, but no"],
    );
    assert.equal(await (await fetch(base)).text(), "hello");
  });
});
