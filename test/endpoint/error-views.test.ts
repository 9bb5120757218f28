import assert from "node:assert/strict";
import { test } from "node:test";
import { redirect } from "../../src/controller/index.ts";
import { logOwnEvents } from "../../src/endpoint/log-lines.ts";
import { startLogger } from "../../src/endpoint/logger.ts";
import { HttpError } from "../../src/plug/index.ts";
import { html } from "../../src/template/index.ts";
import { routerOf, startEndpoint } from "./support.ts";

const views = { html: ({ status }: { status: number }) => html`<h1>ours: ${status}</h1>` };

test("the option errors replaces the pages of errors, wherever they come from", async () => {
  const router = routerOf({
    "/refused": () => {
      throw new HttpError(403);
    },
    "/silent": () => {},
  });
  const { base } = await startEndpoint({ router, errors: views });
  for (const [path, status] of [
    ["/refused", 403],
    ["/silent", 500],
    ["/nowhere", 404],
  ] as const) {
    const answer = await fetch(base + path);
    assert.deepEqual([answer.status, await answer.text()], [status, `<h1>ours: ${status}</h1>`]);
  }
});

test("the option errors is looked at when the endpoint starts", async () => {
  await assert.rejects(
    startEndpoint({ errors: { html: "a page" } as never }),
    /the endpoint's option errors has "html"/,
  );
});

test("a failing error view and a refused redirect have their lines in the log", async () => {
  const router = routerOf({ "/go": (conn) => redirect(conn, { to: "//evil.example/\u202e" }) });
  const broken = () => {
    throw new Error("the view is broken");
  };
  const { base, endpoint } = await startEndpoint({ router, errors: { html: broken } });
  const lines: { level: number; msg: string }[] = [];
  const stop = await startLogger(endpoint.node, "test", "info", { write: (text) => lines.push(JSON.parse(text)) });
  logOwnEvents(endpoint.node);
  const answer = await fetch(`${base}/go`);
  stop();
  assert.deepEqual([answer.status, /<h1>400<\/h1>/.test(await answer.text())], [400, true]);
  assert.deepEqual(
    lines.filter(({ level }) => level >= 40).map(({ level, msg }) => [level, msg]),
    [
      [40, 'GET "/go" was answered with 400: it would have redirected to "//evil.example/\\u202e"'],
      [50, "the error view for html failed on GET /go, which failed with 400: the view is broken"],
    ],
  );
});
