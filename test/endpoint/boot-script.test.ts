import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { clientScriptPath, type SocketMount } from "../../src/endpoint/index.ts";
import type { Conn } from "../../src/plug/index.ts";
import { useChromium } from "../browser/chromium.ts";
import { routerOf, startEndpoint } from "./support.ts";

const chromium = useChromium();

/** Nothing inline and nothing evaluated may run. */
const strictPolicy = "default-src 'none'; script-src 'self'; connect-src 'self' ws:; base-uri 'none'";

const barElement = "document.querySelector('body > div[aria-hidden]')";

/** A page with one view, whose boot script has these attributes. */
function page(attributes = "", head = `<meta name="csrf-token" content="token &amp; more">`) {
  return (conn: Conn) => {
    conn.setHeader("content-type", "text/html; charset=utf-8").setHeader("content-security-policy", strictPolicy);
    conn.send(
      200,
      `<!doctype html><title>boot</title>${head}
       <script defer src="${clientScriptPath("phoenix")}"></script>
       <script defer src="${clientScriptPath("phoenix_live_view")}"></script>
       <script defer src="${clientScriptPath("boot")}" ${attributes}></script>
       <div id="view" data-phx-main data-phx-session="s" data-phx-static="t"></div>`,
    );
  };
}

function javascript(source: string) {
  return (conn: Conn) => conn.setHeader("content-type", "text/javascript").send(200, source);
}

/** A mount that refuses everybody and remembers how they came. */
function refusingMount() {
  const first = Promise.withResolvers<URL>();
  const mount: SocketMount = {
    upgrade({ socket, url }) {
      first.resolve(url);
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
    },
    drain() {},
  };
  return { mount, opened: first.promise };
}

/** Waits until an expression is true in the page, whose policy forbids Playwright's own way of waiting for one. */
async function eventually(browserPage: Page, expression: string): Promise<void> {
  while (!(await browserPage.evaluate(`Boolean(${expression})`)));
}

describe("the boot script", () => {
  test("connects LiveView with the page's token under a strict content security policy", async (t) => {
    const { mount, opened } = refusingMount();
    const { base } = await startEndpoint({ router: routerOf({ "/": page() }), sockets: { "/live": mount } });
    const browserPage = await chromium.openPage(t);
    const violations: string[] = [];
    browserPage.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) violations.push(message.text());
    });
    await browserPage.goto(base);
    const url = await opened;
    assert.equal(url.pathname, "/live/websocket");
    assert.equal(url.searchParams.get("_csrf_token"), "token & more");
    assert.equal(await browserPage.evaluate("typeof window.liveSocket.connect"), "function");

    await browserPage.evaluate("window.dispatchEvent(new Event('phx:page-loading-start'))");
    await eventually(browserPage, barElement);
    assert.equal(await browserPage.evaluate(`getComputedStyle(${barElement}).position`), "fixed");
    await browserPage.evaluate("window.dispatchEvent(new Event('phx:page-loading-stop'))");
    await eventually(browserPage, `getComputedStyle(${barElement}).opacity === "0"`);
    assert.deepEqual(violations, []);
  });

  test("takes the socket's path and the hooks from its own element", async (t) => {
    const { mount, opened } = refusingMount();
    const { base } = await startEndpoint({
      router: routerOf({
        "/": page('data-socket="/admin/live" data-hooks="/hooks.js"', ""),
        "/hooks.js": javascript("export const hooks = { Map: { mounted() {} } };"),
      }),
      sockets: { "/admin/live": mount },
    });
    const browserPage = await chromium.openPage(t);
    await browserPage.goto(base);
    const url = await opened;
    assert.equal(url.pathname, "/admin/live/websocket");
    assert.equal(url.searchParams.has("_csrf_token"), false);
    assert.deepEqual(await browserPage.evaluate("Object.keys(liveSocket.hooks)"), ["Map"]);
  });

  test("takes hooks exported by default, and goes on without those that cannot be loaded", async (t) => {
    const { mount } = refusingMount();
    const { base } = await startEndpoint({
      router: routerOf({
        "/default": page('data-hooks="/hooks.js"'),
        "/missing": page('data-hooks="/missing.js"'),
        "/hooks.js": javascript("export default { Chart: {} };"),
      }),
      sockets: { "/live": mount },
    });
    const browserPage = await chromium.openPage(t);
    await browserPage.goto(`${base}/default`);
    await eventually(browserPage, "window.liveSocket?.hooks.Chart");
    await browserPage.goto(`${base}/missing`);
    await eventually(browserPage, "window.liveSocket");
  });
});
