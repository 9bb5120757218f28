/** A page with a view over HTTPS: the document and the scripts come over HTTP/2, the socket over HTTP/1.1. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { putRootLayout, type RootLayout } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { html, liveScripts, liveSocket, liveView } from "../../src/live/index.ts";
import { fetchSession, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";
import { certificate } from "../endpoint/support.ts";
import { launchChromium } from "./chromium.ts";
import { connected } from "./showcase.ts";

const Counter = liveView("counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("increment", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .render(({ count }) => html`<p>Count: ${count}</p><button phx-click="increment">+1</button>`);

const Root: RootLayout = ({ inner, csrfToken }) => html`<!doctype html>
<html lang="en"><head><meta name="csrf-token" content="${csrfToken}"><title>Secure</title>${liveScripts()}</head>
<body>${inner}</body></html>`;

const pages = router({})
  .pipeline("browser", [fetchSession(), putRootLayout(Root), putSecureBrowserHeaders()])
  .scope({ through: "browser" }, (scope) => scope.live("/", Counter));

let running: RunningApplication;

before(async () => {
  const secure = endpoint({
    router: pages,
    sockets: { "/live": liveSocket() },
    https: certificate("first"),
    environment: "test",
    host: "127.0.0.1",
    port: 0,
    log: "silent",
  });
  running = await application({ children: [secure] }).start();
});
after(() => running.stop());

test("a view lives over HTTPS, in a real browser", async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const url = `https://127.0.0.1:${endpointOf(running.node).address.port}/`;
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));

  await page.goto(url);
  await connected(page);
  await page.getByRole("button").click();
  await page.getByText("Count: 1").waitFor();

  const protocols = await page.evaluate(() =>
    performance
      .getEntriesByType("navigation")
      .concat(performance.getEntriesByType("resource"))
      .map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol),
  );
  assert.ok(protocols.length > 3);
  assert.deepEqual([...new Set(protocols)], ["h2"]);
  assert.match(sockets[0] ?? "", /^wss:\/\/127\.0\.0\.1:\d+\/live\/websocket\?/);
  const [cookie] = await context.cookies();
  assert.equal(cookie === undefined || cookie.secure, true);
});
