import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { command, freePort, path } from "../cli/support.ts";
import { Program } from "../process/program.ts";
import { useChromium } from "./chromium.ts";
import { connected } from "./showcase.ts";

const browser = useChromium();

/** Options for the application's Node.js: it says which operating-system process it is. */
const announcing = `--import=data:text/javascript,console.log("application",process.pid)`;

test("when the application is killed, it is started again, and open pages come back by themselves and work", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "showcase-"));
  const environment = {
    NODE_ENV: "development",
    PORT: String(await freePort()),
    DATABASE: join(folder, "test.db"),
    SECRET_KEY_BASE: "x".repeat(64),
  };
  const server = new Program(t, [command, "server", announcing, path("../../examples/showcase/app.ts")], environment);
  t.after(() => rmSync(folder, { recursive: true }));
  const [, application] = await server.says(/application (\d+)[\s\S]*listens at/);
  const chat = await browser.openPage(t);
  const [counter, dash] = await Promise.all([chat.context().newPage(), chat.context().newPage()]);
  const pages = { "/chat/lobby": chat, "/counter": counter, "/dash": dash };
  for (const [place, page] of Object.entries(pages)) {
    await page.goto(`http://localhost:${environment.PORT}${place}`);
    await connected(page);
  }
  await say(chat, "before the night");

  const reconnecting = Promise.all(Object.values(pages).map((page) => page.waitForEvent("websocket")));
  process.kill(Number(application), "SIGKILL");
  await reconnecting;
  for (const page of Object.values(pages)) await connected(page);

  assert.match(server.output, /^anqa server: the application ended after .* \(SIGKILL\)\. Starts it again in 0\.1 s$/m);
  await seeMessages(chat, ["before the night"]);
  await say(chat, "the morning after");
  await counter.getByRole("button", { name: "+1" }).click();
  await counter.locator("output").filter({ hasText: /^1$/ }).waitFor();
  const load = await dash.locator("tbody").innerText();
  await dash.waitForFunction((before) => document.querySelector("tbody")?.innerText !== before, load);
  await seeMessages(await openedAgain(chat), ["before the night", "the morning after"]);
});

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
  await page.getByRole("log").getByText(text).waitFor();
}

async function seeMessages(page: Page, texts: readonly string[]): Promise<void> {
  assert.deepEqual(await page.getByRole("log").locator("li p:last-child").allTextContents(), texts);
}

async function openedAgain(page: Page): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  return tab;
}
