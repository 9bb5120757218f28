/** The showcase application and a browser, for the tests of its pages. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext } from "node:test";
import type { Page } from "playwright-core";
import { showcase } from "../../examples/showcase/app.ts";
import { endpointOf } from "../../src/endpoint/index.ts";
import type { Node, RunningApplication } from "../../src/process/index.ts";
import { useChromium } from "./chromium.ts";

/** What {@link useShowcase} gives to the tests of a file. */
export interface ShowcaseForTests {
  readonly node: Node;
  readonly url: string;
  /** An empty page of a visitor without cookies. The test fails if the browser logs an error or a warning about a page. */
  newVisitor(test: TestContext): Promise<Page>;
  /** Opens a path in a page and waits until it is live, if it is a live page. */
  open(page: Page, path: string): Promise<Page>;
}

/** Starts the application with a database of its own, and one browser, for all tests of the calling file. */
export function useShowcase(options: { readonly tickMilliseconds?: number } = {}): ShowcaseForTests {
  const browser = useChromium();
  const folder = mkdtempSync(join(tmpdir(), "showcase-"));
  let running: RunningApplication | undefined;
  const node = () => running?.node ?? assert.fail("The showcase has not been started: it is there within tests.");

  before(async () => {
    running = await showcase({ port: 0, database: join(folder, "test.db"), log: "silent", ...options }).start();
  });
  after(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  return {
    get node() {
      return node();
    },
    get url() {
      return endpointOf(node()).url;
    },
    async newVisitor(test) {
      const page = await browser.openPage(test);
      const complaints: string[] = [];
      page.context().on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      test.after(() => assert.deepEqual(complaints, [], "the browser complained"));
      return page;
    },
    async open(page, path) {
      await page.goto(this.url + path);
      await connected(page);
      return page;
    },
  };
}

/** Waits until the live view of a page, if it has one, is connected. */
export async function connected(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const view = document.querySelector("[data-phx-main]");
    return view === null || view.classList.contains("phx-connected");
  });
}
