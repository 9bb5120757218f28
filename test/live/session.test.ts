/** Live pages find the visitor's session, however sessions are kept. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { html, liveSocket, liveView } from "../../src/live/index.ts";
import { memorySessionStore, type SessionOptions } from "../../src/plug/index.ts";
import { application } from "../../src/process/index.ts";
import { repo, repoSessionStore, sessionsMigration } from "../../src/repo/index.ts";
import { Browser, routerFor } from "./support.ts";

const Repo = repo({ database: ":memory:", migrations: { "001_sessions": sessionsMigration() } });

const Who = liveView("who")
  .mount((_params, session, socket) => socket.assign({ user: String(session.user ?? "nobody") }))
  .render(({ user }) => html`<p>I am ${user}</p>`);

async function start(context: TestContext, session: SessionOptions) {
  const running = await application({
    children: [
      Repo,
      endpoint({
        router: routerFor({ "/who": Who }, (scope) =>
          scope.get("/renew", (conn) => {
            conn.session.renew();
            conn.send(200, "renewed");
          }),
        ),
        sockets: { "/live": liveSocket() },
        environment: "test",
        host: "127.0.0.1",
        port: 0,
        log: "silent",
        session,
      }),
    ],
  }).start();
  context.after(() => running.stop());
  const { config, address } = endpointOf(running.node);
  return new Browser({ node: running.node, config, url: `http://127.0.0.1:${address.port}` });
}

const kinds: readonly { readonly name: string; readonly options: SessionOptions }[] = [
  { name: "in an encrypted cookie", options: { encrypt: true } },
  { name: "in memory", options: { store: memorySessionStore() } },
  { name: "in a repo", options: { store: repoSessionStore(Repo), maxAge: 60, sliding: true } },
];

for (const { name, options } of kinds) {
  test(`a view mounts twice with a session ${name}: for the page, and for its socket`, async (context) => {
    const browser = await start(context, options);
    await browser.get("/login-as/ann");
    await browser.get("/who");
    assert.match(browser.body, /I am ann/);
    const { response } = await (await browser.connect(context)).join();
    assert.equal((response.rendered as Record<string, unknown>)["0"], "ann");
  });

  test(`a page of before a login cannot be joined after it, with a session ${name}`, async (context) => {
    const browser = await start(context, options);
    await browser.get("/login-as/ann");
    await browser.get("/who");
    const { csrf, body } = browser;
    await browser.get("/renew");
    browser.body = body;
    const client = await browser.connect(context, csrf);
    assert.deepEqual(await client.join(), { status: "error", response: { reason: "stale" } });
  });
}
