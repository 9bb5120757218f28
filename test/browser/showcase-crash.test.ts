import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { processCrash } from "../../src/process/index.ts";
import { useShowcase } from "./showcase.ts";

const site = useShowcase();

test("a handler that throws ends the process of its page and no other", async (t) => {
  const page = await site.open(await site.newVisitor(t), "/crash");
  const other = await site.open(await page.context().newPage(), "/crash");
  const crashes: string[] = [];
  t.after(processCrash.attach(({ node, error }) => node === site.node.name && crashes.push(error.message)));
  await countTo(page, 2);
  await countTo(other, 1);

  await page.getByRole("button", { name: "Break it" }).click();

  await seeCount(page, 0);
  assert.deepEqual(crashes, ["broken on purpose, from /crash"]);
  await countTo(page, 1);
  await seeCount(other, 1);
  await other.getByRole("button", { name: "+1" }).click();
  await seeCount(other, 2);
});

async function countTo(page: Page, count: number): Promise<void> {
  for (let next = 1; next <= count; next++) {
    await page.getByRole("button", { name: "+1" }).click();
    await seeCount(page, next);
  }
}

async function seeCount(page: Page, count: number): Promise<void> {
  await page
    .locator("output")
    .filter({ hasText: new RegExp(`^${count}$`) })
    .waitFor();
}
