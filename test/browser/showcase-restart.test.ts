import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { useChromium } from "./chromium.ts";
import { connected } from "./showcase.ts";

const browser = useChromium();
const main = fileURLToPath(new URL("../../examples/showcase/main.ts", import.meta.url));

test("when the server is killed and started again, open pages come back by themselves and work", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "showcase-"));
  const environment = {
    PORT: String(await freePort()),
    DATABASE: join(folder, "test.db"),
    SECRET_KEY_BASE: "x".repeat(64),
  };
  let server = await startServer(environment);
  t.after(async () => {
    await kill(server);
    rmSync(folder, { recursive: true });
  });
  const chat = await browser.openPage(t);
  const [counter, dash] = await Promise.all([chat.context().newPage(), chat.context().newPage()]);
  const pages = { "/chat/lobby": chat, "/counter": counter, "/dash": dash };
  for (const [path, page] of Object.entries(pages)) {
    await page.goto(`http://localhost:${environment.PORT}${path}`);
    await connected(page);
  }
  await say(chat, "before the night");

  await kill(server);
  for (const page of Object.values(pages)) await page.locator(".phx-client-error").waitFor();
  server = await startServer(environment);
  for (const page of Object.values(pages)) await connected(page);

  await seeMessages(chat, ["before the night"]);
  await say(chat, "the morning after");
  await counter.getByRole("button", { name: "+1" }).click();
  await counter.locator("output").filter({ hasText: /^1$/ }).waitFor();
  const load = await dash.locator("tbody").innerText();
  await dash.waitForFunction((before) => document.querySelector("tbody")?.innerText !== before, load);
  await seeMessages(await openedAgain(chat), ["before the night", "the morning after"]);
});

/** Starts the application as its own operating-system process and waits until it listens. */
async function startServer(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const server = spawn(process.execPath, ["--conditions=anqa-source", main], {
    env: { ...process.env, NODE_ENV: "development", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout }))
    if (line.includes(environment.PORT as string)) break;
  server.stdout.resume();
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

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
