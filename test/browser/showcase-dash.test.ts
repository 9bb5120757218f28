import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { currentServers } from "../../examples/showcase/servers.ts";
import { useShowcase } from "./showcase.ts";

const anHour = 3_600_000;
const site = useShowcase({ tickMilliseconds: anHour });

test("the rows are in the page that is sent", async () => {
  const page = await (await fetch(`${site.url}/dash`)).text();

  for (const { name } of currentServers(site.node)) assert.ok(page.includes(name), name);
});

test("two tabs follow the table and show the same", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/dash");
  const other = await site.open(await page.context().newPage(), "/dash");

  for (let ticks = 0; ticks < 5; ticks++) {
    await nextTable();
    await seeTable(page);
    await seeTable(other);
  }

  assert.equal(await page.locator("main").innerText(), await other.locator("main").innerText());
});

test("a tab that is opened later shows the table as it is by then", async (t) => {
  await nextTable();

  await seeTable(await site.open(await site.newVisitor(t), "/dash"));
});

/** Lets the process that owns the table change it, as its timer does every hour in this test. */
async function nextTable(): Promise<void> {
  const before = currentServers(site.node);
  site.node.whereis("server room")?.deliver({ event: "tick", payload: undefined });
  while (currentServers(site.node) === before) await new Promise(setImmediate);
}

/** Waits until every cell and every bar of the page shows the table as it is now. */
async function seeTable(page: Page): Promise<void> {
  const expected = currentServers(site.node).map(({ name, status, load, temperature, changedAt }) =>
    [name, status, "", load, `${temperature} °C`, changedAt.toISOString().slice(11, 19), load].join("|"),
  );
  await page.waitForFunction((table) => {
    const shown = [...document.querySelectorAll("tbody tr")].map((row) =>
      [...[...row.children].map((cell) => cell.textContent?.trim()), row.querySelector("meter")?.value].join("|"),
    );
    return shown.join() === table;
  }, expected.join());
}
