/** The default content security policy, in a browser: the framework's own scripts work under it, others do not. */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { putRootLayout, type RootLayout } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { html, liveScripts, liveSocket, liveView, raw } from "../../src/live/index.ts";
import { cspNonce, fetchSession, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { application, type RunningApplication } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";
import { useChromium } from "./chromium.ts";
import { shows } from "./live-site.ts";
import { connected } from "./showcase.ts";

const CounterLive = liveView("csp-counter")
  .mount((_params, _session, socket) => socket.assign({ count: 0 }))
  .event("count", (_params, socket) => socket.assign({ count: socket.assigns.count + 1 }))
  .render(({ count }) => html`<output>${count}</output><button phx-click="count">Count</button>`);

const Root: RootLayout = ({ inner, csrfToken, conn }) => html`<!doctype html>
<html lang="en"><head><meta name="csrf-token" content="${csrfToken}">
<script nonce="${cspNonce(conn)}">
  const ran = document.documentElement.dataset;
  ran.nonce = "yes";
  try { eval("ran.evaluated = 'yes'"); } catch (error) { ran.evaluation = error.name; }
</script>
<script>document.documentElement.dataset.inline = "yes";</script>
<script nonce="guessed">document.documentElement.dataset.guessed = "yes";</script>
<script src="data:text/javascript,document.documentElement.dataset.data='yes'"></script>
<style nonce="${cspNonce(conn)}">body { outline-width: 7px }</style>
${liveScripts()}</head>
<body>${raw(`<img src="/none.png" onerror="document.documentElement.dataset.handler = 'yes'" alt="">`)}${inner}</body></html>`;

const browser = useChromium();
let running: RunningApplication | undefined;
let base = "";

before(async () => {
  const pages = router()
    .pipeline("browser", [fetchSession(), putRootLayout(Root), putSecureBrowserHeaders()])
    .scope({ through: "browser" }, (scope) => scope.live("/", CounterLive));
  const server = endpoint({
    router: pages,
    sockets: { "/live": liveSocket() },
    environment: "test",
    secretKeyBase: "a secret for tests that is long enough",
    host: "127.0.0.1",
    port: 0,
    log: "silent",
  });
  running = await application({ children: [server] }).start();
  base = `http://127.0.0.1:${endpointOf(running.node).address.port}/`;
});
after(() => running?.stop());

async function open(context: TestContext) {
  const page = await browser.openPage(context);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(base);
  await connected(page);
  return { page, complaints };
}

test("the client connects over its WebSocket, and a view works", async (context) => {
  const { page } = await open(context);
  await page.click("button");
  await shows(page, "output", "1");
});

test("scripts and styles run with the page's nonce, and without it not; none may evaluate texts", async (context) => {
  const { page } = await open(context);
  const ran = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  assert.deepEqual(ran, { nonce: "yes", evaluation: "EvalError" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).outlineWidth), "7px");
});

test("connections, forms and frames of other sites are blocked", async (context) => {
  const { page, complaints } = await open(context);
  const outcome = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
    await fetch("http://127.0.0.1:1/").catch(() => undefined);
    const socket = new WebSocket("ws://127.0.0.1:1/");
    await new Promise((resolve) => socket.addEventListener("error", resolve));
    const form = document.createElement("form");
    form.action = "http://127.0.0.1:1/";
    document.body.append(form);
    form.submit();
    const frame = document.createElement("iframe");
    frame.src = "http://127.0.0.1:1/";
    document.body.append(frame);
    await new Promise((resolve) => setTimeout(resolve));
    while (violations.length < 4) await new Promise((resolve) => requestAnimationFrame(resolve));
    return violations.sort();
  });
  assert.deepEqual(outcome, ["connect-src", "connect-src", "form-action", "frame-src"]);
  assert.ok(complaints.length > 0);
});

test("the progress bar of the client shows, with its style", async (context) => {
  const { page } = await open(context);
  await page.evaluate(() => window.dispatchEvent(new CustomEvent("phx:page-loading-start", { detail: {} })));
  const bar = page.locator("body > div[aria-hidden='true']");
  await bar.waitFor({ state: "attached" });
  assert.deepEqual(
    await bar.evaluate((element) => {
      const { position, height, zIndex } = getComputedStyle(element);
      return { position, height, zIndex };
    }),
    { position: "fixed", height: "3px", zIndex: "2147483647" },
  );
});
