/** A small site of views, and a browser, for the tests of the official client. */
import { after, before, type TestContext } from "node:test";
import type { Page } from "playwright-core";
import { fetchFlash, putRootLayout, type RootLayout } from "../../src/controller/index.ts";
import { endpoint, endpointOf } from "../../src/endpoint/index.ts";
import { html, type LiveView, liveScripts, liveSocket } from "../../src/live/index.ts";
import { fetchSession, putSecureBrowserHeaders } from "../../src/plug/index.ts";
import { application, type Node, type RunningApplication } from "../../src/process/index.ts";
import { router } from "../../src/router/index.ts";
import { useChromium } from "./chromium.ts";
import { connected } from "./showcase.ts";

const Root: RootLayout = ({ inner, csrfToken, pageTitle, flash }) => html`<!doctype html>
<html lang="en"><head><meta name="csrf-token" content="${csrfToken}">
<title data-default="Site">${pageTitle ?? "Site"}</title>
${liveScripts({ hooks: "/hooks.js" })}</head>
<body><p id="layout-flash">${flash.info}</p>${inner}</body></html>`;

/** What {@link useSite} gives to the tests of a file. */
export interface Site {
  readonly node: Node;
  /** Opens a path in a new page and waits until its view is live. The page remembers that it was not loaded again. */
  open(test: TestContext, path: string): Promise<Page>;
  /** Whether the page is still the document that {@link Site.open} loaded. */
  isSameDocument(page: Page): Promise<boolean>;
  stop(): Promise<void>;
  /** Starts it again, where it was. */
  start(): Promise<void>;
}

/**
 * Starts an application with these views, and one browser, for all tests of the calling file.
 *
 * @param hooks the text of the module with the application's hooks.
 */
export function useSite(views: Readonly<Record<string, LiveView>>, hooks = "export const hooks = {};"): Site {
  const browser = useChromium();
  const pages = router({})
    .pipeline("browser", [fetchSession(), fetchFlash(), putRootLayout(Root), putSecureBrowserHeaders()])
    .scope({ through: "browser" }, (scope) => {
      for (const [path, view] of Object.entries(views)) scope.live(path, view);
      scope.get("/hooks.js", (conn) => conn.setHeader("content-type", "text/javascript").send(200, hooks));
    });
  let running: RunningApplication | undefined;
  let port = 0;

  const start = async () => {
    const server = endpoint({
      router: pages,
      sockets: { "/live": liveSocket() },
      environment: "test",
      secretKeyBase: "a secret for tests that is long enough",
      host: "127.0.0.1",
      port,
      log: "silent",
    });
    running = await application({ children: [server] }).start();
    port = endpointOf(running.node).address.port;
  };
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  before(start);
  after(stop);

  return {
    get node() {
      if (running === undefined) throw new Error("The site does not run.");
      return running.node;
    },
    async open(test, path) {
      const page = await browser.openPage(test);
      await page.goto(`http://127.0.0.1:${port}${path}`);
      await connected(page);
      await page.evaluate(() => document.documentElement.setAttribute("data-loaded-once", ""));
      return page;
    },
    isSameDocument: (page) => page.evaluate(() => document.documentElement.hasAttribute("data-loaded-once")),
    stop,
    start,
  };
}

/** Waits until an element shows exactly this text. */
export async function shows(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(([where, what]) => document.querySelector(String(where))?.textContent?.trim() === what, [
    selector,
    text,
  ] as const);
}

/** Waits until the page has this title; the client sets it one frame after the rest. */
export async function titled(page: Page, title: string): Promise<void> {
  await page.waitForFunction((expected) => document.title === expected, title);
}
